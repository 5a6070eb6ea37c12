/**
 * How a run ends. `promoted`: every watched environment took it well. `completed`: all that was asked is done, but no
 * environment's health was asked for or configured. `held`: nothing bad is proven and nothing good either; somebody
 * must look. `rolled_back`: the environment runs its last healthy version again. `failed`: it ended before users met
 * it, or could not be taken back (the reason says which).
 */
export const decisions = [
  'promoted',
  'completed',
  'planned',
  'nothing_to_do',
  'held',
  'rolled_back',
  'cancelled',
  'failed',
] as const
export type Decision = (typeof decisions)[number]

/** Every way a run can end: one closed list, stable over versions; outputs, logs and tests use these words. */
export const reasonCodes = [
  // well
  'healthy',
  'promoted_by_person',
  'accepted_by_person',
  'not_watched',
  'watched_by_app',
  'stage_completed',
  'plan_only',
  'rolled_back_on_request',
  // neutral
  'no_change',
  'already_live',
  'no_steps',
  'merge_queue',
  'duplicate',
  // held
  'health_no_data',
  'health_too_little_traffic',
  'health_undecided',
  'shadow_unhealthy',
  'earlier_environment_not_healthy',
  // not taken up, or taken back
  'change_failed',
  'branch_taken',
  'push_failed',
  'build_failed',
  'artifact_mismatch',
  'tests_failed',
  'users_tests_failed',
  'deploy_failed',
  'deploy_refused',
  'deployment_sha_mismatch',
  'traffic_failed',
  'unhealthy',
  'cancelled',
  'superseded',
  // states of an environment that need a person
  'environment_held',
  'environment_busy',
  'lock_unreadable',
  'lock_contended',
  'not_deployed',
  'environment_dirty',
  'environment_unknown',
  'rollback_failed',
  'no_rollback_target',
  // the request itself
  'plan_changed',
  'target_changed',
  'commit_moved',
  'version_control_failed',
  'github_failed',
  'config_invalid',
  'usage',
  'internal_error',
] as const
export type ReasonCode = (typeof reasonCodes)[number]
