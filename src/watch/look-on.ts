import { tick } from '../health/watch.ts'
import { foundIn } from './decided.ts'
import { look } from './look.ts'
import type { WatchPorts } from './watch-ports.ts'
import type { Found, WatchRecord } from './watch-record.ts'

type Row = Found['checks'][number]

/**
 * What was found, with what users met of the bad version after it was judged and before it was taken back. The environment goes
 * back at the first check that proves it, and no other one has had the time to by then: without these looks hardly ever
 * would two agree. What a check has proved once it does not lose again when users are well.
 */
export async function lookOn(record: WatchRecord, ports: WatchPorts): Promise<Found | undefined> {
  const { state, found, acts } = record
  const untilMs = acts.rollback?.ended?.atMs ?? ports.clock.now()
  if (state === undefined || found === undefined) return found
  const { looks } = await look(record, state, ports)
  let seen = state
  let { checks } = found
  for (const { answers, atMs } of looks.filter((one) => one.atMs <= untilMs)) {
    seen = tick(seen, answers, atMs)
    const now = foundIn(seen, atMs).checks
    checks = checks.map((row) =>
      isBad(row) ? row : (now.find((one) => isSame(one, row) && isBad(one)) ?? row),
    )
  }
  return { ...found, checks }
}

function isBad({ verdict }: Row): boolean {
  return verdict === 'unhealthy'
}

function isSame(one: Row, other: Row): boolean {
  return one.name === other.name
}
