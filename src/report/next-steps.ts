import type { ReasonCode } from '../upgrade/reason.ts'
import type { Upgrade } from '../upgrade/receipt.ts'

/** What somebody should do now, by the reason; nothing where all is well. Commands are for copying. */
export function nextSteps(upgrade: Upgrade): readonly string[] {
  const { reason, revert } = upgrade
  if (reason === undefined) return []
  const names = upgrade.environments.map(({ name }) => name)
  return [...forReason(reason, names), ...(revert === undefined ? [] : forRevert(revert))]
}

function forReason(reason: ReasonCode, environments: readonly string[]): readonly string[] {
  const rollback = environments.map((name) => `seamless rollback --environment ${name}`).join('; ')
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
    case 'health_no_data':
      return [`Look at the health source: the checks above had no data. Then run again, or: ${rollback}`]
    case 'health_too_little_traffic':
    case 'health_undecided':
      return [`Nobody knows yet whether users would notice. Run again to go on watching, or: ${rollback}`]
    case 'shadow_unhealthy':
      return [
        '`shadow` is on: nothing was done. Judge whether you agree, and switch it off when you trust it.',
      ]
    case 'environment_dirty':
    case 'environment_unknown':
    case 'rollback_failed':
      return [`Look at what the environment runs. To bring its last healthy version back: ${rollback}`]
    case 'no_rollback_target':
      return ['There is no healthy version to go back to: deploy one that works.']
    case 'plan_changed':
      return ['The plan is not the one that was approved. Read the new one above and approve its digest.']
    case 'unhealthy':
    case 'deploy_failed':
    case 'traffic_failed':
      return ['Users have their last healthy version again. Mend what is above before you try once more.']
    default:
      return []
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
