import type { PullFacts } from '../ports/pull-facts.ts'
import { bindSha, type ShaBinding } from './bind-sha.ts'
import { written } from './command-outcome.ts'
import type { Serving } from './serving.ts'

/** The commit that `/deploy` or `/plan` is about. */
export async function bindCommit(
  { request, command, ports }: Serving<'deploy' | 'plan'>,
  environment: string,
  pull: PullFacts,
): Promise<ShaBinding> {
  const { comment } = request
  const { sha: named } = command
  const heads = await ports.pulls.heads(pull)
  return bindSha({
    asked: written({ kind: command.kind }, environment),
    commentAtMs: comment.createdAtMs,
    head: pull.head,
    heads,
    ...(named !== undefined && { named }),
    ...(comment.receivedAtMs !== undefined && { receivedAtMs: comment.receivedAtMs }),
  })
}
