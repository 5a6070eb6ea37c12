import { accountJson, labelJson, nodeId, teamJson } from './account-json.ts'
import { fileDiffs } from './diff.ts'
import type { Pull, Review } from './entities.ts'
import type { Hub } from './hub.ts'
import { authorAssociation, commentsOf } from './issue-json.ts'
import { readMergeability, UNKNOWN_MERGEABILITY } from './mergeability.ts'
import { repositoryJson, repositoryPage, repositoryUrl } from './repository-json.ts'

type Json = Record<string, unknown>

/** The short form of lists, of `/commits/{sha}/pulls` and of `requested_reviewers`. */
export function pullJson(hub: Hub, pull: Pull): Json {
  const { issue, base } = pull
  const url = pullUrl(hub, pull)
  const page = `${repositoryPage(hub, base.repository)}/pull/${issue.number}`
  const [assignee] = issue.assignees
  return {
    url,
    id: issue.id + 500_000_000,
    node_id: nodeId('PullRequest', issue.id),
    html_url: page,
    diff_url: `${page}.diff`,
    patch_url: `${page}.patch`,
    ...urls(hub, pull),
    number: issue.number,
    state: issue.state,
    locked: issue.locked,
    title: issue.title,
    user: accountJson(hub, issue.user),
    body: issue.body,
    created_at: issue.createdAt,
    updated_at: issue.updatedAt,
    closed_at: issue.closedAt,
    merged_at: pull.merged?.at ?? null,
    merge_commit_sha: pull.mergeCommitSha,
    assignee: assignee ? accountJson(hub, assignee) : null,
    assignees: issue.assignees.map((account) => accountJson(hub, account)),
    requested_reviewers: pull.requestedReviewers.map((account) => accountJson(hub, account)),
    requested_teams: pull.requestedTeams.map((team) => teamJson(hub, team)),
    labels: issue.labels.map((label) => ({
      ...labelJson(repositoryUrl(hub, base.repository), label),
      description: label.description ?? '',
    })),
    milestone: null,
    draft: pull.draft,
    head: headJson(hub, pull),
    base: baseJson(hub, pull),
    author_association: authorAssociation(hub, base.repository, issue.user),
    auto_merge: autoMergeJson(hub, pull),
    active_lock_reason: null,
  }
}

/** What `GET /pulls/{n}` answers: counts, and what GitHub computes in the background. */
export async function readPullJson(hub: Hub, pull: Pull): Promise<Json> {
  const mergeability = await readMergeability(hub, pull)
  return { ...(await fullPullJson(hub, pull)), ...mergeability }
}

/** The full form as writes and events show it: mergeability is not computed yet. */
export async function fullPullJson(hub: Hub, pull: Pull): Promise<Json> {
  const { repository } = pull.base
  const { git } = repository
  const files = await pullFiles(pull)
  return {
    ...pullJson(hub, pull),
    merged: pull.merged !== undefined,
    ...UNKNOWN_MERGEABILITY,
    merged_by: pull.merged ? accountJson(hub, pull.merged.by) : null,
    comments: commentsOf(repository, pull.issue).length,
    review_comments: 0,
    maintainer_can_modify: pull.maintainerCanModify,
    commits: await git.ahead(pull.base.sha, pull.head.sha),
    additions: files.reduce((sum, file) => sum + file.additions, 0),
    deletions: files.reduce((sum, file) => sum + file.deletions, 0),
    changed_files: files.length,
  }
}

/** Files that a pull request changes: against the merge base, not against the moving tip. */
export async function pullFiles(pull: Pull): Promise<Awaited<ReturnType<typeof fileDiffs>>> {
  const { git } = pull.base.repository
  return fileDiffs(git, await git.mergeBase(pull.base.sha, pull.head.sha), pull.head.sha)
}

