import type { RestEndpointMethodTypes } from '@octokit/rest'

import type { Merge } from '../ports/pull-requests.ts'
import type { CommitId } from '../ports/version-control.ts'
import type { GitHubRepository } from './client.ts'
import { revertedByUs } from './revert-name.ts'

type Rest = RestEndpointMethodTypes
type Pull = Rest['repos']['listPullRequestsAssociatedWithCommit']['response']['data'][number]
type Commit = Rest['repos']['listCommits']['response']['data'][number]
type PullCommit = Rest['pulls']['listCommits']['response']['data'][number]

/** GitHub rebases at most 100 commits, within seconds; copies committed further apart were not made by one merge. */
const REBASE_SPREAD_MS = 60_000

/**
 * The merge that brought a commit onto its base branch. Nothing where it came by a direct push, where its pull request is
 * not merged, and where the base's commit before the merge cannot be proven.
 */
export async function mergeOf(github: GitHubRepository, commit: CommitId): Promise<Merge | undefined> {
  const { octokit, owner, repo } = github
  const asked = { owner, repo, commit_sha: commit, per_page: 100 }
  const { data } = await octokit.rest.repos.listPullRequestsAssociatedWithCommit(asked)
  const pull = mergeToBlame(data, commit)
  const result = pull?.merge_commit_sha ?? undefined
  if (pull === undefined || result === undefined || pull.merged_at === null) return undefined
  const picks = await commitsOfPull(github, pull.number)
  const line = await lineTo(github, result, picks.length + 1)
  const landing = landed({ line, picks, result, head: pull.head.sha })
  if (landing === undefined || !landing.brought.has(commit)) return undefined
  const revertOf = revertedByUs(pull)
  return {
    number: pull.number,
    title: pull.title,
    author: pull.user?.login ?? 'ghost',
    result,
    before: landing.before,
    base: pull.base.ref,
    shape: landing.shape,
    mergedAtMs: Date.parse(pull.merged_at),
    labels: pull.labels.map(({ name }) => name),
    forwardOnly: [...picks, ...line.slice(0, 1)].some(({ commit }) => isForwardOnly(commit.message)),
    ...(revertOf !== undefined && { revertOf }),
  }
}

/** The merge of one pull request, under the same conditions. */
export async function mergeOfPull(github: GitHubRepository, pull: number): Promise<Merge | undefined> {
  const { octokit, owner, repo } = github
  const { data } = await octokit.rest.pulls.get({ owner, repo, pull_number: pull })
  if (!data.merged || data.merge_commit_sha === null) return undefined
  const merge = await mergeOf(github, data.merge_commit_sha)
  return merge?.number === pull ? merge : undefined
}

/** Of several (a stack, a branch merged through another), the one into the default branch, made by this very commit, first in time. */
function mergeToBlame(pulls: readonly Pull[], commit: CommitId): Pull | undefined {
  const rank = (pull: Pull): number =>
    (pull.base.ref === pull.base.repo.default_branch ? 2 : 0) + (pull.merge_commit_sha === commit ? 1 : 0)
  return pulls
    .filter(({ merged_at }) => merged_at !== null)
    .sort(
      (one, other) => rank(other) - rank(one) || (one.merged_at ?? '').localeCompare(other.merged_at ?? ''),
    )[0]
}

/** Oldest first; GitHub gives no more than 250. */
async function commitsOfPull(
  { octokit, owner, repo }: GitHubRepository,
  number: number,
): Promise<PullCommit[]> {
  const commits: PullCommit[] = []
  for (let page = 1; page <= 3; page += 1) {
    const { data } = await octokit.rest.pulls.listCommits({
      owner,
      repo,
      pull_number: number,
      per_page: 100,
      page,
    })
    commits.push(...data)
    if (data.length < 100) break
  }
  return commits
}

/** The commits from this one back, newest first. */
async function lineTo(
  { octokit, owner, repo }: GitHubRepository,
  sha: CommitId,
  count: number,
): Promise<Commit[]> {
  const { data } = await octokit.rest.repos.listCommits({ owner, repo, sha, per_page: Math.min(100, count) })
  return data
}

interface Landing {
  readonly shape: Merge['shape']
  readonly before: CommitId
  /** The commits of the base branch that are the merge's. */
  readonly brought: ReadonlySet<CommitId>
}

interface LandingFacts {
  readonly line: readonly Commit[]
  readonly picks: readonly PullCommit[]
  readonly result: CommitId
  readonly head: CommitId
}

function landed({ line, picks, result, head }: LandingFacts): Landing | undefined {
  const tip = line.find(({ sha }) => sha === result)
  const [first, second] = tip?.parents ?? []
  if (tip === undefined || first === undefined) return undefined
  if (second !== undefined) {
    // The branch itself was pushed onto the base and ends in a merge: which of its commits were there before is not told.
    if (result === head) return undefined
    return { shape: 'merge', before: first.sha, brought: new Set([result, ...picks.map(({ sha }) => sha)]) }
  }
  const copies = copiesOf({ line, picks, tip })
  if (copies === 'unprovable') return undefined
  const before = copies.at(-1)?.parents[0]?.sha
  if (before === undefined) return { shape: 'squash', before: first.sha, brought: new Set([result]) }
  return { shape: 'rebase', before, brought: new Set(copies.map(({ sha }) => sha)) }
}

/**
 * What a rebase made of a pull request's commits, newest first: copies with their author, author date and message, all
 * committed at once. A rebase leaves out merges and what became empty, so each copy is looked for among the commits
 * before the last one found. None: it was squashed.
 */
function copiesOf({
  line,
  picks,
  tip,
}: {
  line: readonly Commit[]
  picks: readonly PullCommit[]
  tip: Commit
}): Commit[] | 'unprovable' {
  const bySha = new Map(line.map((commit) => [commit.sha, commit]))
  const copies: Commit[] = []
  let from = picks.length
  for (let at: Commit | undefined = tip; at !== undefined; at = bySha.get(at.parents[0]?.sha ?? '')) {
    const current = at
    const index = picks.slice(0, from).findLastIndex((pick) => isCopy(current, pick, tip))
    if (index === -1) break
    if (at.parents.length !== 1) return 'unprovable'
    copies.push(at)
    from = index
  }
  return copies
}

function isCopy(commit: Commit, pick: PullCommit, tip: Commit): boolean {
  if (commit.sha === pick.sha) return true
  const apartMs = Math.abs(committedMs(commit) - committedMs(tip))
  return (
    apartMs <= REBASE_SPREAD_MS &&
    commit.commit.message === pick.commit.message &&
    commit.commit.author?.email === pick.commit.author?.email &&
    commit.commit.author?.name === pick.commit.author?.name &&
    commit.commit.author?.date === pick.commit.author?.date
  )
}

function committedMs({ commit }: Commit): number {
  return Date.parse(commit.committer?.date ?? '')
}

function isForwardOnly(message: string): boolean {
  return /^Seamless-Forward-Only:[ \t]*true[ \t]*\r?$/im.test(message)
}
