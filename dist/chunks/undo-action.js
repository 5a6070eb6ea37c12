import { m as readReceipt } from "./system-clock.js";
import { a as operateUndo, t as loadConfig } from "./operation.js";
import { t as causes } from "./causes.js";
import { E as givenBefore, F as setOutputs, M as writeSummary, N as jobSummary, O as configPlace, P as outputsOf, T as openAction, n as startedBefore, o as releaseBefore, t as readContext } from "./workflow-context.js";
import { t as readInputs } from "./inputs.js";
import { join } from "node:path";

// src/action/undo-action.ts
const UNDO_MS = 24e4;
const WHY = "The workflow run was cancelled.";
async function undoAction(shell) {
	const inputs = readInputs();
	const context = await readContext(shell.environment);
	const opened = await openAction({
		...shell,
		inputs,
		context
	});
	const given = givenBefore(opened);
	try {
		const undone = await undo(shell, {
			context,
			opened,
			config: inputs.config
		});
		shell.logs.resume();
		if (undone !== void 0) await report(undone, opened);
		await tell(given, undone ?? await lastOf(opened, given));
	} catch (error) {
		const message = `${WHY} What it left could not be taken back: ${causes(error)}`;
		await given?.failed({
			reason: "environment_unknown",
			message,
			begun: true
		});
		throw error;
	} finally {
		await startedBefore(opened)?.ended("cancelled");
		await releaseBefore(opened);
	}
}
async function tell(given, upgrade) {
	if (upgrade === void 0) await given?.failed({
		reason: "cancelled",
		message: WHY,
		begun: false
	});
	else await given?.ended(upgrade);
}
async function lastOf(opened, given) {
	const kept = await readReceipt(receiptFile(opened));
	return kept?.environments.some(({ deployment }) => deployment === given?.id) === true ? kept : void 0;
}
function receiptFile({ surroundings }) {
	return join(surroundings.folder, ".seamless", "receipt.json");
}
async function undo({ signal }, { context, opened, config }) {
	const loaded = await loadConfig(opened, config, await configPlace(context, opened));
	const deadline = AbortSignal.any([signal, AbortSignal.timeout(UNDO_MS)]);
	return operateUndo({
		opened,
		loaded
	}, WHY, deadline);
}
async function report(undone, opened) {
	opened.log.warning(`${undone.message ?? ""} ${undone.environments.map(({ message }) => message ?? "").join(" ")}`);
	setOutputs(outputsOf(undone, receiptFile(opened)));
	await writeSummary(jobSummary(undone));
}

export { undoAction };