import { isFailure, onceMore, succeeded } from './failing.ts'
import { nextAct } from './next-act.ts'
import { startRecovery } from './recover.ts'
import { goOnward } from './act-go-onward.ts'
import { rollBack, wasBegun } from './act-roll-back.ts'
import { revert } from './act-revert.ts'
import { tellBack, tellEnd, tellVerdict } from './act-tell.ts'
import type { WatchPorts, WatchStep } from './watch-ports.ts'
import type { WatchRecord } from './watch-record.ts'

/** GitHub did not answer: the outcome stands, and what follows from it is tried again then. */
const AGAIN_MS = 10_000

/**
 * Does the next thing about the outcome of a watch and answers the record with what became of it: one thing at a time, so that
 * each is written down before the next. All of it may be done again from the top after a crash: each effect has a key and
 * is looked for before it is made.
 */
export async function actOnWatch(record: WatchRecord, ports: WatchPorts): Promise<WatchStep> {
  const next = await act(record, ports).then(succeeded, (error: unknown) => {
    if (!isFailure(error)) throw error
    ports.log.warning(`The watch of ${record.environment} goes on in a moment: ${error.message}`)
    return onceMore(record, ports.clock.now(), AGAIN_MS)
  })
  return { record: next, isUrgent: isUrgent(next) }
}

async function act(record: WatchRecord, ports: WatchPorts): Promise<WatchRecord> {
  const nowMs = ports.clock.now()
  switch (nextAct(record)) {
    case 'tell_verdict':
      return tellVerdict(record, ports)
    case 'roll_back':
      return rollBack(record, ports)
    case 'revert':
      return revert(record, ports)
    case 'tell_back':
      return tellBack(record, ports)
    case 'recover':
      return startRecovery(record, nowMs)
    case 'tell_end':
      return tellEnd(record, ports)
    case 'go_on':
      return goOnward(record, ports)
    case 'hold':
      return resting(record, 'held')
    case 'end':
      return resting(record, 'ended')
    case 'wait':
      return (await wasBegun(record, ports)) ? rollBack(record, ports) : resting(record, record.phase)
  }
}

function resting({ nextMs: _, ...record }: WatchRecord, phase: WatchRecord['phase']): WatchRecord {
  return { ...record, phase }
}

/** Users have the bad version until it is taken back. */
function isUrgent({ outcome, acts, nextMs, phase }: WatchRecord): boolean {
  const isBad = outcome?.verdict === 'unhealthy' && outcome.reason !== 'shadow_unhealthy'
  return phase === 'acting' && nextMs !== undefined && isBad && acts.rollback?.ended === undefined
}
