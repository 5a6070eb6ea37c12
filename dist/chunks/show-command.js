import { f as UsageError } from "./errors.js";
import { c as looseObject, d as record, g as unknown, l as number, p as string, s as literal, u as object } from "./schemas.js";
import { c as reportOf } from "./next-steps.js";
import { c as visible } from "./markdown.js";
import { n as receiptText } from "./text.js";
import { t as receipt } from "./receipt.js";
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";

// src/health/recompute.ts
const envelope = object({
	version: literal(1),
	atMs: number(),
	watch: looseObject({
		version: literal(1),
		startedMs: number(),
		step: looseObject({ sinceMs: number() }),
		health: looseObject({ checks: record(string(), unknown()) }),
		checks: record(string(), unknown())
	})
});
const NOT_COMPARED = /* @__PURE__ */ new Set([
	"evidence",
	"step",
	"startedAtMs"
]);
function recompute(report) {
	const evidence = envelope.safeParse(report.evidence);
	if (!evidence.success) return ["there is no evidence of this version of Seamless"];
	const again = makeAgain(evidence.data);
	if (again === void 0) return ["the evidence is damaged: nothing follows from it"];
	const stored = Object.fromEntries(Object.entries(report).filter(([name]) => !NOT_COMPARED.has(name)));
	const { evidence: _, ...made } = again;
	return differences("", JSON.parse(JSON.stringify(stored)), JSON.parse(JSON.stringify(made)));
}
function makeAgain({ watch, atMs }) {
	try {
		return reportOf(watch, atMs);
	} catch {
		return;
	}
}
function differences(path, stored, made) {
	if (isBranch(stored) && isBranch(made)) return [.../* @__PURE__ */ new Set([...Object.keys(stored), ...Object.keys(made)])].flatMap((name) => differences(path === "" ? name : `${path}.${name}`, stored[name], made[name]));
	if (stored === made) return [];
	return [`${path}: the report says ${JSON.stringify(stored)}, its evidence ${JSON.stringify(made)}`];
}
function isBranch(value) {
	return typeof value === "object" && value !== null;
}

// src/cli/show-command.ts
async function showCommand({ line, folder, terminal }) {
	const upgrade = await readUpgrade(folder, line.receipt ?? "");
	terminal.out(line.json ? JSON.stringify(upgrade, void 0, 2) : receiptText(upgrade));
	return line.explain ? explain(upgrade, line.json ? terminal.line : terminal.out) : 0;
}
async function readUpgrade(folder, file) {
	const text = await readFile(resolve(folder, file), "utf8").catch((cause) => {
		throw new UsageError(`There is no receipt ${file}. A run writes one to .seamless/receipt.json.`, { cause });
	});
	try {
		return receipt.parse(JSON.parse(text));
	} catch (cause) {
		throw new UsageError(`${file} is no receipt of this version of Seamless.`, { cause });
	}
}
function explain(upgrade, out) {
	const judged = upgrade.environments.flatMap(({ name, judged: reports }) => reports.map((report) => ({
		name,
		report
	})));
	if (judged.length === 0) out("Nothing was judged: there is no evidence.");
	const differences = judged.flatMap(({ name, report }) => {
		const found = recompute(report);
		const title = `${name}, ${report.step}`;
		if (found.length === 0) out(`${visible(title)}: all figures follow from the evidence.`);
		return found.map((difference) => `${title}: ${difference}`);
	});
	for (const difference of differences) out(visible(difference));
	return differences.length === 0 ? 0 : 1;
}

export { showCommand };