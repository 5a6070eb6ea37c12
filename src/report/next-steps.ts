import type { Upgrade } from '../upgrade/receipt.ts'
import type { ReasonCode } from '../upgrade/reason.ts'

/** What somebody should do now, by the reason; nothing where all is well. Commands are for copying. */
export function nextSteps(upgrade: Upgrade): readonly string[] {
  const { reason, revert } = upgrade
  if (reason === undefined) return []
  // What was never touched, or is well, needs nobody.
  const names = upgrade.environments
    .filter(({ state }) => state !== 'untouched' && state !== 'promoted' && state !== 'rolled_back')
    .map(({ name }) => name)
  return [...forReason(reason, names), ...(revert === undefined ? [] : forRevert(revert))]
}

function forReason(reason: ReasonCode, environments: readonly string[]): readonly string[] {
  const back = environments.map((name) => `seamless rollback --environment ${name}`).join('; ')
  const orBack = back === '' ? '' : `, or: ${back}`
  switch (reason) {
    case 'healthy':
    case 'plan_only':
    case 'stage_completed':
    case 'rolled_back_on_request':
    case 'no_change':
    case 'already_live':
    case 'not_driver':
    case 'merge_queue':
      return []
    case 'not_watched':
      return ['To know next time whether users notice, describe `health` for it: docs/health.md.']
    case 'no_steps':
      return ['If something should have been done, add it to the config: `build`, `test`, `health`.']
    case 'health_no_data':
      return [`Look at the health source: the checks above had no data. Then run again${orBack}`]
    case 'health_too_little_traffic':
    case 'health_undecided':
      return [`Nobody knows yet whether users would notice. Run again to go on watching${orBack}`]
    case 'shadow_unhealthy':
      return [
        '`shadow` is on: nothing was done. Judge whether you agree, and switch it off when you trust it.',
      ]
    case 'earlier_environment_not_healthy':
      return ['Bring this commit to the environment before it first; the message above names it.']
    default:
      return forFailure(reason, back)
  }
}

type Failure = Exclude<ReasonCode, 'healthy'>

function forFailure(reason: Failure, back: string): readonly string[] {
  switch (reason) {
    case 'tests_failed':
      return ['Mend the tests listed above, or the code that they test. Nothing was deployed.']
    case 'users_tests_failed':
      return [
        'These tests of version n fail on the new build: its users would notice. Mend it, or list the tests under `accepts` if the break is meant.',
      ]
    case 'build_failed':
    case 'change_failed':
      return ['Mend the command whose output is above. Nothing was deployed.']
    case 'branch_taken':
      return ['Delete the branch or merge it, or give `upgrade.branch` another name.']
    case 'push_failed':
      return ['See that the token may write contents and that the branch is not protected. Then run again.']
    case 'artifact_mismatch':
      return [
        'Build again. Where jobs run apart, carry `.seamless` from one to the next (include-hidden-files: true).',
      ]
    case 'commit_moved':
      return ['Find the step that commits or checks out something else in its checkout, and take that out.']
    case 'superseded':
      return ['Nothing, if that was meant. To bring this version after all, run it again.']
    case 'not_deployed':
      return ['Deploy this commit first (`stage: deploy`), then watch it.']
    case 'cancelled':
      return back === ''
        ? ['Run it again when you want it after all.']
        : [`What could not be taken back is named above: ${back}`]
    case 'environment_dirty':
    case 'environment_unknown':
    case 'rollback_failed':
      return [
        `Look at what the environment runs.${back === '' ? '' : ` To bring its last healthy version back: ${back}`}`,
      ]
    default:
      return forRequest(reason)
  }
}

function forRequest(reason: Failure): readonly string[] {
  switch (reason) {
    case 'no_rollback_target':
      return ['There is no healthy version to go back to: deploy one that works.']
    case 'plan_changed':
      return ['The plan is not the one that was approved. Make it again, read it, and approve its digest.']
    case 'unhealthy':
    case 'deploy_failed':
    case 'traffic_failed':
      return ['Users have their last healthy version again. Mend what is above before you try once more.']
    case 'deployment_sha_mismatch':
      return ['Give the id of a deployment of this very commit and environment, or none.']
    case 'version_control_failed':
      return ['See what git says above: the network, the token, the remote. Then run again.']
    case 'github_failed':
      return ["See what GitHub says above: a permission, or its status page. Then run again."]
    case 'config_invalid':
    case 'usage':
      return ['Correct what is named above; nothing was done.']
    default:
      return ['This is unexpected: run again, and report it with the receipt if it stays.']
  }
}

function forRevert({ outcome, pullRequest, message }: NonNullable<Upgrade['revert']>): readonly string[] {
  const where = pullRequest === undefined ? '' : ` ${pullRequest.url}`
  switch (outcome) {
    case 'merged':
      return [`The merge is reverted:${where}. Re-land it with a fix.`]
    case 'proposed':
      return [`A revert waits for you:${where}. ${message}`]
    case 'conflict':
    case 'failed':
    case 'not_done':
      return [message]
    case 'already_reverted':
      return []
  }
}
