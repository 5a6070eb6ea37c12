import type { ReasonCode } from '../upgrade/reason.ts'

/**
 * Every way a comment can end, beside the reason codes of the run that it starts: one closed list, stable over versions.
 * Answers, logs, metrics and tests use these words; `docs/reason-codes.md` explains each.
 */
export const commandReasons = [
  // nothing is said
  'no_command',
  'not_created',
  'from_bot',
  'no_pull_request',
  'stranger',
  'not_of_installation',
  'not_driver',
  // done
  'help_shown',
  'status_shown',
  'locked',
  'unlocked',
  'not_locked',
  'resolved',
  'nothing_to_resolve',
  'unquarantined',
  'not_quarantined',
  'promoted_on_request',
  'accepted_on_request',
  'already_healthy',
  'paused',
  'already_paused',
  'nothing_to_pause',
  'continued',
  'not_paused',
  'reverted',
  'revert_proposed',
  'already_reverted',
  'autorevert_on',
  'autorevert_off',
  // an operation, while and after it runs
  'deploy_started',
  'rollback_started',
  'plan_started',
  'run_not_started',
  'run_failed',
  'run_cancelled',
  // how it was written
  'command_unknown',
  'command_malformed',
  'command_twice',
  'environment_not_named',
  'no_such_environment',
  'expired',
  // who wrote it
  'permission_denied',
  'permission_unverified',
  // which commit
  'ref_changed',
  'head_unknown',
  'sha_not_head',
  // what the pull request must be
  'not_merged',
  'revert_declined',
  'revert_conflict',
  'revert_failed',
  'pull_closed',
  'pull_draft',
  'pull_fork',
  'base_not_allowed',
  'checks_failed',
  'checks_pending',
  'checks_unavailable',
  'changes_requested',
  'review_missing',
  'review_outdated',
  'own_pull',
  'not_up_to_date',
  'base_unknown',
  'quarantined',
  // what is watched
  'nothing_watched',
  'found_unhealthy',
  'being_taken_back',
  'not_all_users',
  'not_live',
  // the repository
  'config_missing',
] as const
export type CommandReason = (typeof commandReasons)[number]

/** How serving a comment, or following what it started, ended. */
export type OutcomeReason = CommandReason | ReasonCode
