import { nodeId } from './account-json.ts'
import type { Pull, QueueEntry, Repository } from './entities.ts'
import { actorNode } from './graphql-actor.ts'
import { connection } from './graphql-connection.ts'
import { pullFactsFields } from './graphql-pull-facts.ts'
import { branchNode, requireGranted } from './graphql-refs.ts'
import { refuse } from './graphql-refusal.ts'
import type { Hub, Token } from './hub.ts'
import { readMergeability } from './mergeability.ts'
import { repositoryPage } from './repository-json.ts'

type Node = Record<string, unknown>

/** Objects as graphql-js reads them: a function is called when its field is asked for. */

export function repositoryNode(hub: Hub, repository: Repository, token: Token | undefined): Node {
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
    defaultBranchRef: () => branchNode(repository, repository.defaultBranch, token),
    mergeQueue: ({ branch = repository.defaultBranch }: { branch?: string }) => queueNode(repository, branch),
    pullRequest: ({ number }: { number: number }) => {
      requireGranted(token, 'pull_requests:read')
      const pull = repository.issues.get(number)?.pull
      if (!pull) throw refuse('NOT_FOUND', `Could not resolve to a PullRequest with the number of ${number}.`)
      return pullNode(hub, pull, token)
    },
    pullRequests: (args: PullsWanted) => {
      requireGranted(token, 'pull_requests:read')
      return connection(
        listedPulls(repository, args).map((pull) => pullNode(hub, pull, token)),
        args,
      )
    },
  }
}

interface PullsWanted {
  states?: string[]
  first?: number
  after?: string
  orderBy?: { field: 'CREATED_AT' | 'UPDATED_AT'; direction: 'ASC' | 'DESC' }
}

function listedPulls(repository: Repository, { states, orderBy }: PullsWanted): Pull[] {
  const key = ({ issue }: Pull): string =>
    (orderBy?.field === 'UPDATED_AT' ? issue.updatedAt : issue.createdAt) +
    String(issue.number).padStart(9, '0')
  const pulls = [...repository.issues.values()]
    .flatMap((issue) => issue.pull ?? [])
    .filter((pull) => states?.includes(stateOf(pull)) ?? true)
    .sort((one, other) => key(one).localeCompare(key(other)))
  return orderBy?.direction === 'DESC' ? pulls.reverse() : pulls
}

function stateOf(pull: Pull): string {
  return pull.merged ? 'MERGED' : pull.issue.state.toUpperCase()
}

function queueNode(repository: Repository, branch: string): Node | null {
  const entries = repository.mergeQueues.get(branch)
  return entries ? { id: nodeId('MergeQueue', `${repository.id}:${branch}`) } : null
}

export function pullNode(hub: Hub, pull: Pull, token: Token | undefined): Node {
  const { issue, head, base } = pull
  return {
    __typename: 'PullRequest',
    id: nodeId('PullRequest', issue.id),
    number: issue.number,
    title: issue.title,
    body: issue.body ?? '',
    url: `${repositoryPage(hub, base.repository)}/pull/${issue.number}`,
    state: stateOf(pull),
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
    repository: () => repositoryNode(hub, base.repository, token),
    autoMergeRequest: pull.autoMerge ? autoMergeNode(pull) : null,
    ...stateFields(hub, pull),
    ...pullFactsFields(hub, pull, token),
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
