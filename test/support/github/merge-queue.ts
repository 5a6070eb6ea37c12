import { simpleCommitJson } from './check-json.ts'
import { requiredContextStates } from './commit-state.ts'
import type { Account, Pull, QueueEntry, Repository } from './entities.ts'
import type { Hub } from './hub.ts'
import { mergeCommit } from './merge.ts'
import { landOnBase } from './merge-pull.ts'
import { protectionOf } from './protection.ts'
import { pullEvent } from './pull-events.ts'
import { refChanged } from './ref-changes.ts'

/** Puts a pull request at the end of its branch's merge queue; false when it conflicts with what is before it. */
export async function enqueue(hub: Hub, pull: Pull, by: Account): Promise<boolean> {
  const { repository, ref } = pull.base
  const queue = repository.mergeQueues.get(ref) ?? []
  repository.mergeQueues.set(ref, queue)
  if (queue.some((entry) => entry.pull === pull)) return true
  const onto = queue.at(-1)?.groupSha ?? (await repository.git.commitOf(`refs/heads/${ref}`)) ?? pull.base.sha
  const groupSha = await mergeCommit(hub, pull, onto, {
    method: 'merge',
    by,
    title: undefined,
    message: undefined,
  })
  if (!groupSha) return false
  const groupRef = `refs/heads/gh-readonly-queue/${ref}/pr-${pull.issue.number}-${onto}`
  const entry: QueueEntry = { pull, by, enqueuedAt: hub.time(), groupRef, groupSha, baseSha: onto }
  queue.push(entry)
  await repository.git.setRef(groupRef, groupSha)
  await pullEvent(hub, pull, { action: 'enqueued', sender: by })
  await groupEvent(hub, repository, entry, { action: 'checks_requested' })
  await refChanged(hub, { repository, ref: groupRef, before: undefined, after: groupSha, by })
  return true
}

/** Merges the groups whose required checks are green, from the front; takes out the first that failed. */
export async function settleQueues(hub: Hub, repository: Repository): Promise<void> {
  for (const [branch, queue] of repository.mergeQueues) {
    for (let entry = queue[0]; entry; entry = queue[0]) {
      const states = requiredContextStates(
        repository,
        entry.groupSha,
        protectionOf(repository, branch)?.requiredChecks ?? [],
      )
      if (states.some(({ state }) => state === 'failure')) {
        await takeOut(hub, repository, { queue, reason: 'dequeued' })
        continue
      }
      if (states.some(({ state }) => state !== 'success')) break
      queue.shift()
      await groupEvent(hub, repository, entry, { action: 'destroyed', reason: 'merged' })
      await landOnBase(hub, entry.pull, {
        before: entry.baseSha,
        sha: entry.groupSha,
        method: 'merge',
        by: entry.by,
      })
      await repository.git.deleteRef(entry.groupRef)
    }
  }
}

/** The front leaves the queue; what stood behind it is built anew without it. */
async function takeOut(
  hub: Hub,
  repository: Repository,
  { queue, reason }: { queue: QueueEntry[]; reason: 'dequeued' | 'invalidated' },
): Promise<void> {
  const [failed, ...behind] = queue.splice(0)
  if (!failed) return
  for (const entry of [failed, ...behind]) {
    await repository.git.deleteRef(entry.groupRef)
    await groupEvent(hub, repository, entry, {
      action: 'destroyed',
      reason: entry === failed ? reason : 'invalidated',
    })
  }
  await pullEvent(hub, failed.pull, {
    action: 'dequeued',
    sender: failed.by,
    extra: { reason: 'CI_FAILURE' },
  })
  for (const entry of behind) await enqueue(hub, entry.pull, entry.by)
}

async function groupEvent(
  hub: Hub,
  repository: Repository,
  entry: QueueEntry,
  { action, reason }: { action: 'checks_requested' | 'destroyed'; reason?: string },
): Promise<void> {
  const merge_group = {
    head_sha: entry.groupSha,
    head_ref: entry.groupRef,
    base_sha: entry.baseSha,
    base_ref: `refs/heads/${entry.pull.base.ref}`,
    head_commit: simpleCommitJson(await repository.git.commit(entry.groupSha)),
  }
  const payload = { merge_group, ...(reason ? { reason } : {}) }
  hub.emit({ name: 'merge_group', action, repository, sender: entry.by, payload })
}
