import { f as strictObject, i as boolean, l as number, n as _enum, p as string, r as array, s as literal } from "./schemas.js";
import { a as replaced, c as stage, d as version, i as pullRequest, l as suiteResult, n as codeDifference, o as revertRecord, r as environmentState, s as saidByPerson, t as artifact, u as verdictReport } from "./facts.js";

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
	"promoted_by_person",
	"accepted_by_person",
	"not_watched",
	"watched_by_app",
	"stage_completed",
	"plan_only",
	"rolled_back_on_request",
	"no_change",
	"already_live",
	"no_steps",
	"merge_queue",
	"duplicate",
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
	"deploy_refused",
	"deployment_sha_mismatch",
	"traffic_failed",
	"unhealthy",
	"cancelled",
	"superseded",
	"environment_held",
	"environment_busy",
	"lock_unreadable",
	"lock_contended",
	"not_deployed",
	"environment_dirty",
	"environment_unknown",
	"rollback_failed",
	"no_rollback_target",
	"plan_changed",
	"target_changed",
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
	replaces: replaced.optional().describe("Of a rollback whose own deployment `deployment` is: the one that it takes away"),
	difference: string().optional().describe("The release difference (F), as its deployer gave it"),
	weight: number().optional().describe("The new version's share of the traffic, in percent"),
	judged: array(verdictReport),
	said: array(saidByPerson).optional().describe("By commands, while it was watched; absent where nobody did")
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

export { decisions as n, reasonCodes as r, receipt as t };