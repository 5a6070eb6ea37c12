import type { Buckets, Observation } from '../../src/health/observation.ts'
import type { Random } from './random.ts'

/** How a service's rates move though nothing is wrong with it. */
export type NoiseKind = 'poisson' | 'gamma' | 'ar1' | 'drift' | 'bursts'
export type Mode = 'before_after' | 'concurrent'

/** What the new version does worse; 1 and 0 are "nothing". */
export interface Degradation {
  /** Error rate, times. */
  readonly errors?: number
  /** Latency of every request, times. */
  readonly slower?: number
  /** Share of requests that are four times slower. */
  readonly fourTimesSlower?: number
  /** CPU, times. */
  readonly cpu?: number
  /** Share of the traffic that is left. */
  readonly traffic?: number
}

export interface Scenario {
  readonly mode: Mode
  readonly noise: NoiseKind
  /** Requests a second of the whole service. */
  readonly rate: number
  readonly errorRate: number
  /** Ticks of 15 s. */
  readonly baselineTicks: number
  readonly watchTicks: number
  /** Ticks after the watch's start at which the degradation sets in; 0 where absent. */
  readonly onset?: number
  readonly degradation?: Degradation
}

/** One tick of the whole service as all checks see it. */
export interface Tick {
  readonly errors: Observation
  readonly latency: Observation
  readonly cpu: Observation
  readonly traffic: Observation
}

export interface Recording {
  readonly baseline: readonly Tick[]
  readonly watch: readonly Tick[]
}

export const tickSeconds = 15
const graceTicks = 4
export const canaryShare = 0.2
const edges = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, Infinity]
/** Log-normal latency: median 90 ms, p99 about 260 ms. */
const latency = { median: 0.09, sigma: 0.45 }
const ticksADay = 86_400 / tickSeconds

/**
 * A service of which nothing but the version changes. Swings of error rate, latency and traffic are log-normal AR(1), gamma
 * a tick, a daily sine, or bursts; in concurrent mode the greater part of a swing is shared by both arms, the rest is each arm's own.
 */
export function record(scenario: Scenario, random: Random): Recording {
  const shared = swings(scenario, random)
  const own = [swings(scenario, random), swings(scenario, random)] as const
  const arms = scenario.mode === 'concurrent' ? [canaryShare, 1 - canaryShare] : [1]
  const baseline: Tick[] = []
  const watch: Tick[] = []
  const total = scenario.baselineTicks + graceTicks + scenario.watchTicks
  for (let index = 0; index < total; index++) {
    const common = shared()
    const apart = own.map((swing) => swing())
    const at = index - scenario.baselineTicks - graceTicks
    const inCharge = mixed(scenario, common, apart[0] ?? common)
    if (at < 0) {
      if (index < scenario.baselineTicks)
        baseline.push(only(arm(scenario, { share: arms[1] ?? 1, swing: inCharge, worse: {} }, random)))
      continue
    }
    const worse = at >= (scenario.onset ?? 0) ? (scenario.degradation ?? {}) : {}
    const now = { share: arms[0] ?? 1, swing: mixed(scenario, common, apart[1] ?? common), worse }
    const candidate = arm(scenario, now, random)
    const stable =
      arms[1] === undefined
        ? undefined
        : arm(scenario, { share: arms[1], swing: inCharge, worse: {} }, random)
    watch.push(stable ? both(candidate, stable) : only(candidate))
  }
  return { baseline, watch }
}

/** Logarithms of this moment's factors. */
interface Swing {
  readonly errors: number
  readonly latency: number
  readonly traffic: number
}

interface ArmTick {
  readonly errors: { readonly bad: number; readonly total: number }
  readonly latency: Buckets
  readonly cpu: readonly number[]
}

/** Standard deviation of the logarithm of each rate, for gamma and AR(1) noise. */
export const noiseSizes = { errors: 0.3, latency: 0.06, traffic: 0.2 } as const

