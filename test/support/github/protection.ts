import type { Account, Protection, Repository } from './entities.ts'
import type { Hub } from './hub.ts'
import { rulesetProtection } from './rulesets.ts'
import { requiredContextStates } from './commit-state.ts'
import { unprocessable } from './reply.ts'

/** All rules of a branch as one, of classic protection and of rulesets: the strictest of each holds. */
export function protectionOf(repository: Repository, branch: string): Protection | undefined {
  const classic = repository.protections.get(branch)
  const rulesets = repository.rulesets.map((ruleset) => rulesetProtection(repository, ruleset, branch))
  const all = [classic, ...rulesets].filter((rules) => rules !== undefined)
  if (all.length === 0) return undefined
  return {
    requiredChecks: all.flatMap((rules) => rules.requiredChecks),
    strict: all.some((rules) => rules.strict),
    requiredApprovals: Math.max(...all.map((rules) => rules.requiredApprovals)),
    requirePullRequest: all.some((rules) => rules.requirePullRequest),
    // Rulesets bind administrators unless they are named as bypass actors, which this stand-in does not offer.
    enforceAdmins: all.some((rules) => rules.enforceAdmins),
    allowForcePushes: all.every((rules) => rules.allowForcePushes),
    mergeQueue: all.some((rules) => rules.mergeQueue),
  }
}

/** Rules that ask for nothing: to be changed one by one. */
export const UNPROTECTED: Protection = {
  requiredChecks: [],
  strict: false,
  requiredApprovals: 0,
  requirePullRequest: false,
  enforceAdmins: false,
  allowForcePushes: false,
  mergeQueue: false,
}

export interface RefUpdate {
  ref: string
  before: string | undefined
  after: string | undefined
  by: Account
}

/** Throws GitHub's 422 when the branch's rules forbid a direct change by ref, file or push. */
export async function refuseProtectedChange(
  hub: Hub,
  repository: Repository,
  update: RefUpdate,
): Promise<void> {
  const reason = await protectedChange(hub, repository, update)
  if (reason) throw unprocessable(reason)
}

/** Why a direct change of a branch is refused, or undefined. */
export async function protectedChange(
  hub: Hub,
  repository: Repository,
  update: RefUpdate,
): Promise<string | undefined> {
  const rules = protectionOf(repository, update.ref.replace(/^refs\/heads\//, ''))
  if (!rules || !update.ref.startsWith('refs/heads/')) return undefined
  if (update.after === undefined) return 'Cannot delete this branch'
  const forced =
    update.before !== undefined && !(await repository.git.isAncestor(update.before, update.after))
  if (forced && !rules.allowForcePushes) return 'Cannot force-push to this branch'
  if (hub.roleOf(update.by, repository) === 'admin' && !rules.enforceAdmins) return undefined
  if (rules.mergeQueue) return 'Changes must be made through the merge queue'
  if (rules.requirePullRequest || rules.requiredApprovals > 0)
    return 'Changes must be made through a pull request.'
  const missing = requiredContextStates(repository, update.after, rules.requiredChecks).find(
    ({ state }) => state !== 'success',
  )
  return missing ? `Required status check "${missing.context}" is expected.` : undefined
}
