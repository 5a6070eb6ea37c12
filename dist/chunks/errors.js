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

export { DeploymentMismatch as a, RevisionUnknown as c, ConfigInvalid as i, UsageError as l, BranchTaken as n, DeploymentUnknown as o, CommitMoved as r, GitHubError as s, ArtifactMismatch as t, VersionControlError as u };