import { nodeId } from './account-json.ts'
import { settle } from './auto-merge.ts'
import { canSee, isGranted } from './authorise.ts'
import type { MergeMethod, Pull, Repository } from './entities.ts'
import { pullNode, repositoryNode } from './graphql-nodes.ts'
import { refuse } from './graphql-refusal.ts'
import { type Hub, rank, type Token } from './hub.ts'
import { enqueue } from './merge-queue.ts'
import { readMergeability, computeMergeability } from './mergeability.ts'
import { pullEvent } from './pull-events.ts'
import { Refusal } from './reply.ts'
import { pullsOf } from './routes-pulls.ts'
import { revertPull } from './revert-pull.ts'

interface Input<T> {
  input: T & { pullRequestId: string; clientMutationId?: string }
}

type Root = Record<string, unknown>

/** Queries and mutations that the stand-in answers; graphql-js calls them by their names in the schema. */
export function graphqlRoot(hub: Hub, token: Token): Root {
  return {
    viewer: {
      __typename: 'User',
      login: token.account.login,
      databaseId: token.account.id,
      id: nodeId('User', token.account.id),
    },
    repository: ({ owner, name }: { owner: string; name: string }) => {
      const repository = hub.repository(owner, name)
      if (!repository || !canSee(hub, repository, token))
        throw refuse('NOT_FOUND', `Could not resolve to a Repository with the name '${owner}/${name}'.`)
      return repositoryNode(hub, repository, token)
    },
    node: ({ id }: { id: string }) => pullNode(hub, pullByNodeId(hub, token, id), token),
    ...mutations(hub, token),
  }
}

function mutations(hub: Hub, token: Token): Root {
  const on =
    <T>(work: (pull: Pull, input: Input<T>['input']) => Promise<Root>) =>
    ({ input }: Input<T>) =>
      mutate(hub, token, input, async (pull) => ({
        clientMutationId: input.clientMutationId ?? null,
        ...(await work(pull, input)),
      }))
  return {
    revertPullRequest: on<{ title?: string; body?: string; draft?: boolean }>(async (pull, input) => ({
      pullRequest: pullNode(hub, pull, token),
      revertPullRequest: pullNode(hub, await revertPull(hub, token, pull, input), token),
    })),
    enablePullRequestAutoMerge: on<AutoMergeInput>(async (pull, input) => {
      await enableAutoMerge(hub, token, pull, input)
      return {
        actor: { __typename: 'Bot', login: token.account.login },
        pullRequest: pullNode(hub, pull, token),
      }
    }),
    disablePullRequestAutoMerge: on(async (pull) => {
      if (!pull.autoMerge) throw refuse('UNPROCESSABLE', "Can't disable auto-merge for this pull request.")
      pull.autoMerge = undefined
      await pullEvent(hub, pull, {
        action: 'auto_merge_disabled',
        sender: token.account,
        extra: { reason: 'Disabled by user' },
      })
      return {
        actor: { __typename: 'Bot', login: token.account.login },
        pullRequest: pullNode(hub, pull, token),
      }
    }),
    enqueuePullRequest: on<{ expectedHeadOid?: string }>(async (pull, input) => {
      refuseStaleHead(pull, input.expectedHeadOid)
      if (!(await enqueue(hub, pull, token.account)))
        throw refuse('UNPROCESSABLE', 'Pull request is not mergeable')
      return { mergeQueueEntry: pullNode(hub, pull, token)['mergeQueueEntry'] }
    }),
  }
}

async function mutate(
  hub: Hub,
  token: Token,
  { pullRequestId }: { pullRequestId: string },
  work: (pull: Pull) => Promise<Root>,
): Promise<Root> {
  const pull = pullByNodeId(hub, token, pullRequestId)
  const { repository } = pull.base
  if (!mayWrite(hub, token, repository)) throw refuse('FORBIDDEN', 'Resource not accessible by integration')
  return hub.exclusively(repository, async () => {
    try {
      const result = await work(pull)
      await settle(hub, repository)
      return result
    } catch (error) {
      throw error instanceof Refusal ? refuse('UNPROCESSABLE', error.message) : error
    }
  })
}

function mayWrite(hub: Hub, token: Token, repository: Repository): boolean {
  const granted = ['contents:write', 'pull_requests:write'].every(
    (one) => !token.permissions || isGranted(token.permissions, one),
  )
  return granted && (token.app !== undefined || rank(hub.roleOf(token.account, repository)) >= rank('write'))
}

function pullByNodeId(hub: Hub, token: Token, id: string): Pull {
  const visible = [...hub.repositories.values()].filter((repository) => canSee(hub, repository, token))
  const pull = visible.flatMap(pullsOf).find(({ issue }) => nodeId('PullRequest', issue.id) === id)
  if (!pull) throw refuse('NOT_FOUND', `Could not resolve to a node with the global id of '${id}'`)
  return pull
}

interface AutoMergeInput {
  mergeMethod: 'MERGE' | 'SQUASH' | 'REBASE'
  commitHeadline?: string
  commitBody?: string
  expectedHeadOid?: string
}

/** GitHub enables auto-merge only where something still has to happen before the merge. */
async function enableAutoMerge(hub: Hub, token: Token, pull: Pull, input: AutoMergeInput): Promise<void> {
  refuseStaleHead(pull, input.expectedHeadOid)
  if (!pull.base.repository.settings.allowAutoMerge)
    throw refuse('UNPROCESSABLE', 'Auto merge is not allowed for this repository')
  await computeMergeability(hub, pull)
  const { mergeable_state } = await readMergeability(hub, pull)
  if (mergeable_state === 'clean' || mergeable_state === 'unstable')
    throw refuse('UNPROCESSABLE', `Pull request Pull request is in ${mergeable_state} status`)
  pull.autoMerge = {
    by: token.account,
    method: input.mergeMethod.toLowerCase() as MergeMethod,
    title: input.commitHeadline ?? '',
    message: input.commitBody ?? '',
  }
  await pullEvent(hub, pull, { action: 'auto_merge_enabled', sender: token.account })
}

function refuseStaleHead(pull: Pull, expected: string | undefined): void {
  if (expected !== undefined && expected !== pull.head.sha)
    throw refuse('UNPROCESSABLE', 'The head branch was modified. Review and try the merge again.')
}
