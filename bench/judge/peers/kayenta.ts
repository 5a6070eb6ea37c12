import jstat from 'jstat'
import type { Mode, Recording } from '../service.ts'
import { type Metric, valuesOf } from './minute.ts'

export type Direction = 'increase' | 'decrease' | 'either'
export type Classification = 'Pass' | 'High' | 'Low' | 'Nodata'

/** NetflixACAJudge's own literals. */
const judged = { tolerance: 0.25, confidence: 0.98 }

/**
 * Kayenta's Mann-Whitney classifier: High (Low) when the confidence interval of the shift between experiment and control lies
 * wholly above (below) a tolerance around zero of `tolerance` times the Hodges-Lehmann estimate. Its default effect size
 * (meanRatio 1.0) asks only that the mean moved the same way.
 * Source: spinnaker/kayenta MannWhitneyClassifier.scala, MannWhitney.scala, NetflixACAJudge.scala (peers.md 2.4).
 */
export function classify(
  control: readonly number[],
  experiment: readonly number[],
  direction: Direction,
  { tolerance, confidence } = judged,
): Classification {
  const y = control.filter(Number.isFinite).toSorted(ascending)
  const x = experiment.filter(Number.isFinite).toSorted(ascending)
  if (x.length === 0 || y.length === 0) return 'Nodata'
  if (x.length === y.length && x.every((value, index) => value === y[index])) return 'Pass'
  if (x[0] === x.at(-1) && y[0] === y.at(-1) && x[0] === y[0]) return 'Pass'
  // The interval excludes zero exactly when the statistic at zero passes the quantile; most do not, and the search is slow.
  const atZero = standardised(x, y, 0)
  const [up, down] = [atZero > quantileOf(confidence), atZero < -quantileOf(confidence)]
  if (!(up && direction !== 'decrease') && !(down && direction !== 'increase')) return 'Pass'
  const { lower, upper, estimate } = shift(x, y, confidence)
  const bound = tolerance * Math.abs(estimate)
  const ratio = mean(x) / mean(y)
  if (direction !== 'decrease' && lower > bound && !(ratio < 1)) return 'High'
  if (direction !== 'increase' && upper < -bound && !(ratio > 1)) return 'Low'
  return 'Pass'
}

/**
 * R's wilcox.test(x, y, conf.int = TRUE), asymptotic and with continuity correction, as Kayenta ports it: the shifts d at which
 * the standardised rank sum of x − d against y passes the normal quantiles; it falls as d rises, so bisection finds them.
 */
export function shift(
  x: readonly number[],
  y: readonly number[],
  confidence: number,
): { readonly lower: number; readonly upper: number; readonly estimate: number } {
  const z = quantileOf(confidence)
  const least = Math.min(...x) - Math.max(...y)
  const most = Math.max(...x) - Math.min(...y)
  const root = (quantile: number): number => {
    if (standardised(x, y, least) - quantile <= 0) return least
    if (standardised(x, y, most) - quantile >= 0) return most
    let [low, high] = [least, most]
    for (let step = 0; step < 60 && high - low > 1e-12 * (1 + Math.abs(low)); step++) {
      const middle = (low + high) / 2
      if (standardised(x, y, middle) > quantile) low = middle
      else high = middle
    }
    return (low + high) / 2
  }
  return { lower: root(z), upper: root(-z), estimate: root(0) }
}

function quantileOf(confidence: number): number {
  return jstat.jStat.normal.inv(1 - (1 - confidence) / 2, 0, 1)
}

/** Rank sum of x − d among x − d and y, centred, with continuity correction, over its standard deviation with ties. Both sorted. */
function standardised(x: readonly number[], y: readonly number[], d: number): number {
  const [n, m] = [x.length, y.length]
  let [i, j, rankSum, ties] = [0, 0, 0, 0]
  while (i < n || j < m) {
    const value = Math.min(i < n ? x[i]! - d : Infinity, j < m ? y[j]! : Infinity)
    const [fromI, fromJ] = [i, j]
    while (i < n && x[i]! - d === value) i++
    while (j < m && y[j] === value) j++
    const size = i - fromI + j - fromJ
    rankSum += (i - fromI) * (fromI + fromJ + (size + 1) / 2)
    ties += size ** 3 - size
  }
  const excess = rankSum - (n * (n + 1)) / 2 - (n * m) / 2
  const variance = ((n * m) / 12) * (n + m + 1 - ties / ((n + m) * (n + m - 1)))
  return variance > 0 ? (excess - 0.5 * Math.sign(excess)) / Math.sqrt(variance) : 0
}

/** Points of 15 s in how the canary analysis is run here: again every `every` ticks over all points since the start, or once at the end. */
export function kayenta(
  recording: Recording,
  mode: Mode,
  metric: Metric,
  every: number | 'end',
): number | undefined {
  const { watch, baseline } = recording
  const experiment = valuesOf(watch, metric, 'candidate')
  const before = valuesOf(baseline, metric, 'candidate')
  const beside = mode === 'concurrent' ? valuesOf(watch, metric, 'baseline') : []
  const step = every === 'end' ? watch.length : every
  for (let tick = step; tick <= watch.length; tick += step) {
    const control = mode === 'concurrent' ? beside.slice(0, tick) : before.slice(-tick)
    if (classify(control, experiment.slice(0, tick), 'increase') === 'High') return tick
  }
  return undefined
}

function ascending(a: number, b: number): number {
  return a - b
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
