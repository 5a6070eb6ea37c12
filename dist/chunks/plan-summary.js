import { n as code, t as cell } from "./markdown.js";

// src/report/plan-summary.ts
function planSummary(plan) {
	const rows = plan.steps.map(({ id, what, command, undo }) => `| ${cell(id)} | ${cell(what, 300)} | ${command === void 0 ? "" : cell(command, 300)} | ${undo === void 0 ? "" : cell(undo, 300)} |`);
	return [
		`## 📋 Plan ${code(plan.digest)}`,
		`${planHead(plan)} Nothing was changed.`,
		...rows.length === 0 ? ["There is nothing to do."] : [[
			"| step | what it does | command | what takes it back |",
			"|---|---|---|---|",
			...rows
		].join("\n")]
	].join("\n\n");
}
function planText(plan) {
	const width = Math.max(0, ...plan.steps.map(({ id }) => id.length));
	const steps = plan.steps.flatMap(({ id, what, command, undo }) => [
		`  ${id.padEnd(width)}  ${what}`,
		...command === void 0 ? [] : [`  ${" ".repeat(width)}  $ ${command.trim().replaceAll("\n", `\n  ${" ".repeat(width)}    `)}`],
		...undo === void 0 ? [] : [`  ${" ".repeat(width)}  taken back by: ${undo}`]
	]);
	return [
		`Plan ${plan.digest}`,
		planHead(plan),
		...steps.length === 0 ? ["There is nothing to do."] : steps
	].join("\n");
}
function planHead({ head, base, repository }) {
	const from = base === void 0 ? "first upgrade, there is no version n" : `from ${base.name}`;
	return head.kind === "given" ? `${repository}: ${from} to ${head.version.name} (${head.version.sha}).` : `${repository}: ${from}; the new version is made from ${head.baseBranch} at ${head.from}.`;
}

export { planText as n, planSummary as t };