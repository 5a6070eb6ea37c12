import { longestWatchMs } from '../health/backtest.ts'
import { type Answers, queriesOf, type QueryBatch } from '../health/query-plan.ts'
import type { WatchState } from '../health/watch.ts'
import type { HealthSource, HistoryStep, Measurement } from '../ports/health-source.ts'
import { causes } from '../report/causes.ts'
import { inTime } from './in-time.ts'
import { areOpen, type OpenedSources, openSources } from './open-sources.ts'
import type { WatchPorts } from './watch-ports.ts'
import type { WatchRecord } from './watch-record.ts'

/** What the sources said at one time, in the order of `queriesOf`. */
export interface Look {
  readonly atMs: number
  readonly answers: Answers
}

export interface Looks {
  /** Oldest first: what was slept through, as far as sources keep it, then now. */
  readonly looks: readonly Look[]
  /** More was slept through than is made up for at once: the rest, and now, come with the next step. */
  readonly isBehind: boolean
}

/** So many ticks are made up for in one step: other watches wait for this process meanwhile. */
const MOST_AT_ONCE = 240

/** Longer than a source takes by its own time-outs (10 s a query by default, six at a time). */
const LOOK_WITHIN_MS = 60_000

/**
 * Looks at all sources of a watch: one batch of queries each, however many checks ask. A source that fails, throws or stalls is an
 * answer (`error`); only a signal that calls the work off rejects.
 */
export async function look(
  { sources }: Pick<WatchRecord, 'sources'>,
  state: WatchState,
  ports: WatchPorts,
): Promise<Looks> {
  const opened = await openSources(state.health, sources, ports)
  const batches = queriesOf(state.health, state.values)
  const { slots, isBehind } = missedSlots(state, ports.clock.now())
  const missed = areOpen(opened) ? await lookBack({ state, opened, batches }, slots, ports) : []
  if (isBehind) return { looks: missed, isBehind }
  const answers = await Promise.all(
    batches.map(async ({ source, queries }) => {
      if (!areOpen(opened)) return queries.map(() => failed(opened.why))
      const of = opened.get(source)
      return ask(queries.length, ports, async (signal) => of?.read(queries, signal))
    }),
  )
  return { looks: [...missed, { atMs: ports.clock.now(), answers }], isBehind }
}

/** The answers to so many queries; where there is none, why. */
export async function ask(
  count: number,
  ports: WatchPorts,
  read: (signal: AbortSignal) => Promise<readonly Measurement[] | undefined>,
): Promise<readonly Measurement[]> {
  try {
    const answers = await inTime(ports, LOOK_WITHIN_MS, read)
    return answers ?? Array.from({ length: count }, () => failed('there is no such source'))
  } catch (error) {
    ports.signal.throwIfAborted()
    return Array.from({ length: count }, () => failed(causes(error)))
  }
}

/** Of the ticks since the last look that nobody took, those that are made up for now. Past its longest time a watch has no ticks. */
function missedSlots(
  { startedMs, lastTickMs = startedMs, health }: WatchState,
  nowMs: number,
): { readonly slots: readonly number[]; readonly isBehind: boolean } {
  const slotOf = (ms: number): number => Math.floor((ms - startedMs) / health.everyMs)
  const first = slotOf(lastTickMs) + 1
  const last = Math.min(slotOf(nowMs) - 1, Math.ceil(longestWatchMs(health) / health.everyMs))
  const count = Math.max(0, last - first + 1)
  const slots = Array.from({ length: Math.min(count, MOST_AT_ONCE) }, (_, index) => first + index)
  return { slots, isBehind: count > MOST_AT_ONCE }
}

interface Back {
  readonly state: WatchState
  readonly opened: OpenedSources
  readonly batches: readonly QueryBatch[]
}

/** Without any source that keeps its past there is nothing to look at; that nobody did, coverage says. */
async function lookBack(
  { state: { startedMs, health }, opened, batches }: Back,
  slots: readonly number[],
  ports: WatchPorts,
): Promise<Look[]> {
  const [first, last] = [slots[0], slots.at(-1)]
  const keepsPast = batches.some(({ source }) => opened.get(source)?.history !== undefined)
  if (first === undefined || last === undefined || !keepsPast) return []
  const { everyMs } = health
  const startOf = (slot: number): number => startedMs + slot * everyMs
  // A source answers at times of its own choice, a step apart: in each slot there is one of them.
  const range = { fromMs: startOf(first), toMs: startOf(last + 1) - 1, stepMs: everyMs }
  const pasts = await Promise.all(
    batches.map(async (batch) => {
      const steps = await pastOf(batch, { source: opened.get(batch.source), range }, ports)
      return typeof steps === 'string'
        ? steps
        : new Map(steps.map((step) => [Math.floor((step.atMs - startedMs) / everyMs), step]))
    }),
  )
  return slots.map((slot) => {
    const answers = pasts.map((steps, index): readonly Measurement[] => {
      const step = typeof steps === 'string' ? undefined : steps.get(slot)
      const why = typeof steps === 'string' ? steps : 'the source gave nothing for that time'
      return step?.measurements ?? (batches[index]?.queries ?? []).map(() => failed(why))
    })
    return { atMs: startOf(slot), answers }
  })
}

/** The past that a source keeps, or why there is none of it. */
async function pastOf(
  { queries }: QueryBatch,
  { source, range }: { readonly source: HealthSource | undefined; readonly range: PastRange },
  ports: WatchPorts,
): Promise<readonly HistoryStep[] | string> {
  if (source?.history === undefined) return 'nobody looked at that time, and the source keeps no past'
  try {
    return await inTime(
      ports,
      LOOK_WITHIN_MS,
      async (signal) => source.history?.(queries, range, signal) ?? [],
    )
  } catch (error) {
    ports.signal.throwIfAborted()
    return causes(error)
  }
}

type PastRange = Parameters<NonNullable<HealthSource['history']>>[1]

function failed(why: string): Measurement {
  return { kind: 'error', why }
}
