import type { Account, MergeMethod, Pull } from './entities.ts'
import type { Hub } from './hub.ts'
import { mergeCommit, type MergeRequest } from './merge.ts'
import { pullEvent } from './pull-events.ts'
import { close, refChanged } from './ref-changes.ts'
import { Refusal } from './reply.ts'
import { refuseWorkflows } from './workflow-permission.ts'

/** Merges by real git and records it; 405 on a conflict. Answers the commit that the base branch is at. */
export async function mergePull(hub: Hub, pull: Pull, request: MergeRequest): Promise<string> {
  const { repository, ref } = pull.base
  const before = await repository.git.commitOf(`refs/heads/${ref}`)
  if (!before) throw new Refusal(405, 'Base branch was deleted')
  const sha = await mergeCommit(hub, pull, before, request)
  if (sha === undefined)
    throw new Refusal(
      405,
      request.method === 'rebase'
        ? "This branch can't be rebased due to conflicts"
        : 'Pull Request is not mergeable',
    )
  if (request.mayChangeWorkflows === false)
    await refuseWorkflows(repository, sha, { in: [before], status: 403 })
  await landOnBase(hub, pull, { before, sha, method: request.method, by: request.by })
  return sha
}

export interface Landing {
  before: string
  sha: string
  method: MergeMethod
  by: Account
}

/** Moves the base branch to a commit that holds the pull request, and says so. */
export async function landOnBase(hub: Hub, pull: Pull, landing: Landing): Promise<void> {
  const { repository, ref } = pull.base
  const { before, sha, by } = landing
  await repository.git.setRef(`refs/heads/${ref}`, sha, before)
  await recordMerge(hub, pull, landing)
  await refChanged(hub, {
    repository,
    ref: `refs/heads/${ref}`,
    before,
    after: sha,
    by,
    activity: 'pr_merge',
  })
  await pullEvent(hub, pull, { action: 'closed', sender: by })
  if (repository.settings.deleteBranchOnMerge && pull.head.repository === repository)
    await deleteHead(hub, pull, by)
}

async function recordMerge(hub: Hub, pull: Pull, { before, sha, method, by }: Landing): Promise<void> {
  pull.merged = { at: hub.time(), by, method }
  pull.mergeCommitSha = sha
  if (method === 'rebase') {
    const landed = await pull.base.repository.git.range(before, sha)
    pull.rebased = landed.map((commit) => commit.sha)
  }
  close(hub, pull, by)
}

async function deleteHead(hub: Hub, pull: Pull, by: Account): Promise<void> {
  const { repository } = pull.base
  const ref = `refs/heads/${pull.head.ref}`
  await repository.git.deleteRef(ref)
  await refChanged(hub, { repository, ref, before: pull.head.sha, after: undefined, by })
}
