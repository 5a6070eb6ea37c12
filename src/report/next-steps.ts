import type { Upgrade } from '../upgrade/receipt.ts'
import type { ReasonCode } from '../upgrade/reason.ts'

/** What somebody should do now, by the reason; nothing where all is well. Commands are for copying. */
export function nextSteps(upgrade: Upgrade): readonly string[] {
  const { reason, revert } = upgrade
  if (reason === undefined) return []
  const advice = ADVICE[reason]
  const step = typeof advice === 'function' ? advice(rollbacks(upgrade)) : advice
  return [...(step === undefined ? [] : [step]), ...(revert === undefined ? [] : forRevert(revert))]
}

/** The commands that take back what is neither well nor back already. */
function rollbacks({ environments }: Upgrade): string {
  return environments
    .filter(({ state }) => state !== 'untouched' && state !== 'promoted' && state !== 'rolled_back')
    .map(({ name }) => `seamless rollback --environment ${name}`)
    .join('; ')
}

type Advice = string | undefined | ((rollbacks: string) => string)

const goOn =
  (why: string) =>
  (rollbacks: string): string =>
    rollbacks === '' ? `${why}.` : `${why}, or: ${rollbacks}`
const look = (rollbacks: string): string =>
  rollbacks === ''
    ? 'Look at what the environment runs; what to do about it is said above.'
    : `Look at what the environment runs. To bring its last healthy version back: ${rollbacks}`
const MEND_COMMAND = 'Mend the command whose output is above. Nothing was deployed.'
const MEND_VERSION =
  'Users have their last healthy version again. Mend what is above before you try once more.'
const CORRECT = 'Correct what is named above. Nothing was done.'

const ADVICE: Readonly<Record<ReasonCode, Advice>> = {
  healthy: undefined,
  promoted_by_person: undefined,
  accepted_by_person: undefined,
  not_watched: 'To know next time whether users notice, say under `health` what to watch there.',
  watched_by_app: undefined,
  stage_completed: undefined,
  plan_only: undefined,
  rolled_back_on_request: undefined,
  no_change: undefined,
  already_live: undefined,
  no_steps: 'If something should have been done, the config must say so: `build`, `test`, `health`.',
  merge_queue: undefined,
  duplicate: undefined,
  health_no_data: goOn('Look at the health source: the checks above had no data. Then run again'),
  health_too_little_traffic: goOn('Nobody knows yet whether users would notice. Run again to go on watching'),
  health_undecided: goOn('Nobody knows yet whether users would notice. Run again to go on watching'),
  shadow_unhealthy:
    '`shadow` is on: nothing was done. Judge whether you agree, and switch it off when you trust it.',
  earlier_environment_not_healthy: 'Bring this commit to the environment that is named above first.',
  change_failed: MEND_COMMAND,
  branch_taken: 'Delete the branch or merge it, or give `upgrade.branch` another name.',
  push_failed: 'See that the token may write contents, and that no rule protects the branch. Then run again.',
  build_failed: MEND_COMMAND,
  artifact_mismatch:
    'Build again. Where jobs run on machines of their own, carry `.seamless` from one to the next.',
  tests_failed: 'Mend the tests listed above, or the code that they test. Nothing was deployed.',
  users_tests_failed:
    'These tests of version n fail on the new build: its users would notice. Mend it, or list the tests under `accepts` if the break is meant.',
  deploy_failed: MEND_VERSION,
  deploy_refused: 'Nothing was changed. Do what is said above, then run again.',
  deployment_sha_mismatch: 'Give the id of a deployment of this very commit and environment, or none.',
  traffic_failed: MEND_VERSION,
  unhealthy: MEND_VERSION,
  cancelled: (rollbacks) =>
    rollbacks === ''
      ? 'Run it again when you want it after all.'
      : `Not all could be taken back. Look at what is named above, then: ${rollbacks}`,
  superseded: 'Nothing, if that was meant. To bring this version after all, run it again.',
  environment_held: 'A pull request keeps the environment: `/unlock` there gives it back.',
  environment_busy: 'Wait until what is being done there has ended; then run again.',
  lock_unreadable: 'Look at what stands there, and remove it if it is nobody’s. Then run again.',
  lock_contended: 'Run again.',
  not_deployed: 'Deploy this commit first, then watch it.',
  environment_dirty: look,
  environment_unknown: look,
  rollback_failed: look,
  no_rollback_target: 'There is no healthy version to go back to: deploy one that works.',
  plan_changed: 'Make the plan again, read it, and approve its digest.',
  target_changed: 'Ask for the rollback again: it then returns to what is the last healthy version now.',
  commit_moved: 'Find the step that commits or checks out something else, and take that out of it.',
  version_control_failed: 'See what git says above: the network, the token, the remote. Then run again.',
  github_failed: 'See what GitHub says above: a permission, or its status page. Then run again.',
  config_invalid: CORRECT,
  usage: CORRECT,
  internal_error: 'This is unexpected. Run again; if it stays, report it with the receipt.',
}

function forRevert({ outcome, pullRequest, message }: NonNullable<Upgrade['revert']>): readonly string[] {
  const where = pullRequest === undefined ? '' : ` ${pullRequest.url}`
  switch (outcome) {
    case 'merged':
      return [
        pullRequest === undefined
          ? `${message} Re-land it with a fix.`
          : `The merge is reverted:${where}. Re-land it with a fix.`,
      ]
    case 'proposed':
      return [pullRequest === undefined ? message : `A revert waits for you:${where}. ${message}`]
    case 'conflict':
    case 'failed':
    case 'not_done':
      return [message]
    case 'already_reverted':
      return []
  }
}
