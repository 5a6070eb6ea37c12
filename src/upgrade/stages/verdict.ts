import type { HeldReason } from '../../health/held-reason.ts'
import type { Decision, ReasonCode } from '../reason.ts'
import type { VerdictReport } from '../facts.ts'
import type { Ending, Run } from '../run.ts'
import { recordVerdict } from '../state-of-record.ts'
import { rollBackEnvironment, type TakenBack } from '../take-back.ts'
import { superseded } from './superseded.ts'

/** What the health of one environment says at a traffic step or at the end of its watch. */
export type HealthGate =
  | { readonly kind: 'proceed'; readonly report: VerdictReport }
  | {
      readonly kind: 'hold'
      readonly report: VerdictReport
      readonly reason: HeldReason
      /** Where it is not what the checks say. */
      readonly why?: string
    }
  | { readonly kind: 'unhealthy'; readonly report: VerdictReport }
  /** Somebody decides instead, whatever was found. */
  | {
      readonly kind: 'person'
      readonly report: VerdictReport
      readonly said: 'promoted' | 'accepted'
      readonly by: string
    }

/** Acts on a gate: goes on, holds and says so, or takes the environment back. Only `unhealthy` takes back. */
export async function endFromGate(run: Run, name: string, gate: HealthGate): Promise<Ending | undefined> {
  await run.record({ type: 'judged', environment: name, report: gate.report })
  const other = await superseded(run, name)
  if (other) return other
  switch (gate.kind) {
    case 'proceed':
    case 'person':
      return undefined
    case 'hold':
      return hold(run, name, gate.reason, gate.why ?? gate.report.line)
    case 'unhealthy':
      return unhealthy(run, name, gate.report)
  }
}

/** Its outcome once an environment was, or could not be, taken back for a reason. */
export function endAfterTakingBack(taken: TakenBack, reason: ReasonCode, why: string, name: string): Ending {
  switch (taken.kind) {
    case 'rolled_back':
      return ending('rolled_back', reason, `${why} ${name} is back on ${taken.to.name}.`)
    case 'no_target':
      return ending(
        'failed',
        'no_rollback_target',
        `${why} ${name} has no healthy version to return to: it is left as it is.`,
      )
    case 'failed':
      return ending('failed', 'rollback_failed', `${why} Rolling ${name} back failed too: ${taken.message}`)
  }
}

async function hold(run: Run, name: string, reason: HeldReason, line: string): Promise<Ending> {
  const back = run.ports.appWatches ? `/rollback ${name}` : `seamless rollback --environment ${name}`
  const message = `${line} Nothing was taken back and nothing promoted: ${name} stays as it is until somebody decides ("${back}", or run again).`
  await run.record({ type: 'environment_ended', environment: name, state: 'held', message })
  await recordVerdict(run, name, 'inconclusive', line)
  return { decision: 'held', reason, message }
}

async function unhealthy(run: Run, name: string, report: VerdictReport): Promise<Ending> {
  await recordVerdict(run, name, 'unhealthy', report.line)
  if (run.config.environments[name]?.shadow === true) {
    const message = `${report.line} Shadow: this would have rolled ${name} back${run.config.environments[name]?.revert === 'off' ? '' : ' and reverted the merge'}; nothing was done.`
    await run.record({ type: 'environment_ended', environment: name, state: 'held', message })
    return { decision: 'held', reason: 'shadow_unhealthy', message }
  }
  const taken = await rollBackEnvironment(run, name, report.line)
  return endAfterTakingBack(taken, 'unhealthy', report.line, name)
}

function ending(decision: Decision, reason: ReasonCode, message: string): Ending {
  return { decision, reason, message }
}
