import { LEASE_MS } from './claim.ts'
import type { Operation } from './operation-lock.ts'
import type { Serving } from './serving.ts'

/** What a command would begin, nothing of it done yet. */
export function newOperation(
  { request, command, key, ports }: Serving<'deploy' | 'rollback'>,
  { sha, version }: { readonly sha: string; readonly version: string },
): Operation {
  const nowMs = ports.clock.now()
  return {
    kind: command.kind,
    key,
    sha,
    version,
    pull: request.pull,
    comment: request.comment.id,
    by: request.comment.author,
    sinceMs: nowMs,
    leaseUntilMs: nowMs + LEASE_MS,
  }
}
