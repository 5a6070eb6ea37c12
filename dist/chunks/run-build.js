import { t as matchingAll } from "./matching-files.js";
import { n as runShell } from "./run-shell.js";
import { join, relative } from "node:path";

// src/adapters/run-build.ts
function runBuilder(step, shell) {
	return { async build(context) {
		const end = await runShell(shell, step, context);
		if (end.kind === "failed") return {
			kind: "failed",
			failure: end.failure
		};
		return keepArtifacts(step.artifacts, context, shell.artifacts, end.output);
	} };
}
async function keepArtifacts(patterns, { step, root, directory }, store, output) {
	const failed = (message) => ({
		kind: "failed",
		failure: {
			why: "report",
			message,
			output
		}
	});
	try {
		const { files, unmatched } = await matchingAll(directory, patterns);
		if (unmatched.length > 0) return failed(`${step} succeeded but made no file that matches ${unmatched.join(", ")} below ${directory}. Correct "artifacts" of the step, or let the command make the files.`);
		const artifacts = [];
		for (const file of files) artifacts.push(await store.keep(root, relative(root, join(directory, file))));
		return {
			kind: "built",
			artifacts
		};
	} catch (error) {
		return failed(`${step} succeeded, but its artefacts could not be kept: ${error.message}`);
	}
}

export { runBuilder };