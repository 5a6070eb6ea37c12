import type { EnvironmentRecord, Upgrade } from './receipt.ts'
import type { ReasonCode } from './reason.ts'
import type { Ending } from './run.ts'

/** What an earlier run, cut off, left to be finished in an environment before anything else. */
export type Unfinished =
  /** It was being taken back, or was just about to be. */
  | { readonly kind: 'take_back'; readonly reason: ReasonCode; readonly why: string }
  /** All was done there; only the run's ending was never written. */
  | { readonly kind: 'end'; readonly ending: Ending }

/** Pure. A version once found bad is never gone on with, whatever its deployment's steps say. */
export function unfinished(
  upgrade: Upgrade,
  known: EnvironmentRecord,
  { shadow }: { readonly shadow: boolean },
): Unfinished | undefined {
  const { reason, why } = causeOf(upgrade, known, shadow)
  const message = known.message ?? why
  switch (known.state) {
    case 'deploying':
    case 'live':
      return reason === undefined ? undefined : { kind: 'take_back', reason, why }
    case 'rolled_back':
      return { kind: 'end', ending: { decision: 'rolled_back', reason: reason ?? 'internal_error', message } }
    case 'dirty': {
      const code = known.previous === undefined ? 'no_rollback_target' : 'rollback_failed'
      return { kind: 'end', ending: { decision: 'failed', reason: code, message } }
    }
    case 'unknown':
      return { kind: 'end', ending: { decision: 'failed', reason: 'environment_unknown', message } }
    case 'untouched':
    case 'promoted':
    case 'held':
      return undefined
  }
}

/** Why it had to be taken back, if it had to. */
function causeOf(
  upgrade: Upgrade,
  { name, judged, said = [] }: EnvironmentRecord,
  shadow: boolean,
): { reason: ReasonCode | undefined; why: string } {
  const last = judged.at(-1)
  // Somebody took it on as it is.
  const isOverruled = said.some(
    (one) => one.step === last?.step && (one.said === 'promoted' || one.said === 'accepted'),
  )
  if (last?.verdict === 'unhealthy' && !shadow && !isOverruled) return { reason: 'unhealthy', why: last.line }
  const failed = upgrade.steps.find(
    ({ step, state }) => state === 'failed' && step.startsWith(`deploy/${name}/`),
  )
  if (failed !== undefined) {
    const reason = failed.step.endsWith('/apply') ? 'deploy_failed' : 'traffic_failed'
    return { reason, why: `${failed.step} failed: ${failed.message ?? ''}` }
  }
  const begun = upgrade.steps.some(({ step }) => step === `rollback/${name}`)
  const why = `An earlier run was cut off while it took ${name} back.`
  return { reason: begun ? 'internal_error' : undefined, why }
}
