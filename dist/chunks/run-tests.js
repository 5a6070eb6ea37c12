import { t as parseJUnit } from "./junit.js";
import { t as matchingAll } from "./matching-files.js";
import { t as numberedCases } from "./numbered-cases.js";
import { t as isBelow } from "./path-inside.js";
import { n as runShell } from "./run-shell.js";
import { fileURLToPath } from "node:url";
import { readFile, realpath, stat } from "node:fs/promises";
import { join, relative, resolve } from "node:path";

// src/adapters/run-tests.ts
function runTestRunner(step, shell) {
	return { async test(context) {
		try {
			const before = await stamps(step.junit, context.directory);
			return await outcomeOf(await runShell(shell, step, context), {
				step,
				context,
				before
			});
		} catch (error) {
			return failed(`${context.step}: its reports could not be read: ${error.message}`, "");
		}
	} };
}
async function outcomeOf(end, run) {
	if (end.kind === "failed" && end.failure.why !== "exit") return {
		kind: "failed",
		failure: end.failure
	};
	if (run.step.junit.length === 0) return withoutReports(end);
	const read = await readReports(run);
	if (read.kind === "unreadable") {
		if (end.kind === "failed") return {
			kind: "failed",
			failure: {
				...end.failure,
				message: `${end.failure.message} ${read.why}`
			}
		};
		return failed(`${run.context.step} succeeded, but ${read.why}`, end.output);
	}
	if (end.kind === "done" || read.cases.some(({ result }) => result === "failed")) return {
		kind: "ran",
		cases: read.cases
	};
	const message = `${end.failure.message} Its reports show ${read.cases.length} tests and no failure, so something else is wrong.`;
	return {
		kind: "failed",
		failure: {
			...end.failure,
			message
		}
	};
}
function withoutReports(end) {
	return end.kind === "failed" ? {
		kind: "failed",
		failure: end.failure
	} : {
		kind: "ran",
		cases: []
	};
}
function failed(message, output) {
	return {
		kind: "failed",
		failure: {
			why: "report",
			message,
			output
		}
	};
}
async function readReports({ step, context, before }) {
	const { directory } = context;
	const patterns = step.junit.join(", ");
	const after = await stamps(step.junit, directory);
	const fresh = [...after].flatMap(([file, stamp]) => before.get(file) === stamp ? [] : [file]);
	if (fresh.length === 0) return unreadable(after.size > 0 ? `the reports that match ${patterns} are all from before it ran.` : `no report matches ${patterns} below ${directory}. Correct "junit" of the step, or let the command write one.`);
	const cases = [];
	for (const file of fresh) {
		const report = await readReport(join(directory, file));
		if (report.kind === "malformed") return unreadable(`the report ${file} cannot be read: ${report.why}.`);
		cases.push(...report.cases);
	}
	if (cases.length === 0) return unreadable(`its reports (${fresh.join(", ")}) have no test: nothing was tested.`);
	const [root, folder] = await Promise.all([realpath(context.root), realpath(directory)]);
	return {
		kind: "read",
		cases: numberedCases(cases.map((one) => withPathFromTop(one, root, folder)))
	};
}
function unreadable(why) {
	return {
		kind: "unreadable",
		why
	};
}
const REPORT_MAX_BYTES = 67108864;
async function readReport(file) {
	const { size } = await stat(file);
	if (size > REPORT_MAX_BYTES) return {
		kind: "malformed",
		why: `it has ${size} bytes, and 64 MiB are the most`
	};
	return parseJUnit(await readFile(file, "utf8"));
}
async function stamps(patterns, directory) {
	const { files } = await matchingAll(directory, patterns);
	const stamped = files.map(async (file) => {
		const { ino, size, ctimeNs } = await stat(join(directory, file), { bigint: true });
		return [file, `${ino} ${size} ${ctimeNs}`];
	});
	return new Map(await Promise.all(stamped));
}
function withPathFromTop(one, root, folder) {
	const { file, line, ...rest } = one;
	if (file === void 0) return one;
	const path = resolve(folder, file.startsWith("file://") ? fileURLToPath(file) : file);
	if (path === root || !isBelow(root, path)) return rest;
	return {
		...rest,
		file: relative(root, path),
		...line !== void 0 && { line }
	};
}

export { runTestRunner };