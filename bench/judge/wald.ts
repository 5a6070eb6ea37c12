import {
  canaryShare,
  type Degradation,
  logNormalCdf,
  noiseSizes,
  type Scenario,
  tickSeconds,
} from './service.ts'
import { alpha } from './watch.ts'
import { defaultMargins } from '../../src/health/judge/margin.ts'

/**
 * Wald's bound: the mean time that a sequential probability ratio test needs that knows both true rates, the tolerated and the
 * degraded one, and reverts unchanged services with probability alpha: log(1/alpha) over the information per tick. Nothing that
 * learns the rates can be faster. At least one tick. Minutes; NaN where a check has no such bound.
 *
 * Errors: Kullback-Leibler divergence of Bernoulli(a₁) from Bernoulli(θb + δ). Latency: the best single bucket edge's, with the
 * slow-down of the margin applied to the true distribution. AR(1) noise: information about a shift of the log-rate after t ticks is
 * 1/Var(mean), Gaussian approximation. Source: Wald, Sequential Analysis (1947); Wald and Wolfowitz (1948) for its optimality.
 */
export function waldMinutes(
  scenario: Scenario,
  check: 'errors' | 'latency',
  degradation: Degradation,
): number {
  const requests = scenario.rate * tickSeconds * (scenario.mode === 'concurrent' ? canaryShare : 1)
  const pairs = check === 'errors' ? [errorPair(scenario, degradation)] : tailPairs(degradation)
  const ticks = pairs
    .filter(({ tolerated, worse }) => worse > tolerated)
    .map((pair) => ticksFor(scenario, check, pair, requests))
  return ticks.length > 0 ? (Math.max(1, Math.min(...ticks)) * tickSeconds) / 60 : Number.NaN
}

interface Pair {
  readonly tolerated: number
  readonly worse: number
  /** By how much the log-rate moves for a move of the log-latency. */
  readonly slope: number
}

function errorPair({ errorRate }: Scenario, { errors = 1 }: Degradation): Pair {
  const { worseBy, atLeast } = defaultMargins.ratio
  return { tolerated: errorRate * (1 + worseBy) + atLeast, worse: errorRate * errors, slope: 1 }
}

function tailPairs({ slower = 1, fourTimesSlower = 0 }: Degradation): readonly Pair[] {
  const { worseBy, atLeast } = defaultMargins.histogram
  return [0.05, 0.1, 0.25, 0.5, 1].map((edge) => {
    const tail = (scale: number): number => 1 - logNormalCdf(edge / scale)
    const worse = (1 - fourTimesSlower) * tail(slower) + fourTimesSlower * tail(4 * slower)
    return {
      tolerated: tail(1 + worseBy) + atLeast,
      worse,
      slope: Math.log(tail(1.01) / tail(1)) / Math.log(1.01),
    }
  })
}

function ticksFor(scenario: Scenario, check: 'errors' | 'latency', pair: Pair, requests: number): number {
  const { tolerated, worse, slope } = pair
  const needed = Math.log(1 / alpha)
  if (scenario.noise === 'poisson') return needed / (requests * divergence(worse, tolerated))
  const between = scenario.mode === 'concurrent' ? 0.4 : 1
  const swing = between * (slope * noiseSizes[check]) ** 2
  const shift = Math.log(worse / tolerated)
  for (let ticks = 1; ticks < 1000; ticks++) {
    const spread = (swing * inflation(ticks)) / ticks + 1 / (worse * requests * ticks)
    if ((shift * shift) / (2 * spread) >= needed) return ticks
  }
  return Number.NaN
}

function inflation(ticks: number): number {
  return 19 - (1.8 * (1 - 0.9 ** ticks)) / (ticks * 0.01)
}

function divergence(p: number, q: number): number {
  return p * Math.log(p / q) + (1 - p) * Math.log((1 - p) / (1 - q))
}
