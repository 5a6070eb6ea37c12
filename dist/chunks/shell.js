import { a as setFailed, o as setOutput } from "./core.js";
import { n as maskOf } from "./mask.js";
import { n as secretValues } from "./child-environment.js";
import { t as reasonOf } from "./reason-of.js";
import { t as causes } from "./causes.js";
import { randomUUID } from "node:crypto";

// src/action/action-log.ts
function actionLogs(write) {
	const token = `seamless-${randomUUID()}`;
	let stopped = false;
	const resume = () => {
		if (stopped) write(`::${token}::\n`);
		stopped = false;
	};
	const stop = () => {
		if (!stopped) write(`::stop-commands::${token}\n`);
		stopped = true;
	};
	return {
		resume,
		masked: (mask) => maskedLog({
			write,
			resume,
			stop,
			mask
		})
	};
}
function maskedLog({ write, resume, stop, mask }) {
	const say = (prefix, message) => {
		resume();
		const text = mask.text(message);
		write(`${prefix}${prefix === "" ? inert(text) : escaped(text)}\n`);
	};
	return {
		info: (message) => say("", message),
		warning: (message) => say("::warning::", message),
		error: (message) => say("::error::", message),
		output(step, line) {
			stop();
			write(`${step} | ${mask.text(line)}\n`);
		}
	};
}
function escaped(text) {
	return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}
function inert(text) {
	return text.replaceAll(/^(\s*)(::|##\[)/gm, "$1​$2");
}

// src/action/shell.ts
async function actionShell(work) {
	const cancel = new AbortController();
	for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => cancel.abort(/* @__PURE__ */ new Error("The workflow run was cancelled.")));
	const logs = actionLogs((text) => process.stdout.write(text));
	const mask = maskOf(secretValues(process.env));
	try {
		await work({
			environment: process.env,
			signal: cancel.signal,
			logs
		});
	} catch (error) {
		logs.resume();
		const isCancelled = cancel.signal.aborted;
		setOutput("decision", isCancelled ? "cancelled" : "failed");
		setOutput("reason-code", isCancelled ? "cancelled" : reasonOf(error));
		setFailed(mask.text(causes(error)));
	}
}

export { actionShell as t };