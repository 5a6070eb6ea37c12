import { a as headline, i as elapsed, o as noticedBy, s as plural, t as nextSteps } from "./next-steps.js";
import { c as visible } from "./markdown.js";

// src/report/text.ts
function receiptText(upgrade) {
	const noticed = noticedBy(upgrade);
	const took = upgrade.endedAtMs === void 0 ? "" : ` (${elapsed(upgrade.endedAtMs - upgrade.startedAtMs)})`;
	return [
		`${headline(upgrade)}${took}`,
		...upgrade.message === void 0 ? [] : [`  ${upgrade.message}`],
		...noticed === void 0 ? [] : [`  ${noticed.line}`],
		...block("Code", codeLines(upgrade)),
		...block("Tests", upgrade.tests.flatMap(testLines)),
		...block("Release", upgrade.environments.map((environment) => releaseLine(environment))),
		...block("Health", upgrade.environments.flatMap(healthLines)),
		...block("Revert", revertLines(upgrade)),
		...block("What to do next", nextSteps(upgrade)),
		`  reason ${upgrade.reason ?? "none"}, upgrade ${upgrade.id}`
	].map((line) => visible(line)).join("\n");
}
function block(title, lines) {
	return lines.length === 0 ? [] : [`  ${title}`, ...lines.map((line) => `    ${line}`)];
}
function codeLines({ candidate, branch, pullRequest, code, base, artifacts }) {
	if (candidate?.sha === void 0) return [];
	const where = branch === void 0 ? "" : ` on ${branch}`;
	const request = pullRequest === void 0 ? "" : `, ${pullRequest.url}`;
	const compared = code === void 0 ? [base === void 0 ? "first upgrade: there is no version n to compare with" : "not compared"] : [`${plural(code.commits.length + code.more, "commit")}, ${plural(code.files.length, "file")} since ${base?.name ?? "version n"}`];
	return [
		`${candidate.sha}${where}${request}`,
		...compared,
		...artifacts.slice(0, 10).map(({ name, digest, bytes }) => `${name} ${digest.slice(0, 19)} (${plural(bytes, "byte")})`)
	];
}
function testLines(suite) {
	const known = suite.known.length === 0 ? "" : `, ${plural(suite.known.length, "known failure")}`;
	const accepted = suite.accepted.length === 0 ? "" : `, ${plural(suite.accepted.length, "accepted break")}`;
	return [`${suite.suite}: ${suite.passed} passed, ${suite.newlyFailing.length} newly failing${known}${accepted}`, ...suite.newlyFailing.slice(0, 10).map(({ name, message }) => `  ✗ ${name}${message === void 0 ? "" : `: ${message.split("\n")[0] ?? ""}`}`)];
}
function releaseLine({ name, state, weight, previous }) {
	if (state === "rolled_back") return `${name}: rolled back${previous === void 0 ? "" : ` to ${previous.name}`}`;
	const share = weight === void 0 ? "" : `, with ${weight} % of the traffic`;
	const before = previous === void 0 ? "" : `, before: ${previous.name}`;
	return `${name}: ${state.replaceAll("_", " ")}${share}${before}`;
}
function healthLines({ name, judged }) {
	return judged.flatMap((report) => [`${name}, ${report.step === "watch" ? "the watch" : `at ${report.step}`}: ${report.line}`, ...report.checks.map((check) => `  ${checkLine(check)}`)]);
}
function checkLine(check) {
	const icon = {
		healthy: "✓",
		unhealthy: "✗",
		inconclusive: "?"
	}[check.verdict];
	const change = check.change === "" ? "" : `, ${check.change}`;
	const before = check.before === "" ? "" : ` (before ${check.before})`;
	const { measured, expected } = check.coverage;
	return [
		`${icon} ${check.name} ${check.after}${before}${change}, allowed ${check.allowed}`,
		check.sparkline,
		`measured ${measured} of ${expected}`
	].filter(Boolean).join(" ");
}
function revertLines({ revert }) {
	if (revert === void 0) return [];
	const where = revert.pullRequest === void 0 ? "" : ` ${revert.pullRequest.url}`;
	return [`${revert.outcome.replaceAll("_", " ")}: ${revert.message}${where}`];
}

export { receiptText as n, checkLine as t };