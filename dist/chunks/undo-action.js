import { r as loadConfig, s as operateUndo } from "./plan-summary.js";
import { a as readContext, c as jobSummary, i as writeSummary, n as openAction, o as outputsOf, s as setOutputs, t as configPlace } from "./run-action.js";
import { t as readInputs } from "./inputs.js";
import { join } from "node:path";

// src/action/undo-action.ts
const UNDO_MS = 24e4;
async function undoAction(shell) {
	const inputs = readInputs();
	const context = await readContext(shell.environment);
	const opened = await openAction({
		...shell,
		inputs,
		context
	});
	const loaded = await loadConfig(opened, inputs.config, await configPlace(context, opened));
	const signal = AbortSignal.any([shell.signal, AbortSignal.timeout(UNDO_MS)]);
	const undone = await operateUndo({
		opened,
		loaded
	}, "The workflow run was cancelled.", signal);
	shell.logs.resume();
	if (undone === void 0) return;
	opened.log.warning(`${undone.message ?? ""} ${undone.environments.map(({ message }) => message ?? "").join(" ")}`);
	setOutputs(outputsOf(undone, join(opened.surroundings.folder, ".seamless", "receipt.json")));
	await writeSummary(jobSummary(undone));
}

export { undoAction };