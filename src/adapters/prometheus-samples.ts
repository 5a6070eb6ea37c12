import { formatSelector, type Selector } from '../config/selector.ts'
import type { Labels, Measurement, NativeHistogram, Sample } from '../ports/health-source.ts'
import { parseValue } from './openmetrics.ts'
import type { QueryData } from './prometheus-api.ts'

/** A value that is no number, a series without the time of its sample: nothing that a Prometheus says. */
export class StrangeAnswer extends Error {
  override readonly name = 'StrangeAnswer'
}

/** A result's value at one evaluation. */
interface Point {
  readonly labels: Labels
  readonly value: number
  readonly histogram?: NativeHistogram
}

const TIME_LABEL = '__seamless_time__'

/**
 * PromQL that gives, at one evaluation, the selected series and beside each the time of its sample.
 *
 * An instant vector alone repeats a series' last sample for five minutes under the *evaluation's* time, so that a dead
 * target's counter would look measured anew at each tick; only `timestamp(selector)` tells. One query and not two,
 * because between two a scrape may come in. Not a range selector (`metric[5m]`), which has true times too: it gives
 * every sample of the window instead of one, and goes on giving those of a series that Prometheus knows to have ended.
 * `timestamp` drops the metric's name: a selector must therefore not match two metrics with otherwise equal labels
 * (Prometheus answers such a one with an error).
 */
export function withTimes(selector: Selector): string {
  const text = formatSelector(selector)
  return `${text} or label_replace(timestamp(${text}), "${TIME_LABEL}", "1", "", "")`
}

const QUERY_LABEL = '__seamless_query__'
const NATIVE_LABEL = '__seamless_native__'

/**
 * PromQL that answers several selectors at once, each with its times. Asked one after the other, the selectors of a
 * ratio would now and then stand on either side of a scrape, and show failures without the requests that failed; within
 * one query a Prometheus reads from one snapshot of its series.
 *
 * `or` tells series apart by their labels without the name, so each selector's get its number as a label. In Prometheus
 * 2.42 `label_replace` turns a native histogram into the number 0: `histogram_count` shows which selectors have some.
 */
export function together(selectors: readonly Selector[]): string {
  const numbered = selectors.map((selector, index) => {
    const native = `label_replace(histogram_count(${formatSelector(selector)}), "${NATIVE_LABEL}", "1", "", "")`
    return `label_replace(${withTimes(selector)} or ${native}, "${QUERY_LABEL}", "${index}", "", "")`
  })
  return numbered.join(' or ')
}

type Vector = Extract<QueryData, { resultType: 'vector' }>

/** What `together` gave, taken apart again: a vector for each of the `count` selectors, none for one with native histograms, which must be asked alone. @throws StrangeAnswer */
export function apart({ result }: Vector, count: number): (Vector | undefined)[] {
  const parts = Array.from({ length: count }, (): { result: Vector['result']; isNative: boolean } => ({
    result: [],
    isNative: false,
  }))
  for (const { metric: tagged, ...point } of result) {
    const { [QUERY_LABEL]: index, ...metric } = tagged
    const part = parts[Number(index)]
    if (part === undefined) throw new StrangeAnswer('a series came that belongs to no query')
    if (NATIVE_LABEL in metric) part.isNative = true
    else part.result.push({ metric, ...point })
  }
  return parts.map((part) => (part.isNative ? undefined : { resultType: 'vector', result: part.result }))
}

/** A result by the times (ms) of its evaluations: one for an instant query, one a step for a range. @throws StrangeAnswer */
export function pointsByTime(data: QueryData): Map<number, Point[]> {
  const times = new Map<number, Point[]>()
  const add = (seconds: number, point: Point): void => {
    const atMs = Math.round(seconds * 1000)
    const points = times.get(atMs)
    if (points === undefined) times.set(atMs, [point])
    else points.push(point)
  }
  if (data.resultType === 'string') throw new StrangeAnswer('the query gives a string, not numbers')
  if (data.resultType === 'scalar') add(data.result[0], { labels: {}, value: number(data.result[1]) })
  else if (data.resultType === 'vector') {
    for (const { metric, value, histogram } of data.result) {
      if (value !== undefined) add(value[0], { labels: metric, value: number(value[1]) })
      if (histogram !== undefined) add(histogram[0], histogramPoint(metric, histogram[1]))
    }
  } else {
    for (const { metric, values, histograms } of data.result) {
      for (const [at, text] of values) add(at, { labels: metric, value: number(text) })
      for (const [at, histogram] of histograms) add(at, histogramPoint(metric, histogram))
    }
  }
  return times
}

/** What an expression gave at one evaluation: its values are of that time. */
export function measureExpression(points: readonly Point[], atMs: number, promql: string): Measurement {
  return measurement(
    points.map((point): Sample => ({ ...point, atMs })),
    promql,
  )
}

/** What `withTimes` gave at one evaluation: raw samples with their own times. @throws StrangeAnswer */
export function measureSelector(points: readonly Point[], selector: Selector): Measurement {
  const times = new Map<string, number>()
  for (const { labels, value } of points) {
    if (TIME_LABEL in labels) times.set(seriesKey(labels), Math.round(value * 1000))
  }
  const samples = points
    .filter(({ labels }) => !(TIME_LABEL in labels))
    .map((point) => {
      const atMs = times.get(seriesKey(point.labels))
      if (atMs === undefined) throw new StrangeAnswer('a series came without the time of its sample')
      return sampleAt(atMs, point)
    })
  return measurement(samples, formatSelector(selector))
}

function sampleAt(atMs: number, point: Point): Sample {
  return { ...point, atMs }
}

function measurement([first, ...rest]: readonly Sample[], query: string): Measurement {
  if (first === undefined) return { kind: 'no_data', why: `${query}: the answer is empty` }
  return { kind: 'ok', samples: [first, ...rest] }
}

/** A series but for its name, which `timestamp` has dropped. */
function seriesKey(labels: Labels): string {
  const pairs = Object.entries(labels).filter(([name]) => name !== '__name__' && name !== TIME_LABEL)
  return JSON.stringify(pairs.sort(([a], [b]) => (a < b ? -1 : 1)))
}

interface ApiHistogram {
  readonly count: string
  readonly sum: string
  readonly buckets: readonly (readonly [number, string, string, string])[]
}

/** Its plain value is its count, so that it reads as the counter of observations that it also is. */
function histogramPoint(labels: Labels, { count, sum, buckets }: ApiHistogram): Point {
  const histogram: NativeHistogram = {
    count: number(count),
    sum: number(sum),
    buckets: buckets.map(([, lower, upper, count]) => ({
      lower: number(lower),
      upper: number(upper),
      count: number(count),
    })),
  }
  return { labels, value: histogram.count, histogram }
}

function number(text: string): number {
  const value = parseValue(text)
  if (value === undefined) throw new StrangeAnswer('a value is no number')
  return value
}
