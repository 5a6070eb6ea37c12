import { f as UsageError } from "./errors.js";
import { t as childEnvironment } from "./child-environment.js";
import { t as isBelow } from "./path-inside.js";
import { realpath } from "node:fs/promises";

// src/adapters/run-shell.ts
async function runShell(shell, line, context, options = {}) {
	const { step, directory, signal } = context;
	let environment;
	try {
		await assertInside(context);
		environment = childEnvironment(shell.environment, {
			...line,
			step,
			values: context.values
		});
	} catch (error) {
		return notStarted(error.message);
	}
	return shell.run({
		file: "bash",
		args: [
			"--noprofile",
			"--norc",
			"-eo",
			"pipefail",
			"-c",
			line.run
		],
		title: `${step}: ${line.run.trim()}`,
		directory,
		environment,
		secrets: (line.secrets ?? []).flatMap((name) => environment[name] ?? []),
		signal,
		timeoutMs: line.timeoutMs,
		onLine: (text) => shell.log.output(step, text),
		...options
	});
}
async function assertInside({ step, root, directory }) {
	const top = await realpath(root);
	const real = await realpath(directory).catch((cause) => {
		throw new UsageError(`${step}: its folder ${directory} does not exist. Correct "working" of the step.`, { cause });
	});
	if (!isBelow(top, real)) throw new UsageError(`${step}: its folder ${directory} leads out of the checkout ${root}. Correct "working" of the step.`);
}
function notStarted(message) {
	return {
		kind: "failed",
		failure: {
			why: "spawn",
			message,
			output: "",
			isUntouched: true
		},
		stdout: "",
		truncated: false,
		output: ""
	};
}

export { runShell as n, assertInside as t };