import { runWords } from '../command/run-words.ts'
import type { HeldReason } from '../health/held-reason.ts'
import type { ReadDeployment } from '../ports/deployments.ts'

/** What the newest state of a Deployment says to whoever would watch it. */
export type Beginning =
  /** All users have it: it is watched. */
  | { readonly kind: 'live' }
  /** It was there before and is healthy: nothing came. */
  | { readonly kind: 'already_live' }
  /** The environment is back on it. */
  | { readonly kind: 'rollback_live' }
  /** The run found it bad at a step of its traffic; `ended`: how it took it back. */
  | {
      readonly kind: 'found_bad'
      readonly ended: 'rolled_back' | 'no_target' | 'failed'
      readonly message: string
    }
  /** The run does not know, or may do nothing: it stopped at a step of its traffic. */
  | { readonly kind: 'held'; readonly reason: HeldReason | 'shadow_unhealthy'; readonly message: string }
  | { readonly kind: 'nothing'; readonly why: string }

export function beginningOf(
  deployment: Pick<ReadDeployment, 'state' | 'operation' | 'key' | 'description'>,
): Beginning {
  const { state, operation, key } = deployment
  // Only a Deployment of ours has a key.
  if (key === '') return { kind: 'nothing', why: 'another tool made this Deployment' }
  const { reason, message } = runWords(deployment.description)
  if (state === 'success') {
    if (operation === 'rollback') return { kind: 'rollback_live' }
    return { kind: reason === 'already_live' ? 'already_live' : 'live' }
  }
  if (operation === 'rollback') return { kind: 'nothing', why: `the rollback is ${state}` }
  if (state === 'failure' && reason === 'unhealthy')
    return { kind: 'found_bad', ended: 'rolled_back', message }
  if (state === 'error' && reason === 'rollback_failed')
    return { kind: 'found_bad', ended: 'failed', message }
  // Without a version to return to it stays where it was: at a step of its traffic, or half done.
  if (reason === 'no_rollback_target') return { kind: 'found_bad', ended: 'no_target', message }
  if (state === 'in_progress' && isHeld(reason)) return { kind: 'held', reason, message }
  return { kind: 'nothing', why: `it is ${state}${reason === undefined ? '' : ` (${reason})`}` }
}

const HELD: ReadonlySet<string> = new Set<HeldReason | 'shadow_unhealthy'>([
  'health_no_data',
  'health_too_little_traffic',
  'health_undecided',
  'shadow_unhealthy',
])

function isHeld(reason: string | undefined): reason is HeldReason | 'shadow_unhealthy' {
  return reason !== undefined && HELD.has(reason)
}
