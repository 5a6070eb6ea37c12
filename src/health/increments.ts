/** One series at one moment: running totals by name. A plain counter has one, called ''; a histogram one per bucket. */
export interface CounterReading {
  /** The series' identity: its labels without those that name a bucket. */
  readonly series: string
  /** When it was taken (ms, the source's clock). */
  readonly atMs: number
  readonly totals: Totals
}

export type Totals = Readonly<Record<string, number>>

/** What is remembered of one query's series between two ticks. Plain JSON. */
export interface CounterMemory {
  /** The query was answered before in this watch: a series that appears from now on was born in it. */
  readonly answered: boolean
  readonly series: Readonly<Record<string, { readonly atMs: number; readonly totals: Totals }>>
}

export const NOTHING_SEEN: CounterMemory = { answered: false, series: {} }

/** What was counted since the tick before, per series that told something new; none means that the source has no newer samples yet. */
export interface Increments {
  readonly memory: CounterMemory
  readonly counted: readonly Totals[]
}

/** Series that are remembered per query. Beyond it the ones unseen for longest are forgotten, so that a watch of a service with ever new pods stays small. */
const MOST_SERIES = 2000

/**
 * Running totals → what was counted since the last readings. A total that fell was reset and counts from zero; one reset
 * total means that its whole series was (a process restarts all its buckets at once). The first reading of a series
 * counts nothing unless the series was born in the watch. A missing reading's gap is covered by the next. Readings that
 * repeat or precede what is known are ignored; readings older than `sinceMs` (the deployment) are remembered but never counted.
 */
export function countIncrements(
  memory: CounterMemory,
  readings: readonly CounterReading[],
  sinceMs: number,
): Increments {
  const series: Record<string, { atMs: number; totals: Totals }> = Object.assign(
    Object.create(null),
    memory.series,
  )
  const counted: Totals[] = []
  for (const reading of readings) {
    const known = series[reading.series]
    if (known !== undefined && reading.atMs <= known.atMs) continue
    series[reading.series] = { atMs: reading.atMs, totals: reading.totals }
    const grown = reading.atMs < sinceMs ? undefined : growth(known?.totals, reading.totals, memory.answered)
    if (grown !== undefined) counted.push(grown)
  }
  return { memory: { answered: true, series: forgetOldest(series) }, counted }
}

/** Undefined: only a base for the next reading. */
function growth(before: Totals | undefined, now: Totals, answered: boolean): Totals | undefined {
  if (before === undefined) return answered ? now : undefined
  const names = Object.keys(now)
  const wasReset = Object.entries(before).some(([name, value]) => (now[name] ?? 0) < value)
  if (wasReset) return now
  return Object.fromEntries(names.map((name) => [name, (now[name] ?? 0) - (before[name] ?? 0)]))
}

function forgetOldest(
  series: Record<string, { atMs: number; totals: Totals }>,
): Record<string, { atMs: number; totals: Totals }> {
  const entries = Object.entries(series)
  if (entries.length <= MOST_SERIES) return { ...series }
  entries.sort(([, a], [, b]) => b.atMs - a.atMs)
  return Object.fromEntries(entries.slice(0, MOST_SERIES))
}
