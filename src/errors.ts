/** Bad input from a user: a flag, a file, a name. Its message says what, where and what to do; the run ends as a usage error. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** A configuration is wrong; the message lists all that is, a line each. */
export class ConfigInvalid extends UsageError {}

/** No commit has this name or id here or at the remote. */
export class RevisionUnknown extends UsageError {
  readonly revision: string
  constructor(revision: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.revision = revision
  }
}

/** The remote has a branch of this name with other content; it is never overwritten. */
export class BranchTaken extends Error {
  override readonly name = 'BranchTaken'
  readonly branch: string
  constructor(branch: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.branch = branch
  }
}

/** A version control command failed for a reason of its own: network, permission, a broken repository. */
export class VersionControlError extends Error {
  override readonly name = 'VersionControlError'
}

/** A checkout does not stand at the approved commit any more: a step moved it. */
export class CommitMoved extends Error {
  override readonly name = 'CommitMoved'
}

/** What stands where an artefact should be is missing or has another digest than the one built and recorded. */
export class ArtifactMismatch extends Error {
  override readonly name = 'ArtifactMismatch'
}

/** GitHub refused or could not be reached. Its message names the request, the answer, and the permission that was missing, never the token. */
export class GitHubError extends Error {
  override readonly name = 'GitHubError'
  /** The HTTP status, or 0 where no answer came; 429 of each limit, for which GitHub may say 403. */
  readonly status: number
  constructor(status: number, message: string, options?: ErrorOptions) {
    super(message, options)
    this.status = status
  }
}

/** There is no deployment of this id. */
export class DeploymentUnknown extends UsageError {}

/** A deployment is of another commit or another environment than the one asked for. */
export class DeploymentMismatch extends Error {
  override readonly name = 'DeploymentMismatch'
}

/** What a rollback was to return to is no longer the environment's last healthy version. */
export class TargetChanged extends Error {
  override readonly name = 'TargetChanged'
}

/** An earlier attempt of this workflow run was lost while it worked on a deployment: nobody knows how far it got. */
export class AttemptLost extends Error {
  override readonly name = 'AttemptLost'
}

/** Somebody else has the environment, by a lock or by what is being done to it. */
export class EnvironmentTaken extends Error {
  override readonly name = 'EnvironmentTaken'
  readonly reason:
    | 'environment_held'
    | 'environment_busy'
    | 'environment_dirty'
    | 'lock_unreadable'
    | 'lock_contended'
  constructor(reason: EnvironmentTaken['reason'], message: string) {
    super(message)
    this.reason = reason
  }
}
