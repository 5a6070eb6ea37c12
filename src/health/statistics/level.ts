import type { Noise } from './noise.ts'

/**
 * Where an unchanged rate may be just now relative to its expected one, as logarithms: `offset`, because the past gave only an
 * estimate of the expected rate and that error stays; `swing`, because rates wander and come back. With their covariance.
 */
export interface Level {
  readonly offset: number
  readonly swing: number
  readonly offsetVariance: number
  readonly covariance: number
  readonly swingVariance: number
  /** Share of a change that set in at the start which offset and swing have taken for their own by now. */
  readonly absorbedOffset: number
  readonly absorbedSwing: number
}

/** What a level foretells for one tick: the rate's factor and its squared coefficient of variation. */
export interface Forecast {
  readonly factor: number
  readonly noise: number
  readonly fresh: number
}

/** A level never explains more than this many of its own standard deviations away: beyond, it is the version. */
const farthest = 2.5

/** Nothing seen: the expected rate is known up to `uncertainty` (squared CV), the swing is anywhere it usually is. */
export function startLevel(noise: Noise, uncertainty: number): Level {
  return {
    offset: 0,
    swing: 0,
    offsetVariance: uncertainty,
    covariance: 0,
    swingVariance: noise.swing,
    absorbedOffset: 0,
    absorbedSwing: 0,
  }
}

/**
 * One tick later: the swing fades by `persistence` and is refilled to its usual variance.
 *
 * Proof obligation: with the noise model true, the tick's rate given the past has mean `factor` and squared CV `noise` times
 * the expected rate, so a bet at this forecast is fair (bet.ts). Source: dynamic generalised linear model with conjugate
 * gamma updating, West, Harrison and Migon (1985), Poisson case.
 */
export function pass(level: Level, noise: Noise): Level {
  const { persistence: kept } = noise
  return {
    ...level,
    swing: kept * level.swing,
    absorbedSwing: kept * level.absorbedSwing,
    covariance: kept * level.covariance,
    swingVariance: kept * kept * level.swingVariance + (1 - kept * kept) * noise.swing,
  }
}

export function forecast(level: Level, noise: Noise): Forecast {
  return {
    factor: Math.exp(level.offset + level.swing),
    noise: variance(level) + noise.jitter,
    fresh: Math.max(0, 1 - level.absorbedOffset - level.absorbedSwing),
  }
}

/** Learns from a tick: `count` where `expected` (at factor 1) was expected. Counts tell less where jitter blurs them. */
export function learn(level: Level, noise: Noise, count: number, expected: number): Level {
  const prior = variance(level)
  if (!(prior > 1e-12) || !(expected > 0)) return level
  const foretold = expected * Math.exp(level.offset + level.swing)
  const clarity = 1 / (1 + noise.jitter * foretold)
  const shape = 1 / prior
  const move = Math.log((shape + count * clarity) / (shape + foretold * clarity))
  const left = 1 / (shape + count * clarity)
  const offsetGain = (level.offsetVariance + level.covariance) / prior
  const swingGain = (level.swingVariance + level.covariance) / prior
  const gone = prior - left
  const surprise =
    (1 - level.absorbedOffset - level.absorbedSwing) * ((foretold * clarity) / (shape + foretold * clarity))
  return {
    offset: level.offset + offsetGain * move,
    swing: clip(level.swing + swingGain * move, farthest * Math.sqrt(noise.swing)),
    offsetVariance: level.offsetVariance - offsetGain * offsetGain * gone,
    covariance: level.covariance - offsetGain * swingGain * gone,
    swingVariance: level.swingVariance - swingGain * swingGain * gone,
    absorbedOffset: level.absorbedOffset + offsetGain * surprise,
    absorbedSwing: level.absorbedSwing + swingGain * surprise,
  }
}

function variance(level: Level): number {
  return Math.max(0, level.offsetVariance + 2 * level.covariance + level.swingVariance)
}

function clip(value: number, limit: number): number {
  return Math.max(-limit, Math.min(limit, value))
}
