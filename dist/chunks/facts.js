import { t as stages } from "./stage.js";
import { f as strictObject, g as unknown, i as boolean, l as number, n as _enum, p as string, r as array, s as literal } from "./schemas.js";

// src/upgrade/facts.ts
const stage = _enum(stages);
const commitId = string().regex(/^[0-9a-f]{40}([0-9a-f]{24})?$/);
const version = strictObject({
	sha: commitId.optional().describe("The full commit id; absent where only the name of the live version is known"),
	name: string().describe("What people call it, e.g. 2.1.0")
});
const pullRequest = strictObject({
	number: number().int(),
	url: string()
});
const artifact = strictObject({
	kind: literal("image").optional().describe("In a registry under its digest; absent for a file"),
	name: string(),
	digest: string().regex(/^sha256:[0-9a-f]{64}$/),
	bytes: number().int().nonnegative(),
	executable: boolean().optional()
});
const codeDifference = strictObject({
	commits: array(strictObject({
		id: commitId,
		subject: string(),
		author: string(),
		atMs: number()
	})),
	more: number().int(),
	files: array(strictObject({
		path: string(),
		added: number().int(),
		removed: number().int()
	}))
});
const testCase = strictObject({
	name: string(),
	result: _enum([
		"passed",
		"failed",
		"skipped"
	]),
	message: string().optional(),
	file: string().optional(),
	line: number().int().optional(),
	seconds: number().optional()
});
const suiteResult = strictObject({
	suite: string(),
	kind: _enum(["own", "previous"]),
	passed: number().int(),
	failed: number().int(),
	skipped: number().int(),
	against: _enum([
		"receipt",
		"base_run",
		"not_needed",
		"unknown",
		"first_upgrade"
	]),
	newlyFailing: array(testCase),
	known: array(string()).describe("Failing here and on the base: not counted against the upgrade"),
	newlyPassing: array(string()),
	added: array(string()),
	removed: array(string()),
	accepted: array(string()).describe("Breaks for users of version n that the config accepts"),
	unused: array(string()).describe("Entries of `accepts` that nothing needed"),
	names: array(strictObject({
		name: string(),
		result: _enum([
			"passed",
			"failed",
			"skipped"
		])
	}))
});
const verdictReport = strictObject({
	step: string().describe("What was judged: a traffic step such as 10%, or the watch after the last"),
	verdict: _enum([
		"healthy",
		"unhealthy",
		"inconclusive"
	]),
	reason: string(),
	line: string(),
	startedAtMs: number(),
	endedAtMs: number(),
	comparison: _enum([
		"concurrent",
		"before_after",
		"none"
	]),
	noticed: strictObject({
		requests: number(),
		lower: number().optional(),
		upper: number(),
		watched: number()
	}).optional().describe("Requests that failed or were slow because of the upgrade; concurrent comparison only"),
	watched: number().describe("Requests of the new version that were watched"),
	dashboard: string().optional().describe("The URL of graphs of the time of the watch"),
	checks: array(strictObject({
		name: string(),
		verdict: _enum([
			"healthy",
			"unhealthy",
			"inconclusive"
		]),
		reason: string(),
		before: string(),
		after: string(),
		change: string(),
		allowed: string(),
		coverage: strictObject({
			measured: number().int(),
			expected: number().int()
		}),
		sparkline: string(),
		line: string(),
		queries: array(string()),
		wasBadBefore: boolean().describe("The stable version broke the same limit")
	})),
	evidence: unknown().describe("Everything that the figures are recomputed from; `seamless show --explain` does it")
});
const saidByPerson = strictObject({
	step: string().describe("Of the traffic, such as 10%, or the watch after the last"),
	said: _enum([
		"paused",
		"continued",
		"promoted",
		"accepted"
	]),
	by: string().describe("Login"),
	saidAtMs: number().describe("By GitHub's clock")
});
const replaced = strictObject({
	deployment: string(),
	wasHealthy: boolean().describe("Its verdict was healthy: once taken back it is no version to return to")
});
const environmentState = _enum([
	"untouched",
	"deploying",
	"live",
	"promoted",
	"held",
	"rolled_back",
	"dirty",
	"unknown"
]);
const revertRecord = strictObject({
	outcome: _enum([
		"merged",
		"proposed",
		"not_done",
		"already_reverted",
		"conflict",
		"failed"
	]),
	reason: string(),
	message: string(),
	pullRequest: pullRequest.optional(),
	suspect: number().int().optional()
});

export { replaced as a, stage as c, version as d, pullRequest as i, suiteResult as l, codeDifference as n, revertRecord as o, environmentState as r, saidByPerson as s, artifact as t, verdictReport as u };