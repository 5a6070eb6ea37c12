import { a as ConfigInvalid, c as EnvironmentTaken, d as TargetChanged, f as UsageError, i as CommitMoved, l as GitHubError, n as AttemptLost, o as DeploymentMismatch, p as VersionControlError, t as ArtifactMismatch } from "./errors.js";

// src/upgrade/reason-of.ts
function reasonOf(error) {
	if (error instanceof ConfigInvalid) return "config_invalid";
	if (error instanceof UsageError) return "usage";
	if (error instanceof ArtifactMismatch) return "artifact_mismatch";
	if (error instanceof CommitMoved) return "commit_moved";
	if (error instanceof DeploymentMismatch) return "deployment_sha_mismatch";
	if (error instanceof EnvironmentTaken) return error.reason;
	if (error instanceof TargetChanged) return "target_changed";
	if (error instanceof AttemptLost) return "environment_unknown";
	if (error instanceof VersionControlError) return "version_control_failed";
	if (error instanceof GitHubError) return "github_failed";
	return "internal_error";
}

export { reasonOf as t };