import { nodeId } from './account-json.ts'
import type { Account, Pull, QueueEntry, Repository } from './entities.ts'
import type { Hub } from './hub.ts'
import { mergeBlockers, readMergeability } from './mergeability.ts'
import { repositoryPage } from './repository-json.ts'

type Node = Record<string, unknown>

/** Objects as graphql-js reads them: a function is called when its field is asked for. */

export function repositoryNode(hub: Hub, repository: Repository): Node {
  return {
    __typename: 'Repository',
    id: nodeId('Repository', repository.id),
    databaseId: repository.id,
    name: repository.name,
    nameWithOwner: `${repository.owner.login}/${repository.name}`,
    url: repositoryPage(hub, repository),
    isPrivate: repository.private,
    autoMergeAllowed: repository.settings.allowAutoMerge,
    mergeCommitAllowed: repository.settings.allowMergeCommit,
    squashMergeAllowed: repository.settings.allowSquashMerge,
    rebaseMergeAllowed: repository.settings.allowRebaseMerge,
    defaultBranchRef: { name: repository.defaultBranch },
    mergeQueue: ({ branch = repository.defaultBranch }: { branch?: string }) => queueNode(repository, branch),
    pullRequest: ({ number }: { number: number }) => {
      const pull = repository.issues.get(number)?.pull
      return pull ? pullNode(hub, pull) : null
    },
  }
}

function queueNode(repository: Repository, branch: string): Node | null {
  const entries = repository.mergeQueues.get(branch)
  return entries ? { id: nodeId('MergeQueue', `${repository.id}:${branch}`) } : null
}

export function pullNode(hub: Hub, pull: Pull): Node {
  const { issue, head, base } = pull
  return {
    __typename: 'PullRequest',
    id: nodeId('PullRequest', issue.id),
    number: issue.number,
    title: issue.title,
    body: issue.body ?? '',
    url: `${repositoryPage(hub, base.repository)}/pull/${issue.number}`,
    state: pull.merged ? 'MERGED' : issue.state.toUpperCase(),
    closed: issue.state === 'closed',
    merged: pull.merged !== undefined,
    mergedAt: pull.merged?.at ?? null,
    mergeCommit: pull.merged ? { oid: pull.mergeCommitSha } : null,
    isDraft: pull.draft,
    headRefName: head.ref,
    headRefOid: head.sha,
    baseRefName: base.ref,
    baseRefOid: base.sha,
    createdAt: issue.createdAt,
    updatedAt: issue.updatedAt,
    author: actorNode(issue.user),
    repository: () => repositoryNode(hub, base.repository),
    autoMergeRequest: pull.autoMerge ? autoMergeNode(pull) : null,
    ...stateFields(hub, pull),
  }
}

function stateFields(hub: Hub, pull: Pull): Node {
  const queue = pull.base.repository.mergeQueues.get(pull.base.ref) ?? []
  const entry = queue.find((one) => one.pull === pull)
  return {
    mergeable: async () => {
      const { mergeable } = await readMergeability(hub, pull)
      return mergeable === null ? 'UNKNOWN' : mergeable ? 'MERGEABLE' : 'CONFLICTING'
    },
    mergeStateStatus: async () => (await readMergeability(hub, pull)).mergeable_state.toUpperCase(),
    reviewDecision: async () => {
      const needed = (await mergeBlockers(hub, pull)).some(({ kind }) => kind === 'review')
      return needed
        ? 'REVIEW_REQUIRED'
        : pull.reviews.some(({ state }) => state === 'APPROVED')
          ? 'APPROVED'
          : null
    },
    isInMergeQueue: entry !== undefined,
    mergeQueueEntry: entry ? entryNode(entry, queue.indexOf(entry) + 1) : null,
  }
}

function entryNode(entry: QueueEntry, position: number): Node {
  return {
    id: nodeId('MergeQueueEntry', entry.groupSha),
    position,
    state: 'AWAITING_CHECKS',
    enqueuedAt: entry.enqueuedAt,
    enqueuer: actorNode(entry.by),
    headCommit: { oid: entry.groupSha },
    baseCommit: { oid: entry.baseSha },
  }
}

function autoMergeNode({ autoMerge }: Pull): Node {
  return {
    mergeMethod: autoMerge?.method.toUpperCase(),
    commitHeadline: autoMerge?.title,
    commitBody: autoMerge?.message,
    enabledBy: autoMerge && actorNode(autoMerge.by),
  }
}

function actorNode(account: Account): Node {
  return { __typename: account.type, login: account.login.replace(/\[bot\]$/, ''), databaseId: account.id }
}
