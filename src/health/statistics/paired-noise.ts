import type { Counts } from '../observation.ts'
import { blockLengths, inflation, type Noise } from './noise.ts'

/**
 * Learns how much of a service's noise sets two arms apart that run at the same time. What both share (a slow database, a
 * crawler) does not disturb their ratio; what each has for itself does. Sums over blocks of 1, 2, 4 … ticks; constant size.
 */
export interface PairedNoise {
  readonly ticks: number
  readonly blocks: readonly Block[]
}

interface Block {
  /** The block being filled: bad of candidate, and bad of the baseline scaled to the candidate's requests. */
  readonly candidate: number
  readonly scaled: number
  /** What counting noise adds to the square of `scaled`. */
  readonly scaledNoise: number
  /** Sums over filled blocks of products of the above. */
  readonly closed: number
  readonly cc: number
  readonly cs: number
  readonly ss: number
  readonly c: number
  readonly s: number
  readonly n: number
}

const emptyBlock: Block = {
  candidate: 0,
  scaled: 0,
  scaledNoise: 0,
  closed: 0,
  cc: 0,
  cs: 0,
  ss: 0,
  c: 0,
  s: 0,
  n: 0,
}

/** Bad-rates of the two arms so far. */
export interface Rates {
  readonly candidate: number
  readonly baseline: number
}

/** Beforehand half of what moves the reference is thought to set the arms apart, give or take as much (κ's mean and standard deviation). */
const priorApart = 0.5
const priorSpread = 0.5
/** Pods of a small arm may differ more than the large arm shows, but not without end. */
const mostApart = 20

export const startPairedNoise: PairedNoise = { ticks: 0, blocks: blockLengths.map(() => emptyBlock) }

export function pairedTick(noise: PairedNoise, candidate: Counts, baseline: Counts): PairedNoise {
  const scale = candidate.total / baseline.total
  const ticks = noise.ticks + 1
  const blocks = noise.blocks.map((block, index) => {
    const filled = {
      ...block,
      candidate: block.candidate + candidate.bad,
      scaled: block.scaled + scale * baseline.bad,
      scaledNoise: block.scaledNoise + scale * scale * baseline.bad,
    }
    return ticks % (blockLengths[index] ?? 1) === 0 ? close(filled) : filled
  })
  return { ticks, blocks }
}

function close(block: Block): Block {
  const { candidate: c, scaled: s, scaledNoise: n } = block
  return {
    candidate: 0,
    scaled: 0,
    scaledNoise: 0,
    closed: block.closed + 1,
    cc: block.cc + c * c,
    cs: block.cs + c * s,
    ss: block.ss + s * s,
    c: block.c + c,
    s: block.s + s,
    n: block.n + n,
  }
}

/**
 * The noise of the ratio of the two arms: `own`, the reference's noise by itself, times a factor κ that the residuals around
 * the fitted ratio ρ̂ show, so that neither a shared swing nor a constant worsening counts as noise:
 *
 *     κ(L) = Σ [(c − ρ̂s)² − Var(c) − ρ̂²·Var(s)] / (ρ̂²·Σ [s² − Var(s)] · w_L),   w_L = variance that `own` gives such a residual
 *
 * averaged over block lengths by precision and with a prior of 0.5 ± 0.5, plus half a standard error.
 */
export function ratioNoise(noise: PairedNoise, own: Noise, rates: Rates): Noise {
  const first = noise.blocks[0]
  const ratio = first && first.s > 0 ? first.c / first.s : 0
  const [thinC, thinS] = [thinned(rates.candidate), thinned(rates.baseline)]
  let precision = 1 / priorSpread ** 2
  let sum = priorApart * precision
  for (const [index, block] of noise.blocks.entries()) {
    const length = blockLengths[index] ?? 1
    if (block.closed < 6 || !(ratio > 0)) continue
    const mean = ratio * ratio * (block.ss - block.n)
    const total = block.cc - 2 * ratio * block.cs + ratio * ratio * block.ss
    const unit = mean * expectedResidual(own, length, noise.ticks)
    if (!(unit > 0)) continue
    const apart = (total - thinC * block.c - thinS * ratio * ratio * block.n) / unit
    const error = (Math.max(total, block.c) * Math.sqrt(2 / block.closed)) / unit
    const weight = 1 / (error * error * blockLengths.length)
    precision += weight
    sum += weight * apart
  }
  const apart = Math.max(0.05, Math.min(mostApart, sum / precision + 0.5 / Math.sqrt(precision)))
  return {
    swing: own.swing * apart,
    persistence: own.persistence,
    jitter: Math.max(0.005, own.jitter * apart),
  }
}

/** Binomial counts vary less than Poisson ones by this factor. Traffic has no rate and is Poisson. */
function thinned(rate: number): number {
  return rate < 1 ? 1 - rate : 1
}

/** Squared CV of a block of `length` ticks around the mean of `ticks` of them, under `own`. */
function expectedResidual(own: Noise, length: number, ticks: number): number {
  const block = (own.swing * inflation(own.persistence, length) + own.jitter) / length
  const whole = (own.swing * inflation(own.persistence, ticks) + own.jitter) / ticks
  return Math.max(1e-6, block - whole)
}
