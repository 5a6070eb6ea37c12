import { GitHubError } from '../errors.ts'
import type { Person } from '../ports/authority.ts'
import type { PullFacts, PullRequestFacts, ReviewFact } from '../ports/pull-facts.ts'
import type { CommitId } from '../ports/version-control.ts'
import { branchChanges } from './activity.ts'
import { askGraphql, type GraphqlRefusal } from './ask-graphql.ts'
import type { GitHubRepository } from './client.ts'
import { type ActorNode, PULL_QUERY, pullAnswer, type PullNode, type PullRepository } from './pull-query.ts'
import { checksOf } from './pull-checks.ts'
import { statusOf } from './request-policy.ts'

/** Whom GitHub names in place of an account that was deleted. */
const GHOST: Person = { id: 10137, login: 'ghost' }

/**
 * Pull requests as GitHub tells them now. Needs `pull-requests: read`, `contents: read`, and for the checks `checks: read` and
 * `statuses: read`: without these the checks are `unavailable`, and the rest is told. Calls: `read` 2, `head` 1, `heads` 1
 * (none of a fork, whose pushes nobody tells us), `file` 1.
 */
export function githubPullFacts(github: GitHubRepository): PullRequestFacts {
  return {
    read: async (pull) => read(github, pull),
    head: async (pull) => head(github, pull),
    heads: async ({ fork, headBranch, head }) => (fork ? undefined : branchChanges(github, headBranch, head)),
    file: async (commit, path) => file(github, commit, path),
  }
}

async function read(github: GitHubRepository, number: number): Promise<PullFacts | undefined> {
  const variables = { number }
  const { data, refused } = await askGraphql(github, { query: PULL_QUERY, schema: pullAnswer, variables })
  const { repository } = data
  const pull = repository.pullRequest
  if (pull === null) {
    if (refused.every(({ type }) => type === 'NOT_FOUND')) return undefined
    throw refusal(refused[0])
  }
  // Checks have a word for "not told"; the rest is told whole or not at all.
  const rest = refused.filter(({ path }) => !/\/(commits|baseRef)\b/.test(path))
  if (rest.length > 0) throw refusal(rest[0])
  return {
    ...whatItIs(pull, repository),
    labels: whole(pull.labels, 'labels').map(({ name }) => name),
    checks: checksOf(pull, refused),
    reviews: reviewsOf(pull),
    behindBy: await behindBy(github, pull),
  }
}

function whatItIs(
  pull: PullNode,
  repository: PullRepository,
): Omit<PullFacts, 'labels' | 'checks' | 'reviews' | 'behindBy'> {
  const headRepository = pull.headRepository?.databaseId ?? undefined
  return {
    number: pull.number,
    title: pull.title,
    url: pull.url,
    author: personOf(pull.author),
    state: ({ OPEN: 'open', CLOSED: 'closed', MERGED: 'merged' } as const)[pull.state],
    draft: pull.isDraft,
    head: pull.headRefOid,
    headBranch: pull.headRefName,
    base: pull.baseRefName,
    // By number: names and owners can be taken over.
    fork: pull.isCrossRepository || headRepository === undefined || headRepository !== repository.databaseId,
  }
}

function reviewsOf(pull: PullNode): PullFacts['reviews'] {
  const decisions = {
    APPROVED: 'approved',
    CHANGES_REQUESTED: 'changes_requested',
    REVIEW_REQUIRED: 'review_required',
  } as const
  const opinions = whole(pull.latestOpinionatedReviews, 'reviewers').flatMap(({ state, author, commit }) => {
    // The third opinion is one that was dismissed.
    if (state !== 'APPROVED' && state !== 'CHANGES_REQUESTED') return []
    const opinion: ReviewFact = { by: personOf(author), state: decisions[state], commit: commit?.oid }
    return [opinion]
  })
  return { decision: pull.reviewDecision === null ? 'none' : decisions[pull.reviewDecision], opinions }
}

/** GraphQL leaves out the `[bot]` that belongs to an app's login everywhere else. */
function personOf(actor: ActorNode): Person {
  if (actor === null || typeof actor.databaseId !== 'number') return GHOST
  const isBot = actor.__typename === 'Bot' && !actor.login.endsWith('[bot]')
  return { id: actor.databaseId, login: isBot ? `${actor.login}[bot]` : actor.login }
}

function whole<Node>(
  list: { nodes: readonly (Node | null)[] | null; pageInfo: { hasNextPage: boolean } } | null,
  what: string,
): readonly Node[] {
  if (list?.pageInfo.hasNextPage === true) {
    throw new GitHubError(200, `The pull request has more than 100 ${what}: they are not read in part.`)
  }
  return (list?.nodes ?? []).filter((node) => node !== null)
}

/** GraphQL compares refs only; this one takes commits, of forks too. */
async function behindBy(
  { octokit, owner, repo }: GitHubRepository,
  { baseRefName, headRefOid }: PullNode,
): Promise<number | 'unknown'> {
  try {
    const asked = { owner, repo, basehead: `${baseRefName}...${headRefOid}`, per_page: 1 }
    const { data } = await octokit.rest.repos.compareCommitsWithBasehead(asked)
    return data.behind_by
  } catch (error) {
    if (error instanceof GitHubError) return 'unknown'
    throw error
  }
}

async function head(
  { octokit, owner, repo }: GitHubRepository,
  number: number,
): Promise<{ head: CommitId; state: PullFacts['state'] } | undefined> {
  try {
    const { data } = await octokit.rest.pulls.get({ owner, repo, pull_number: number })
    return { head: data.head.sha, state: data.merged ? 'merged' : data.state }
  } catch (error) {
    if (statusOf(error) === 404) return undefined
    throw error
  }
}

/** Up to one megabyte: more GitHub does not put into such an answer, and says so by its encoding. */
async function file(
  { octokit, owner, repo }: GitHubRepository,
  commit: CommitId,
  path: string,
): Promise<string | undefined> {
  try {
    const { data } = await octokit.rest.repos.getContent({ owner, repo, path, ref: commit })
    if (Array.isArray(data) || data.type !== 'file') return undefined
    if (data.encoding === 'base64') return Buffer.from(data.content, 'base64').toString('utf8')
    throw new GitHubError(
      200,
      `${path} at ${commit} has ${data.size} bytes: GitHub shows files up to 1 MB only.`,
    )
  } catch (error) {
    if (statusOf(error) === 404) return undefined
    throw error
  }
}

function refusal(refused: GraphqlRefusal | undefined): GitHubError {
  const { type = 'UNKNOWN', path = '', message = 'it did not say why' } = refused ?? {}
  const status = type === 'FORBIDDEN' ? 403 : 200
  return new GitHubError(status, `GitHub did not tell ${path || 'the pull request'}: ${message} (${type})`)
}
