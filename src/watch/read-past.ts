import { loadBaseline } from '../health/baseline.ts'
import { type History, startWatch, type WatchState } from '../health/watch.ts'
import { causes } from '../report/causes.ts'
import { inTime } from './in-time.ts'
import { areOpen, type OpenedSources, openSources } from './open-sources.ts'
import type { WatchPorts } from './watch-ports.ts'
import type { WatchRecord } from './watch-record.ts'

/**
 * A past of days is some thousand points a check; a source's own time-outs are much shorter for each of its answers. A job that reads
 * it has more time than this: else a source that stalls would have it begin again and again, and nobody would watch.
 */
export const PAST_WITHIN_MS = 120_000

/** The past before the Deployment was made, by check; nothing where none is asked for or none can be read. */
export async function readPast(
  { environment, begunMs }: Pick<WatchRecord, 'environment' | 'begunMs'>,
  { health, values }: Pick<WatchState, 'health' | 'values'>,
  sources: OpenedSources,
  ports: Pick<WatchPorts, 'clock' | 'log' | 'signal'>,
): Promise<History | undefined> {
  try {
    return await inTime(ports, PAST_WITHIN_MS, async (signal) =>
      loadBaseline(health, values, { sources, nowMs: begunMs, signal }),
    )
  } catch (error) {
    ports.signal.throwIfAborted()
    ports.log.warning(`The past of ${environment} could not be read: ${causes(error)}`)
    return undefined
  }
}

/**
 * A watch whose source was away when it began gets its past as soon as there is one, as long as nothing was measured: what was
 * not seen until then is missing as before, and nothing that was seen is lost.
 */
export async function withPast<Watch extends WatchRecord & { readonly state: WatchState }>(
  record: Watch,
  ports: WatchPorts,
): Promise<Watch> {
  const { state } = record
  if (!lacksPast(record, state) || hasMeasured(state)) return record
  const opened = await openSources(state.health, record.sources, ports)
  const history = areOpen(opened) ? await readPast(record, state, opened, ports) : undefined
  if (history === undefined || Object.keys(history).length === 0) return record
  return { ...record, history, state: startedAgain(state, history) }
}

/** Of a past that is paired tick by tick with the watch, what was not seen is not paired with what comes next. */
function startedAgain(state: WatchState, history: History): WatchState {
  const { startedMs, lastTickMs = startedMs, health, values } = state
  const next = Math.round((lastTickMs - startedMs) / health.everyMs) + 1
  const checks = Object.entries(startWatch(health, values, startedMs, history).checks).map(
    ([name, check]) => {
      const { comparison } = check
      if (comparison?.slots === undefined) return [name, check] as const
      return [
        name,
        { ...check, comparison: { ...comparison, slots: { ...comparison.slots, next } } },
      ] as const
    },
  )
  return { ...state, checks: Object.fromEntries(checks) }
}

function lacksPast({ history = {} }: WatchRecord, { health, values }: WatchState): boolean {
  return health.baseline !== undefined && values.previous !== undefined && Object.keys(history).length === 0
}

/** Whether the next step looks at the past of the watch: a store need not read it otherwise. */
export function looksAtPast({ phase, state }: Pick<WatchRecord, 'phase' | 'state'>): boolean {
  if (phase === 'watching') return state !== undefined && !hasMeasured(state)
  return phase === 'awaiting' || phase === 'acting'
}

function hasMeasured({ checks }: WatchState): boolean {
  return Object.values(checks).some(({ measured }) => measured.watch > 0)
}
