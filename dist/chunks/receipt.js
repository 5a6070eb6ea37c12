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

// src/upgrade/reason.ts
const decisions = [
	"promoted",
	"completed",
	"planned",
	"nothing_to_do",
	"held",
	"rolled_back",
	"cancelled",
	"failed"
];
const reasonCodes = [
	"healthy",
	"not_watched",
	"stage_completed",
	"plan_only",
	"rolled_back_on_request",
	"no_change",
	"already_live",
	"no_steps",
	"merge_queue",
	"health_no_data",
	"health_too_little_traffic",
	"health_undecided",
	"shadow_unhealthy",
	"earlier_environment_not_healthy",
	"change_failed",
	"branch_taken",
	"push_failed",
	"build_failed",
	"artifact_mismatch",
	"tests_failed",
	"users_tests_failed",
	"deploy_failed",
	"deployment_sha_mismatch",
	"traffic_failed",
	"unhealthy",
	"cancelled",
	"superseded",
	"not_deployed",
	"environment_dirty",
	"environment_unknown",
	"rollback_failed",
	"no_rollback_target",
	"plan_changed",
	"commit_moved",
	"version_control_failed",
	"github_failed",
	"config_invalid",
	"usage",
	"internal_error"
];

// src/upgrade/receipt.ts
const stepRecord = strictObject({
	step: string(),
	stage,
	environment: string().optional(),
	state: _enum([
		"running",
		"done",
		"failed",
		"skipped",
		"held"
	]),
	startedAtMs: number(),
	endedAtMs: number().optional(),
	message: string().optional(),
	output: string().optional()
});
const environmentRecord = strictObject({
	name: string(),
	state: environmentState,
	message: string().optional(),
	deployment: string().optional(),
	previous: version.optional().describe("What a rollback returns to; absent on the first upgrade"),
	difference: string().optional().describe("The release difference (F), as its deployer gave it"),
	weight: number().optional().describe("The new version's share of the traffic, in percent"),
	judged: array(verdictReport)
});
const receipt = strictObject({
	schema: literal("seamless.receipt/1"),
	id: string().describe("Same base, same head, same config, same environments: same id"),
	repository: string(),
	operation: _enum(["run", "rollback"]),
	planDigest: string(),
	made: boolean().describe("Whether the branch stage makes the candidate; else it was given"),
	startedAtMs: number(),
	endedAtMs: number().optional(),
	base: version.optional().describe("Version n; absent on a first upgrade"),
	candidate: version.optional().describe("Version n+1; absent until its commit is known"),
	branch: string().optional(),
	pullRequest: pullRequest.optional(),
	code: codeDifference.optional(),
	artifacts: array(artifact),
	tests: array(suiteResult),
	environments: array(environmentRecord),
	revert: revertRecord.optional(),
	steps: array(stepRecord),
	decision: _enum(decisions).optional().describe("Absent while it goes on, or when it was cut off"),
	reason: _enum(reasonCodes).optional(),
	message: string().optional()
});

export { codeDifference as a, revertRecord as c, verdictReport as d, version as f, artifact as i, stage as l, decisions as n, environmentState as o, reasonCodes as r, pullRequest as s, receipt as t, suiteResult as u };