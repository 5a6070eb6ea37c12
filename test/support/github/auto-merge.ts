import type { Pull, Repository } from './entities.ts'
import type { Hub } from './hub.ts'
import { computeMergeability, mergeBlockers } from './mergeability.ts'
import { enqueue, settleQueues } from './merge-queue.ts'
import { mergePull } from './merge-pull.ts'

/** What GitHub does by itself after a change: auto-merges what became ready, moves the merge queues. */
export async function settle(hub: Hub, repository: Repository): Promise<void> {
  for (const { pull } of repository.issues.values())
    if (pull?.autoMerge && pull.issue.state === 'open') await tryMerge(hub, pull)
  await settleQueues(hub, repository)
}

async function tryMerge(hub: Hub, pull: Pull): Promise<void> {
  const { autoMerge } = pull
  if (!autoMerge || pull.draft || !(await computeMergeability(hub, pull)).mergeable) return
  const blockers = await mergeBlockers(hub, pull)
  if (blockers.some(({ kind }) => kind !== 'queue')) return
  if (blockers.length > 0) {
    pull.autoMerge = undefined
    await enqueue(hub, pull, autoMerge.by)
    return
  }
  const { method, by, title, message } = autoMerge
  await mergePull(hub, pull, { method, by, title: title || undefined, message: message || undefined })
}