/** The whole difference as git tells it. */
export async function pullDiff({ base, head }: Pull): Promise<string> {
  const { git } = base.repository
  const before = await git.mergeBase(base.sha, head.sha)
  return git.run(['diff', '--no-color', '-M', ...(before ? [before] : []), head.sha])
}

export function pullUrl(hub: Hub, pull: Pull): string {
  return `${repositoryUrl(hub, pull.base.repository)}/pulls/${pull.issue.number}`
}

function urls(hub: Hub, pull: Pull): Json {
  const repository = repositoryUrl(hub, pull.base.repository)
  const url = pullUrl(hub, pull)
  const issueUrl = `${repository}/issues/${pull.issue.number}`
  const all = {
    issue_url: issueUrl,
    commits_url: `${url}/commits`,
    review_comments_url: `${url}/comments`,
    review_comment_url: `${repository}/pulls/comments{/number}`,
    comments_url: `${issueUrl}/comments`,
    statuses_url: `${repository}/statuses/${pull.head.sha}`,
  }
  return { ...all, _links: linksJson(hub, pull, all) }
}

function href(target: string | undefined): Json {
  return { href: target }
}

function linksJson(hub: Hub, pull: Pull, all: Record<string, string>): Json {
  return {
    self: href(pullUrl(hub, pull)),
    html: href(`${repositoryPage(hub, pull.base.repository)}/pull/${pull.issue.number}`),
    issue: href(all['issue_url']),
    comments: href(all['comments_url']),
    review_comments: href(all['review_comments_url']),
    review_comment: href(all['review_comment_url']),
    commits: href(all['commits_url']),
    statuses: href(all['statuses_url']),
  }
}

function headJson(hub: Hub, pull: Pull): Json {
  const { head } = pull
  return {
    label: `${head.owner.login}:${head.ref}`,
    ref: head.ref,
    sha: head.sha,
    user: accountJson(hub, head.owner),
    repo: head.repository ? repositoryJson(hub, head.repository) : null,
  }
}

function baseJson(hub: Hub, pull: Pull): Json {
  const { base } = pull
  return {
    label: `${base.repository.owner.login}:${base.ref}`,
    ref: base.ref,
    sha: base.sha,
    user: accountJson(hub, base.repository.owner),
    repo: repositoryJson(hub, base.repository),
  }
}

function autoMergeJson(hub: Hub, pull: Pull): Json | null {
  const { autoMerge } = pull
  if (!autoMerge) return null
  return {
    enabled_by: accountJson(hub, autoMerge.by),
    merge_method: autoMerge.method,
    commit_title: autoMerge.title,
    commit_message: autoMerge.message,
  }
}

/** The stub that check runs and workflow runs carry: only pull requests of the repository itself, never of forks. */
export function minimalPullJson(hub: Hub, pull: Pull): Json {
  const side = (at: { ref: string; sha: string }): Json => {
    const { repository } = pull.base
    const repo = { id: repository.id, url: repositoryUrl(hub, repository), name: repository.name }
    return { ref: at.ref, sha: at.sha, repo }
  }
  return {
    id: pull.issue.id + 500_000_000,
    number: pull.issue.number,
    url: pullUrl(hub, pull),
    head: side(pull.head),
    base: side(pull.base),
  }
}

export function reviewJson(hub: Hub, pull: Pull, review: Review): Json {
  const html = `${repositoryPage(hub, pull.base.repository)}/pull/${pull.issue.number}#pullrequestreview-${review.id}`
  return {
    id: review.id,
    node_id: nodeId('PullRequestReview', review.id),
    user: accountJson(hub, review.user),
    body: review.body,
    state: review.state,
    html_url: html,
    pull_request_url: pullUrl(hub, pull),
    author_association: authorAssociation(hub, pull.base.repository, review.user),
    _links: { html: { href: html }, pull_request: { href: pullUrl(hub, pull) } },
    submitted_at: review.submittedAt,
    commit_id: review.commitSha,
  }
}
