import type { RestEndpointMethodTypes } from '@octokit/rest'

import type { Merge, RevertOutcome } from '../../ports/pull-requests.ts'
import { code } from '../../report/markdown.ts'
import type { GitHubRepository } from '../client.ts'
import { revertBranch } from '../revert-name.ts'
import type { Undoing } from './revert-commit.ts'

type Comparison = RestEndpointMethodTypes['repos']['compareCommitsWithBasehead']['response']['data']
type Commit = Comparison['commits'][number]

/** Within the age limit of a revert no base branch gets more commits than this. */
const MAX_PAGES = 10

/** What people did about the merge meanwhile, or nothing: it is where it was, and nobody works on it. */
export async function revertedByPeople(
  github: GitHubRepository,
  { merge, tree }: Undoing,
): Promise<RevertOutcome | undefined> {
  const { status, commits } = await commitsSince(github, merge)
  if (status === 'diverged' || status === 'behind') {
    const why = `commit ${merge.result} of #${merge.number} is not on ${code(merge.base)} any more`
    return {
      kind: 'refused',
      why,
      recipe: 'Somebody rewrote the branch. Look whether what it holds now needs the revert at all.',
    }
  }
  if (commits.at(-1)?.commit.tree.sha === tree) {
    return { kind: 'already_reverted', by: `${code(merge.base)} holds what it held before #${merge.number}` }
  }
  const revert = standingRevert(commits, matcher(github, merge))
  if (revert !== undefined) return { kind: 'already_reverted', by: `commit ${revert.sha}` }
  return openedByPerson(github, merge)
}

interface Since {
  readonly status: Comparison['status']
  /** On the base since the merge, oldest first. */
  readonly commits: readonly Commit[]
}

async function commitsSince(
  { octokit, owner, repo }: GitHubRepository,
  { result, base }: Merge,
): Promise<Since> {
  const commits: Commit[] = []
  for (let page = 1; ; page += 1) {
    const asked = { owner, repo, basehead: `${result}...${base}`, per_page: 100, page }
    const { data } = await octokit.rest.repos.compareCommitsWithBasehead(asked)
    commits.push(...data.commits)
    if (data.commits.length < 100 || page === MAX_PAGES) return { status: data.status, commits }
  }
}

/** The revert that still stands: one that was itself reverted, as people do who land a change again, undoes nothing. */
function standingRevert(commits: readonly Commit[], undoes: (text: string) => boolean): Commit | undefined {
  const reverts: Commit[] = []
  for (const commit of commits) {
    const { message } = commit.commit
    const undone = reverts.findIndex(({ sha }) => names(message, sha))
    if (undone !== -1) reverts.splice(undone, 1)
    else if (undoes(message)) reverts.push(commit)
  }
  return reverts.at(-1)
}

/** Whether a text says that it undoes the merge: git's own words, or those of GitHub's button. */
function matcher({ owner, repo }: GitHubRepository, { number, result }: Merge): (text: string) => boolean {
  const slug = `${owner}/${repo}`.replaceAll(/[.\\+*?^$[\](){}|]/g, String.raw`\$&`)
  const button = new RegExp(String.raw`^Reverts (?:${slug})?#${number}(?!\d)`, 'im')
  return (text) => names(text, result) || button.test(text)
}

function names(text: string, sha: string): boolean {
  return [...text.matchAll(/This reverts commit ([0-9a-f]{7,64})/g)].some(([, short = '']) =>
    sha.startsWith(short),
  )
}

/** A revert that a writer of the repository has open: ours would be a second one. What a fork proposes holds nobody up. */
async function openedByPerson(github: GitHubRepository, merge: Merge): Promise<RevertOutcome | undefined> {
  const { octokit, owner, repo } = github
  const undoes = matcher(github, merge)
  const asked = {
    owner,
    repo,
    state: 'open',
    base: merge.base,
    sort: 'created',
    direction: 'desc',
    per_page: 100,
  } as const
  const { data } = await octokit.rest.pulls.list(asked)
  const pull = data.find(
    ({ head, base, body }) =>
      head.repo?.id === base.repo.id && head.ref !== revertBranch(merge) && undoes(body ?? ''),
  )
  if (pull === undefined) return undefined
  return {
    kind: 'proposed',
    pullRequest: { number: pull.number, url: pull.html_url, head: pull.head.sha },
    reason: 'opened_by_person',
    why: `${code(pull.user?.login ?? 'somebody')} has opened #${pull.number} for it already`,
  }
}
