import {
  ArtifactMismatch,
  AttemptLost,
  CommitMoved,
  ConfigInvalid,
  DeploymentMismatch,
  EnvironmentTaken,
  GitHubError,
  TargetChanged,
  UsageError,
  VersionControlError,
} from '../errors.ts'
import type { ReasonCode } from './reason.ts'

/** The reason code of an error that ended a run. */
export function reasonOf(error: unknown): ReasonCode {
  if (error instanceof ConfigInvalid) return 'config_invalid'
  if (error instanceof UsageError) return 'usage'
  if (error instanceof ArtifactMismatch) return 'artifact_mismatch'
  if (error instanceof CommitMoved) return 'commit_moved'
  if (error instanceof DeploymentMismatch) return 'deployment_sha_mismatch'
  if (error instanceof EnvironmentTaken) return error.reason
  if (error instanceof TargetChanged) return 'target_changed'
  if (error instanceof AttemptLost) return 'environment_unknown'
  if (error instanceof VersionControlError) return 'version_control_failed'
  if (error instanceof GitHubError) return 'github_failed'
  return 'internal_error'
}
