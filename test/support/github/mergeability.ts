import type { Account, Pull } from './entities.ts'
import { type Hub, rank } from './hub.ts'
import { mergeCommit } from './merge.ts'
import { protectionOf } from './protection.ts'
import { commitState, requiredContextStates } from './commit-state.ts'

export interface Mergeability {
  mergeable: boolean | null
  rebaseable: boolean | null
  mergeable_state: 'unknown' | 'dirty' | 'draft' | 'blocked' | 'behind' | 'unstable' | 'clean'
}

export const UNKNOWN_MERGEABILITY: Mergeability = {
  mergeable: null,
  rebaseable: null,
  mergeable_state: 'unknown',
}

/**
 * What a read sees. As on GitHub the first read after head or base moved finds nothing computed yet (`null`) and sets
 * the computation going; the next read has it.
 */
export async function readMergeability(hub: Hub, pull: Pull): Promise<Mergeability> {
  if (pull.issue.state === 'closed') return UNKNOWN_MERGEABILITY
  const known = pull.mergeability
  const fresh = await computeMergeability(hub, pull)
  if (known?.key !== fresh.key) return UNKNOWN_MERGEABILITY
  return {
    mergeable: fresh.mergeable,
    rebaseable: fresh.mergeable && fresh.rebaseable,
    mergeable_state: fresh.mergeable ? await stateOf(hub, pull) : 'dirty',
  }
}

type Computed = NonNullable<Pull['mergeability']>

/** Tries both kinds of merge by real git, keeps the test merge as `refs/pull/N/merge`, remembers the answer. */
export async function computeMergeability(hub: Hub, pull: Pull): Promise<Computed> {
  const { git } = pull.base.repository
  const base = (await git.commitOf(`refs/heads/${pull.base.ref}`)) ?? pull.base.sha
  const key = `${pull.head.sha}:${base}`
  if (pull.mergeability?.key === key) return pull.mergeability
  const by = pull.issue.user
  const merge = await mergeCommit(hub, pull, base, {
    method: 'merge',
    by,
    title: undefined,
    message: undefined,
  })
  const rebaseable = merge !== undefined && (await isRebaseable(hub, pull, base))
  if (merge) await git.setRef(`refs/pull/${pull.issue.number}/merge`, merge)
  pull.mergeCommitSha = merge ?? null
  pull.mergeability = { key, mergeable: merge !== undefined, rebaseable }
  return pull.mergeability
}

/** One commit that merges can be rebased too; only several may conflict one by one. */
async function isRebaseable(hub: Hub, pull: Pull, base: string): Promise<boolean> {
  const { git } = pull.base.repository
  if ((await git.ahead(base, pull.head.sha)) === 1) return true
  const request = { method: 'rebase', by: pull.issue.user, title: undefined, message: undefined } as const
  return (await mergeCommit(hub, pull, base, request)) !== undefined
}

async function stateOf(hub: Hub, pull: Pull): Promise<Mergeability['mergeable_state']> {
  if (pull.draft) return 'draft'
  const blockers = await mergeBlockers(hub, pull)
  if (blockers.some((blocker) => blocker.kind !== 'behind')) return 'blocked'
  if (blockers.length > 0) return 'behind'
  const { state, total } = commitState(pull.base.repository, pull.head.sha)
  return total > 0 && state !== 'success' ? 'unstable' : 'clean'
}

export interface Blocker {
  kind: 'check' | 'review' | 'behind' | 'queue'
  /** GitHub's text of the 405. */
  message: string
}

/** What the base branch's protection still asks of a pull request. */
export async function mergeBlockers(hub: Hub, pull: Pull): Promise<Blocker[]> {
  const { repository, ref } = pull.base
  const rules = protectionOf(repository, ref)
  if (!rules) return []
  const blockers: Blocker[] = requiredContextStates(repository, pull.head.sha, rules.requiredChecks)
    .filter(({ state }) => state !== 'success')
    .map(({ context, state }) => ({
      kind: 'check',
      message:
        state === 'expected'
          ? `Required status check "${context}" is expected.`
          : `Required status check "${context}" is ${state === 'pending' ? 'in progress' : 'failing'}.`,
    }))
  if (approvals(hub, pull) < rules.requiredApprovals)
    blockers.push({
      kind: 'review',
      message: `At least ${rules.requiredApprovals} approving review is required by reviewers with write access.`,
    })
  const tip = (await repository.git.commitOf(`refs/heads/${ref}`)) ?? pull.base.sha
  if (
    rules.strict &&
    rules.requiredChecks.length > 0 &&
    !(await repository.git.isAncestor(tip, pull.head.sha))
  )
    blockers.push({ kind: 'behind', message: 'Head branch is out of date with the base branch.' })
  if (rules.mergeQueue)
    blockers.push({ kind: 'queue', message: 'Changes must be made through the merge queue' })
  return blockers
}

/** Approvals that count: the last word of each reviewer with write access. (Nobody can approve their own.) */
function approvals(hub: Hub, pull: Pull): number {
  const last = new Map<Account, string>()
  for (const review of pull.reviews) if (review.state !== 'COMMENTED') last.set(review.user, review.state)
  return [...last].filter(
    ([user, state]) => state === 'APPROVED' && rank(hub.roleOf(user, pull.base.repository)) >= rank('write'),
  ).length
}
