import { z } from 'zod'
import type { CommandRequest } from './command-outcome.ts'
import { parseComment } from './parse-comment.ts'

/** Of a body of `issue_comment` as GitHub sends it, the parts that say whether it is a command, whose, and where. */
const account = z.object({ id: z.number().int(), login: z.string(), type: z.string() })

const event = z.object({
  action: z.string(),
  repository: z.object({ id: z.number().int(), full_name: z.string() }),
  // Nobody, where the account is gone.
  sender: account.nullish(),
  issue: z.object({ number: z.number().int(), pull_request: z.object({}).nullish() }),
  comment: z.object({
    id: z.number().int(),
    html_url: z.string(),
    body: z.string(),
    created_at: z.iso.datetime({ offset: true }),
    user: account.nullish(),
    performed_via_github_app: z.object({}).nullish(),
  }),
})

export type ReadComment =
  | { readonly kind: 'command'; readonly request: CommandRequest }
  /** Nothing is said and nothing asked of GitHub. */
  | {
      readonly kind: 'ignored'
      readonly reason: 'no_command' | 'not_created' | 'from_bot' | 'no_pull_request'
    }

/**
 * What a delivery of `issue_comment` asks for. Only a new comment of a person, on a pull request, is a command: whoever may
 * edit another's comment would speak in their name, and what bots write (we ourselves, too) may repeat anybody's words.
 * Comments of reviews are other events, and no commands. `receivedAtMs`: when we were told, by our clock.
 * Error: `ZodError` where it is no such body.
 */
export function readCommentEvent(body: unknown, receivedAtMs?: number): ReadComment {
  const { action, repository, sender, issue, comment } = event.parse(body)
  if (action !== 'created') return { kind: 'ignored', reason: 'not_created' }
  if (!issue.pull_request) return { kind: 'ignored', reason: 'no_pull_request' }
  const author = comment.user
  if (!isPerson(author) || !isPerson(sender) || author.id !== sender.id || comment.performed_via_github_app)
    return { kind: 'ignored', reason: 'from_bot' }
  const asked = parseComment(comment.body)
  if (asked.kind === 'ignored') return { kind: 'ignored', reason: 'no_command' }
  const request: CommandRequest = {
    repository: { id: repository.id, name: repository.full_name },
    pull: issue.number,
    comment: {
      id: comment.id,
      url: comment.html_url,
      createdAtMs: Date.parse(comment.created_at),
      ...(receivedAtMs === undefined ? {} : { receivedAtMs }),
      author: { id: author.id, login: author.login },
    },
    asked,
  }
  return { kind: 'command', request }
}

type Account = z.infer<typeof account>

/** Apps and Actions write as accounts of the type Bot, organisations as theirs. */
function isPerson(found: Account | null | undefined): found is Account {
  return found?.type === 'User'
}
