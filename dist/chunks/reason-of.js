import { a as DeploymentMismatch, i as ConfigInvalid, l as UsageError, r as CommitMoved, s as GitHubError, t as ArtifactMismatch, u as VersionControlError } from "./errors.js";

// src/upgrade/reason-of.ts
function reasonOf(error) {
	if (error instanceof ConfigInvalid) return "config_invalid";
	if (error instanceof UsageError) return "usage";
	if (error instanceof ArtifactMismatch) return "artifact_mismatch";
	if (error instanceof CommitMoved) return "commit_moved";
	if (error instanceof DeploymentMismatch) return "deployment_sha_mismatch";
	if (error instanceof VersionControlError) return "version_control_failed";
	if (error instanceof GitHubError) return "github_failed";
	return "internal_error";
}

export { reasonOf as t };