import { accountJson, labelJson, nodeId, reactionRollup, viaApp } from './account-json.ts'
import type { Account, Comment, Issue, Repository } from './entities.ts'
import type { Hub } from './hub.ts'
import { repositoryPage, repositoryUrl } from './repository-json.ts'

type Json = Record<string, unknown>

/** How GitHub calls an author's tie to a repository. Never evidence of authority: it lags and it is coarse. */
export function authorAssociation(hub: Hub, repository: Repository, account: Account): string {
  if (account.id === repository.owner.id) return 'OWNER'
  if (hub.roleOf(account, repository) !== 'none')
    return repository.owner.type === 'Organization' ? 'MEMBER' : 'COLLABORATOR'
  return 'NONE'
}

export function commentsOf(repository: Repository, issue: Issue): Comment[] {
  return [...repository.comments.values()].filter((comment) => comment.issue === issue)
}

export function issueJson(hub: Hub, repository: Repository, issue: Issue): Json {
  const base = repositoryUrl(hub, repository)
  const url = `${base}/issues/${issue.number}`
  const page = repositoryPage(hub, repository)
  const [assignee] = issue.assignees
  return {
    url,
    repository_url: base,
    labels_url: `${url}/labels{/name}`,
    comments_url: `${url}/comments`,
    events_url: `${url}/events`,
    html_url: `${page}/${issue.pull ? 'pull' : 'issues'}/${issue.number}`,
    id: issue.id,
    node_id: nodeId(issue.pull ? 'PullRequest' : 'Issue', issue.id),
    number: issue.number,
    title: issue.title,
    user: accountJson(hub, issue.user),
    labels: issue.labels.map((label) => labelJson(base, label)),
    state: issue.state,
    locked: issue.locked,
    assignee: assignee ? accountJson(hub, assignee) : null,
    assignees: issue.assignees.map((account) => accountJson(hub, account)),
    milestone: null,
    comments: commentsOf(repository, issue).length,
    created_at: issue.createdAt,
    updated_at: issue.updatedAt,
    closed_at: issue.closedAt,
    closed_by: issue.closedBy ? accountJson(hub, issue.closedBy) : null,
    author_association: authorAssociation(hub, repository, issue.user),
    active_lock_reason: null,
    ...(issue.pull ? pullPart(url.replace('/issues/', '/pulls/'), page, issue) : {}),
    body: issue.body,
    reactions: reactionRollup(issue, url),
    timeline_url: `${url}/timeline`,
    performed_via_github_app: viaApp(hub, issue.app),
    state_reason: issue.stateReason,
  }
}

function pullPart(url: string, page: string, issue: Issue): Json {
  const html = `${page}/pull/${issue.number}`
  return {
    draft: issue.pull?.draft ?? false,
    pull_request: {
      url,
      html_url: html,
      diff_url: `${html}.diff`,
      patch_url: `${html}.patch`,
      merged_at: issue.pull?.merged?.at ?? null,
    },
  }
}

export function commentJson(hub: Hub, repository: Repository, comment: Comment): Json {
  const base = repositoryUrl(hub, repository)
  const url = `${base}/issues/comments/${comment.id}`
  const kind = comment.issue.pull ? 'pull' : 'issues'
  return {
    url,
    html_url: `${repositoryPage(hub, repository)}/${kind}/${comment.issue.number}#issuecomment-${comment.id}`,
    issue_url: `${base}/issues/${comment.issue.number}`,
    id: comment.id,
    node_id: nodeId('IssueComment', comment.id),
    user: accountJson(hub, comment.user),
    created_at: comment.createdAt,
    updated_at: comment.updatedAt,
    body: comment.body,
    author_association: authorAssociation(hub, repository, comment.user),
    reactions: reactionRollup(comment, url),
    performed_via_github_app: viaApp(hub, comment.app),
  }
}
