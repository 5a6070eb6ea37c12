import type { Person } from '../ports/authority.ts'
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

/** Whom a record names where no person asked for it; the number is nobody's. */
export const SEAMLESS: Person = { id: 0, login: 'seamless[bot]' }

/** The rollback that a watch begins: of no comment and no pull request, so that its watch says how it goes. */
export function watchRollback(
  deployment: string,
  { sha, version }: { readonly sha: string; readonly version: string },
  nowMs: number,
): Operation {
  return {
    kind: 'rollback',
    key: watchKey(deployment),
    sha,
    version,
    by: SEAMLESS,
    sinceMs: nowMs,
    leaseUntilMs: nowMs + LEASE_MS,
  }
}

/** The key of what the watch of a Deployment begins. */
export function watchKey(deployment: string): string {
  return `watch-${deployment}`
}

/** The deployment to a later environment that a watch begins, told where its change was merged. */
export function onwardDeployment(
  { deployment, environment, pull }: { deployment: string; environment: string; pull: number },
  { sha, version }: { readonly sha: string; readonly version: string },
  nowMs: number,
): Operation {
  return {
    kind: 'deploy',
    key: onwardKey(deployment, environment),
    sha,
    version,
    pull,
    by: SEAMLESS,
    sinceMs: nowMs,
    leaseUntilMs: nowMs + LEASE_MS,
  }
}

/** The key of what brings a version on to a later environment. */
export function onwardKey(deployment: string, environment: string): string {
  return `onward-${deployment}-${environment}`
}
