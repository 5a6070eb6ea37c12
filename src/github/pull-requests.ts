import { GitHubError } from '../errors.ts'
import type { NewPullRequest, PullRequest, PullRequests } from '../ports/pull-requests.ts'
import { plain, posted } from '../report/markdown.ts'
import type { GitHubRepository } from './client.ts'
import { ensure, repeat } from './ensure.ts'
import { mergeOf, mergeOfPull } from './merge-of.ts'
import { revertMerge } from './revert/revert-merge.ts'
import { revertedByUs } from './revert-name.ts'
import { suspects } from './suspects.ts'

const MARKER = '<!-- seamless:upgrade -->'
/** A thousand pull requests in the time that the budget counts; a repository with more has its own reasons to wait. */
const MAX_PAGES = 10

/** Pull requests by GitHub's API alone: no clone, no force, nobody's branch but our own. */
export function githubPullRequests(github: GitHubRepository): PullRequests {
  return {
    open: async (request) => openPullRequest(github, request),
    mergeOf: async (commit) => mergeOf(github, commit),
    mergeOfPull: async (pull) => mergeOfPull(github, pull),
    suspects: async (from, to) => suspects(github, from, to),
    revert: async (merge, request) => revertMerge(github, merge, request),
    revertsSince: async (ms) => revertsSince(github, ms),
  }
}

interface Found {
  readonly number: number
  readonly html_url: string
  readonly title: string
  readonly body: string | null
  readonly head: { readonly sha: string }
}

async function openPullRequest(github: GitHubRepository, request: NewPullRequest): Promise<PullRequest> {
  const { octokit, owner, repo } = github
  const { branch, base, draft } = request
  const text = { title: plain(request.title), body: posted(request.body, { marker: MARKER }) }
  const found = await ensure<Found>(github, {
    find: async () => findOpen(github, branch, base),
    make: async () => {
      const { data } = await octokit.rest.pulls.create({ owner, repo, head: branch, base, draft, ...text })
      return data
    },
  })
  const isOurs = found.body?.endsWith(MARKER) === true
  // A person's own pull request of this branch keeps their text.
  if (isOurs && (found.title !== text.title || found.body !== text.body)) {
    await repeat(github, async () =>
      octokit.rest.pulls.update({ owner, repo, pull_number: found.number, ...text }),
    )
  }
  return { number: found.number, url: found.html_url, head: found.head.sha }
}

async function findOpen(
  { octokit, owner, repo }: GitHubRepository,
  branch: string,
  base: string,
): Promise<Found | undefined> {
  const asked = { owner, repo, state: 'open', head: `${owner}:${branch}`, base, per_page: 1 } as const
  const [found] = (await octokit.rest.pulls.list(asked)).data
  return found
}

async function revertsSince({ octokit, owner, repo }: GitHubRepository, ms: number): Promise<number> {
  const asked = { owner, repo, state: 'closed', sort: 'updated', direction: 'desc', per_page: 100 } as const
  let reverts = 0
  for (let page = 1; page <= MAX_PAGES; page += 1) {
    const { data } = await octokit.rest.pulls.list({ ...asked, page })
    reverts += data.filter(
      (pull) => Date.parse(pull.merged_at ?? '') >= ms && revertedByUs(pull) !== undefined,
    ).length
    // What was not touched since then was not merged since then.
    if (data.length < 100 || data.some(({ updated_at }) => Date.parse(updated_at) < ms)) return reverts
  }
  throw new GitHubError(
    200,
    `More than ${MAX_PAGES * 100} pull requests were closed since ${new Date(ms).toISOString()}: not all were counted.`,
  )
}
