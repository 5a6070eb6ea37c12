import { c as looseObject, p as string } from "./schemas.js";
import { n as runShell } from "./run-shell.js";

// src/adapters/run-deploy.ts
function runDeployer(lines, shell) {
	const { status, diff } = lines;
	const change = async (run, context) => stepOutcome(await runShell(shell, {
		...lines,
		run
	}, context, { background: "keep" }));
	const ask = (run, context) => runShell(shell, {
		...lines,
		run
	}, context, { captureBytes: ANSWER_BYTES });
	return {
		deploy: (context) => change(lines.deploy, context),
		rollback: (context) => change(lines.rollback, context),
		status: async (context) => status === void 0 ? {
			kind: "unknown",
			why: "The config has no \"status\" command for this environment."
		} : liveVersion(await ask(status, context)),
		...diff !== void 0 && { difference: async (context) => differenceText(await ask(diff, context)) }
	};
}
function stepOutcome(end) {
	if (end.kind === "failed") return {
		kind: "failed",
		failure: end.failure
	};
	return {
		kind: "done",
		output: end.output
	};
}
const ANSWER_BYTES = 65536;
function differenceText(end) {
	if (end.kind === "failed") return {
		kind: "failed",
		failure: end.failure
	};
	const cut = end.truncated ? "\n… (cut after 64 KiB)" : "";
	return {
		kind: "done",
		output: end.stdout.trimEnd() + cut
	};
}
const VERSION_MAX = 256;
function liveVersion(end) {
	if (end.kind === "failed") return {
		kind: "unknown",
		why: end.failure.message
	};
	const printed = end.stdout.trim();
	if (printed === "") return { kind: "empty" };
	const version = printed.startsWith("{") ? versionOfJson(printed) : printed;
	if (version === void 0) return unclear("JSON without a text \"version\"", printed);
	if (version === "") return { kind: "empty" };
	if (/\s*[\r\n]/.test(version)) return unclear(`${version.split(/\r?\n/).length} lines`, printed);
	if (version.length > VERSION_MAX || /[\u0000-\u001F\u007F]/.test(version)) return unclear("no name of a version", printed);
	return {
		kind: "live",
		version
	};
}
const answer = looseObject({ version: string().trim().nullable() });
function versionOfJson(text) {
	try {
		return answer.parse(JSON.parse(text)).version ?? "";
	} catch {
		return;
	}
}
function unclear(what, printed) {
	return {
		kind: "unknown",
		why: `The "status" command printed ${what} (${JSON.stringify(printed.slice(0, 80))}). It must print the live version alone, or {"version": "…"}; messages go to standard error.`
	};
}

export { stepOutcome as n, runDeployer as t };