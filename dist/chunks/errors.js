// src/errors.ts
var UsageError = class extends Error {
	name = "UsageError";
};
var ConfigInvalid = class extends UsageError {};
var RevisionUnknown = class extends UsageError {
	revision;
	constructor(revision, message, options) {
		super(message, options);
		this.revision = revision;
	}
};
var BranchTaken = class extends Error {
	name = "BranchTaken";
	branch;
	constructor(branch, message, options) {
		super(message, options);
		this.branch = branch;
	}
};
var VersionControlError = class extends Error {
	name = "VersionControlError";
};
var CommitMoved = class extends Error {
	name = "CommitMoved";
};
var ArtifactMismatch = class extends Error {
	name = "ArtifactMismatch";
};
var GitHubError = class extends Error {
	name = "GitHubError";
	status;
	constructor(status, message, options) {
		super(message, options);
		this.status = status;
	}
};
var DeploymentUnknown = class extends UsageError {};
var DeploymentMismatch = class extends Error {
	name = "DeploymentMismatch";
};
var TargetChanged = class extends Error {
	name = "TargetChanged";
};
var AttemptLost = class extends Error {
	name = "AttemptLost";
};
var EnvironmentTaken = class extends Error {
	name = "EnvironmentTaken";
	reason;
	constructor(reason, message) {
		super(message);
		this.reason = reason;
	}
};

export { ConfigInvalid as a, EnvironmentTaken as c, TargetChanged as d, UsageError as f, CommitMoved as i, GitHubError as l, AttemptLost as n, DeploymentMismatch as o, VersionControlError as p, BranchTaken as r, DeploymentUnknown as s, ArtifactMismatch as t, RevisionUnknown as u };