function swings(scenario: Scenario, random: Random): () => Swing {
  switch (scenario.noise) {
    case 'poisson':
      return () => ({ errors: 0, latency: 0, traffic: 0 })
    case 'gamma':
      return () => ({
        errors: Math.log(random.gamma(1, noiseSizes.errors ** 2)),
        latency: Math.log(random.gamma(1, noiseSizes.latency ** 2)),
        traffic: Math.log(random.gamma(1, noiseSizes.traffic ** 2)),
      })
    case 'ar1': {
      const one = (sd: number): (() => number) => {
        let value = sd * random.normal()
        return () => (value = 0.9 * value + sd * Math.sqrt(1 - 0.81) * random.normal())
      }
      const [errors, latency, traffic] = [
        one(noiseSizes.errors),
        one(noiseSizes.latency),
        one(noiseSizes.traffic),
      ]
      return () => ({ errors: errors(), latency: latency(), traffic: traffic() })
    }
    case 'drift': {
      let at = Math.floor(random.uniform() * ticksADay)
      return () => {
        const sine = Math.sin((2 * Math.PI * at++) / ticksADay)
        return {
          errors: Math.log(1 + 0.3 * sine),
          latency: Math.log(1 + 0.05 * sine),
          traffic: Math.log(1 + 0.5 * sine),
        }
      }
    }
    default: {
      let left = 0
      return () => {
        if (left > 0) left--
        else if (random.uniform() < 0.01) left = 1 + Math.floor(4 * random.uniform())
        return left > 0
          ? { errors: Math.log(5), latency: Math.log(1.3), traffic: Math.log(1.5) }
          : { errors: 0, latency: 0, traffic: 0 }
      }
    }
  }
}

/** Before/after has one arm and one swing; concurrent arms share most of it. A day is the same for both. */
function mixed(scenario: Scenario, shared: Swing, own: Swing): Swing {
  if (scenario.mode === 'before_after' || scenario.noise === 'drift') return shared
  const [much, little] = [Math.sqrt(0.8), Math.sqrt(0.2)]
  return {
    errors: much * shared.errors + little * own.errors,
    latency: much * shared.latency + little * own.latency,
    traffic: shared.traffic,
  }
}

interface ArmNow {
  /** Of the service's traffic. */
  readonly share: number
  readonly swing: Swing
  readonly worse: Degradation
}

function arm(scenario: Scenario, { share, swing, worse }: ArmNow, random: Random): ArmTick {
  const expected = scenario.rate * tickSeconds * share * Math.exp(swing.traffic) * (worse.traffic ?? 1)
  const bucketed = buckets(
    expected,
    Math.exp(swing.latency) * (worse.slower ?? 1),
    worse.fourTimesSlower ?? 0,
    random,
  )
  const total = bucketed.counts.reduce((sum, count) => sum + count, 0)
  const errorRate = Math.min(1, scenario.errorRate * Math.exp(swing.errors) * (worse.errors ?? 1))
  const pods = Math.max(1, Math.round(share * 5))
  return {
    errors: { bad: Math.min(total, random.poisson(total * errorRate)), total },
    latency: bucketed,
    cpu: Array.from(
      { length: pods },
      () => 0.3 * Math.exp(swing.traffic + 0.05 * random.normal()) * (worse.cpu ?? 1),
    ),
  }
}

function buckets(expected: number, scale: number, slow: number, random: Random): Buckets {
  const counts: number[] = []
  let below = 0
  for (const edge of edges) {
    const upTo = (1 - slow) * logNormalCdf(edge / scale) + slow * logNormalCdf(edge / (4 * scale))
    counts.push(random.poisson(expected * Math.max(0, upTo - below)))
    below = upTo
  }
  return { edges, counts }
}

export function logNormalCdf(seconds: number): number {
  if (seconds === Infinity) return 1
  return normalCdf(Math.log(seconds / latency.median) / latency.sigma)
}

/** Abramowitz and Stegun 7.1.26, absolute error below 1.5e-7: enough to simulate with. */
function normalCdf(z: number): number {
  const t = 1 / (1 + 0.3275911 * Math.abs(z) * Math.SQRT1_2)
  const poly =
    t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))))
  const upper = 0.5 * poly * Math.exp((-z * z) / 2)
  return z > 0 ? 1 - upper : upper
}

function only(candidate: ArmTick): Tick {
  return {
    errors: { kind: 'counted', candidate: candidate.errors },
    latency: { kind: 'buckets', candidate: candidate.latency },
    cpu: { kind: 'samples', candidate: candidate.cpu },
    traffic: { kind: 'counted', candidate: candidate.errors },
  }
}

function both(candidate: ArmTick, baseline: ArmTick): Tick {
  return {
    errors: { kind: 'counted', candidate: candidate.errors, baseline: baseline.errors },
    latency: { kind: 'buckets', candidate: candidate.latency, baseline: baseline.latency },
    cpu: { kind: 'samples', candidate: candidate.cpu, baseline: baseline.cpu },
    traffic: { kind: 'counted', candidate: candidate.errors, baseline: baseline.errors },
  }
}
