import { nodeId } from './account-json.ts'
import { latestCheckRuns, latestStatuses } from './commit-state.ts'
import type { CheckRun, CommitStatus, Protection, Pull, Review } from './entities.ts'
import { connection } from './graphql-connection.ts'
import { branchNode, requireGranted } from './graphql-refs.ts'
import { type Hub, rank, type Token } from './hub.ts'
import { actorNode } from './graphql-actor.ts'
import { pullFiles } from './pull-json.ts'
import { protectionOf } from './protection.ts'

type Node = Record<string, unknown>
type Window = { first?: number; last?: number }

/** What a pull request tells of its head, its checks and its reviews. */
export function pullFactsFields(hub: Hub, pull: Pull, token: Token | undefined): Node {
  const { head, base, issue } = pull
  return {
    isCrossRepository: head.repository !== base.repository,
    headRepository: head.repository ? { databaseId: head.repository.id, name: head.repository.name } : null,
    labels: (args: Window) =>
      connection(
        issue.labels.map((label) => ({ ...label, id: nodeId('Label', label.id) })),
        args,
      ),
    baseRef: () => branchNode(base.repository, base.ref, token),
    commits: (args: Window) => connection([{ commit: headCommitNode(pull, token) }], args),
    latestOpinionatedReviews: (args: Window & { writersOnly?: boolean }) =>
      connection(
        opinions(hub, pull, args.writersOnly === true).map((review) => reviewNode(review)),
        args,
      ),
    reviewDecision: () => reviewDecision(hub, pull),
    additions: async () => (await pullFiles(pull)).reduce((sum, { additions }) => sum + additions, 0),
    deletions: async () => (await pullFiles(pull)).reduce((sum, { deletions }) => sum + deletions, 0),
    changedFiles: async () => (await pullFiles(pull)).length,
  }
}

/** Only of the newest commit is anything asked. */
function headCommitNode(pull: Pull, token: Token | undefined): Node {
  const { repository } = pull.base
  const { sha } = pull.head
  return {
    oid: sha,
    statusCheckRollup: () => {
      requireGranted(token, 'checks:read', 'statuses:read')
      const required = protectionOf(repository, pull.base.ref)?.requiredChecks ?? []
      const runs = latestCheckRuns(repository, sha).map((run) => checkRunNode(run, required))
      const statuses = latestStatuses(repository, sha).map((status) => statusNode(status, required))
      if (runs.length + statuses.length === 0) return null
      return {
        id: nodeId('StatusCheckRollup', sha),
        contexts: (args: Window) => connection([...runs, ...statuses], args),
      }
    },
  }
}

function checkRunNode(run: CheckRun, required: Protection['requiredChecks']): Node {
  return {
    __typename: 'CheckRun',
    id: nodeId('CheckRun', run.id),
    databaseId: run.id,
    name: run.name,
    status: run.status.toUpperCase(),
    conclusion: run.conclusion?.toUpperCase() ?? null,
    isRequired: required.some(
      ({ context, appId }) => context === run.name && (appId === null || appId === run.suite.app.id),
    ),
  }
}

function statusNode(status: CommitStatus, required: Protection['requiredChecks']): Node {
  return {
    __typename: 'StatusContext',
    id: nodeId('StatusContext', status.id),
    context: status.context,
    state: status.state.toUpperCase(),
    isRequired: required.some(({ context, appId }) => context === status.context && appId === null),
  }
}

/** The newest review of each person that approves, asks for changes or was dismissed. */
function opinions(hub: Hub, pull: Pull, writersOnly: boolean): Review[] {
  const newest = new Map<number, Review>()
  for (const review of pull.reviews)
    if (review.state !== 'COMMENTED' && review.state !== 'PENDING') newest.set(review.user.id, review)
  return [...newest.values()].filter(
    ({ user }) => !writersOnly || rank(hub.roleOf(user, pull.base.repository)) >= rank('write'),
  )
}

function reviewNode(review: Review): Node {
  return {
    id: nodeId('PullRequestReview', review.id),
    state: review.state,
    author: actorNode(review.user),
    commit: { oid: review.commitSha },
  }
}

/** Null where no rule of the base asks for reviews and nobody said anything. */
function reviewDecision(hub: Hub, pull: Pull): string | null {
  const { requiredApprovals = 0 } = protectionOf(pull.base.repository, pull.base.ref) ?? {}
  const states = opinions(hub, pull, true).map(({ state }) => state)
  if (states.includes('CHANGES_REQUESTED')) return 'CHANGES_REQUESTED'
  const approvals = states.filter((state) => state === 'APPROVED').length
  if (approvals < requiredApprovals) return 'REVIEW_REQUIRED'
  return approvals > 0 ? 'APPROVED' : null
}
