import { accountJson, nodeId } from './account-json.ts'
import type { Account, Pull } from './entities.ts'
import type { Hub } from './hub.ts'
import { authorAssociation } from './issue-json.ts'
import { pullJson, pullUrl } from './pull-json.ts'
import { created } from './reply.ts'
import { repositoryPage, repositoryUrl } from './repository-json.ts'
import { inRepository, type Route } from './route.ts'
import { pullOf } from './routes-pulls.ts'

interface ReviewComment {
  body: string
  commit_id: string
  path: string
  line?: number
}

/** Comments on lines of a diff: there so that a command in one can be seen to be ignored. */
export const reviewCommentRoutes: Route[] = [
  inRepository(
    'POST /repos/{owner}/{repo}/pulls/{pull_number}/comments',
    { permission: 'pull_requests:write', role: 'read' },
    ({ hub, repository, params, body, token }) => {
      const pull = pullOf(repository, params.pull_number)
      const comment = commentJson(hub, pull, token.account, body as ReviewComment)
      const payload = { comment, pull_request: pullJson(hub, pull) }
      hub.emit({
        name: 'pull_request_review_comment',
        action: 'created',
        repository,
        sender: token.account,
        payload,
      })
      return created(comment)
    },
  ),
]

function commentJson(hub: Hub, pull: Pull, user: Account, asked: ReviewComment): Record<string, unknown> {
  const { repository } = pull.base
  const id = hub.id()
  const url = `${repositoryUrl(hub, repository)}/pulls/comments/${id}`
  const html = `${repositoryPage(hub, repository)}/pull/${pull.issue.number}#discussion_r${id}`
  const line = asked.line ?? 1
  return {
    id,
    node_id: nodeId('PullRequestReviewComment', id),
    url,
    html_url: html,
    pull_request_url: pullUrl(hub, pull),
    pull_request_review_id: hub.id(),
    diff_hunk: '@@ -1 +1 @@',
    path: asked.path,
    position: line,
    original_position: line,
    line,
    original_line: line,
    start_line: null,
    original_start_line: null,
    side: 'RIGHT',
    start_side: null,
    subject_type: 'line',
    commit_id: asked.commit_id,
    original_commit_id: asked.commit_id,
    user: accountJson(hub, user),
    body: asked.body,
    created_at: hub.time(),
    updated_at: hub.time(),
    author_association: authorAssociation(hub, repository, user),
    _links: { self: { href: url }, html: { href: html }, pull_request: { href: pullUrl(hub, pull) } },
    reactions: {
      url: `${url}/reactions`,
      total_count: 0,
      '+1': 0,
      '-1': 0,
      laugh: 0,
      hooray: 0,
      confused: 0,
      heart: 0,
      rocket: 0,
      eyes: 0,
    },
  }
}
