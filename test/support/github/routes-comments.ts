import { reactionJson } from './account-json.ts'
import type { Comment, Issue, Reaction, ReactionContent, Repository } from './entities.ts'
import { type Hub, rank, type Token } from './hub.ts'
import { commentJson, commentsOf, issueJson } from './issue-json.ts'
import { pageReply } from './page.ts'
import { created, found, invalid, noContent, ok, Refusal } from './reply.ts'
import { inRepository, type Route } from './route.ts'
import { issueOf } from './routes-issues.ts'

const COMMENT = '/repos/{owner}/{repo}/issues/comments/{comment_id}' as const
const ISSUE = '/repos/{owner}/{repo}/issues/{issue_number}' as const
const READ = 'issues:read|pull_requests:read'
const WRITE = 'issues:write|pull_requests:write'
/** Whoever may read may comment. */
const COMMENTING = { permission: WRITE, role: 'read' } as const
/** GitHub's limit on the body of a comment, in characters. */
const MAX_COMMENT = 65_536

export const commentRoutes: Route[] = [
  inRepository('GET /repos/{owner}/{repo}/issues/comments', READ, (call) =>
    pageReply(since([...call.repository.comments.values()], call.query), call, (comment) =>
      commentJson(call.hub, call.repository, comment),
    ),
  ),
  inRepository(`GET ${ISSUE}/comments`, READ, (call) =>
    pageReply(
      since(commentsOf(call.repository, issueOf(call.repository, call.params.issue_number)), call.query),
      call,
      (comment) => commentJson(call.hub, call.repository, comment),
    ),
  ),
  inRepository(`POST ${ISSUE}/comments`, COMMENTING, ({ hub, repository, params, body, token }) => {
    const issue = issueOf(repository, params.issue_number)
    if (issue.locked) throw new Refusal(403, 'Unable to create comment because issue is locked.')
    const comment = addComment(hub, repository, { issue, token, body: (body as { body: string }).body })
    return created(commentJson(hub, repository, comment))
  }),
  inRepository(`GET ${COMMENT}`, READ, ({ hub, repository, params }) =>
    ok(commentJson(hub, repository, commentOf(repository, params.comment_id))),
  ),
  inRepository(`PATCH ${COMMENT}`, COMMENTING, ({ hub, repository, params, body, token }) => {
    const comment = ownComment(hub, repository, { id: params.comment_id, token })
    const from = comment.body
    comment.body = bounded((body as { body: string }).body)
    comment.updatedAt = hub.time()
    commentEvent(hub, repository, comment, {
      action: 'edited',
      token,
      extra: { changes: { body: { from } } },
    })
    return ok(commentJson(hub, repository, comment))
  }),
  inRepository(`DELETE ${COMMENT}`, COMMENTING, ({ hub, repository, params, token }) => {
    const comment = ownComment(hub, repository, { id: params.comment_id, token })
    repository.comments.delete(comment.id)
    commentEvent(hub, repository, comment, { action: 'deleted', token })
    return noContent()
  }),
  inRepository(`GET ${COMMENT}/reactions`, READ, (call) =>
    pageReply(commentOf(call.repository, call.params.comment_id).reactions, call, (one) =>
      reactionJson(call.hub, one),
    ),
  ),
  inRepository(`POST ${COMMENT}/reactions`, COMMENTING, ({ hub, repository, params, body, token }) =>
    react(hub, commentOf(repository, params.comment_id), { content: contentOf(body), token }),
  ),
  inRepository(`DELETE ${COMMENT}/reactions/{reaction_id}`, COMMENTING, ({ repository, params }) => {
    const comment = commentOf(repository, params.comment_id)
    comment.reactions = comment.reactions.filter((reaction) => reaction.id !== Number(params.reaction_id))
    return noContent()
  }),
  inRepository(`POST ${ISSUE}/reactions`, COMMENTING, ({ hub, repository, params, body, token }) =>
    react(hub, issueOf(repository, params.issue_number), { content: contentOf(body), token }),
  ),
]

function commentOf(repository: Repository, id: string): Comment {
  return found(repository.comments.get(Number(id)))
}

/** A comment is changed by its author, or by whoever may write to the repository. */
function ownComment(hub: Hub, repository: Repository, { id, token }: { id: string; token: Token }): Comment {
  const comment = commentOf(repository, id)
  const may = token.app !== undefined || rank(hub.roleOf(token.account, repository)) >= rank('write')
  if (comment.user !== token.account && !may) throw new Refusal(403, 'Must have admin rights to Repository.')
  return comment
}

function since(comments: Comment[], query: URLSearchParams): Comment[] {
  const time = query.get('since')
  return time ? comments.filter((comment) => comment.updatedAt >= time) : comments
}

function bounded(body: string): string {
  if (body.length <= MAX_COMMENT) return body
  const message = `body is too long (maximum is ${MAX_COMMENT} characters)`
  throw invalid({ resource: 'IssueComment', field: 'body', code: 'unprocessable', message })
}

export function addComment(
  hub: Hub,
  repository: Repository,
  { issue, token, body }: { issue: Issue; token: Pick<Token, 'account' | 'app'>; body: string },
): Comment {
  const at = hub.time()
  const comment: Comment = {
    id: hub.id(),
    issue,
    user: token.account,
    app: token.app,
    body: bounded(body),
    createdAt: at,
    updatedAt: at,
    reactions: [],
  }
  repository.comments.set(comment.id, comment)
  commentEvent(hub, repository, comment, { action: 'created', token })
  return comment
}

function commentEvent(
  hub: Hub,
  repository: Repository,
  comment: Comment,
  event: { action: string; token: Pick<Token, 'account'>; extra?: Record<string, unknown> },
): void {
  const issue = issueJson(hub, repository, comment.issue)
  const payload = { issue, comment: commentJson(hub, repository, comment), ...event.extra }
  hub.emit({ name: 'issue_comment', action: event.action, repository, sender: event.token.account, payload })
}

function contentOf(body: unknown): ReactionContent {
  return (body as { content: ReactionContent }).content
}

/** The same reaction by the same account answers 200 with the one that is there. */
function react(
  hub: Hub,
  on: Comment | Issue,
  { content, token }: { content: ReactionContent; token: Token },
): ReturnType<typeof ok> {
  const known = on.reactions.find((one) => one.content === content && one.user === token.account)
  if (known) return ok(reactionJson(hub, known))
  const reaction: Reaction = { id: hub.id(), user: token.account, content, createdAt: hub.time() }
  on.reactions.push(reaction)
  return created(reactionJson(hub, reaction))
}
