import jstat from 'jstat'
import { describe, expect, test } from 'vitest'
import {
  type Bet,
  betOnNotWorse,
  betOnWorse,
  noBet,
  type Offer,
  settle,
} from '../../../src/health/statistics/bet.ts'

const { jStat } = jstat

/** Probabilities of 0, 1, 2 … bad events; together within 1e-13 of 1 (checked). */
type Law = readonly number[]

function law(pmf: (count: number) => number, mean: number): Law {
  const most = Math.ceil(mean + 60 + 40 * Math.sqrt(mean + 1))
  return Array.from({ length: most }, (_, count) => pmf(count))
}

function poisson(mean: number): Law {
  return law((count) => jStat.poisson.pdf(count, mean), mean)
}

function binomial(tries: number, mean: number): Law {
  return Array.from({ length: tries + 1 }, (_, count) => jStat.binomial.pdf(count, tries, mean / tries))
}

/** Poisson with a gamma rate of squared CV `noise`. */
function gammaPoisson(mean: number, noise: number): Law {
  if (noise === 0) return poisson(mean)
  const spread = Math.ceil(mean + 40 * Math.sqrt(mean + noise * mean * mean) + 200)
  return Array.from({ length: spread }, (_, count) =>
    jStat.negbin.pdf(count, 1 / noise, 1 / (1 + noise * mean)),
  )
}

/** E[(factor)^count], by enumeration; infinity where the tail does not converge. */
function transform(of: Law, logFactor: number): number {
  return of.reduce((sum, probability, count) => sum + probability * Math.exp(count * logFactor), 0)
}

function expectation(bet: Bet, candidate: Law, reference: Law): number {
  return Math.exp(bet.constant) * transform(candidate, bet.candidate) * transform(reference, bet.reference)
}

const offers: Offer[] = [1, 4, 20].flatMap((candidate) =>
  [2, 10].flatMap((reference) =>
    [1, 1.1, 1.5].flatMap((theta) =>
      [0, 0.05].flatMap((delta) =>
        [0, 0.02, 0.3].map((noise) => ({
          candidate,
          reference,
          theta,
          delta,
          bound: 0.4,
          noise,
          referenceNoise: noise / 2,
        })),
      ),
    ),
  ),
)
const rates = [0, 0.02, 0.1, 0.25, 0.4]

describe('a bet on "worse" is fair at the edge of what is tolerated', () => {
  test.each([0.05, 0.3, 1, 4])(
    'size %d: E ≤ 1 for Poisson and gamma-Poisson counts at every b up to the bound',
    (size) => {
      for (const offer of offers) {
        const bet = betOnWorse(offer, size)
        for (const b of rates) {
          const a = offer.theta * b + offer.delta
          for (const share of [1, 0.5, 0]) {
            const candidate = gammaPoisson(offer.candidate * a, offer.noise * share)
            const reference = gammaPoisson(offer.reference * b, offer.referenceNoise * share)
            expect(expectation(bet, candidate, reference)).toBeLessThanOrEqual(1 + 1e-9)
          }
        }
      }
    },
  )

  test('E is 1, not less, at b = 0 and at b = bound: nothing is given away', () => {
    for (const offer of offers) {
      const bet = betOnWorse(offer, 0.3)
      if (bet === noBet) continue
      for (const b of [0, offer.bound]) {
        const candidate = gammaPoisson(offer.candidate * (offer.theta * b + offer.delta), offer.noise)
        const reference = gammaPoisson(offer.reference * b, offer.referenceNoise)
        expect(expectation(bet, candidate, reference)).toBeCloseTo(1, 6)
      }
    }
  })

  test('E ≤ 1 for binomial counts, where bad cannot exceed total', () => {
    for (const offer of offers.filter(({ noise }) => noise === 0)) {
      for (const size of [0.1, 1, 4]) {
        const bet = betOnWorse(offer, size)
        for (const b of rates) {
          const a = Math.min(1, offer.theta * b + offer.delta)
          const candidate = binomial(offer.candidate, offer.candidate * a)
          const reference = binomial(offer.reference, offer.reference * b)
          expect(expectation(bet, candidate, reference)).toBeLessThanOrEqual(1 + 1e-9)
        }
      }
    }
  })

  test('E < 1 when the candidate is better than the edge, and > 1 when it is twice as bad', () => {
    const offer: Offer = {
      candidate: 20,
      reference: 10,
      theta: 1.1,
      delta: 0.01,
      bound: 0.4,
      noise: 0.02,
      referenceNoise: 0,
    }
    const bet = betOnWorse(offer, 0.3)
    const at = (a: number): number => expectation(bet, gammaPoisson(20 * a, 0.02), poisson(10 * 0.2))
    expect(at(0.15)).toBeLessThan(0.9)
    expect(at(2 * (1.1 * 0.2 + 0.01))).toBeGreaterThan(1.5)
  })

  test('without a reference the known rate is the delta: E is 1 there and below 1 under it', () => {
    for (const noise of [0, 0.1]) {
      const offer: Offer = {
        candidate: 30,
        reference: 0,
        theta: 0,
        delta: 0.1,
        bound: 0,
        noise,
        referenceNoise: 0,
      }
      const bet = betOnWorse(offer, 0.8)
      expect(expectation(bet, gammaPoisson(3, noise), [1])).toBeCloseTo(1, 6)
      expect(expectation(bet, gammaPoisson(2, noise), [1])).toBeLessThan(1)
    }
  })
})

describe('a bet on "not worse" is fair at the edge of the promote margin', () => {
  test.each([0.1, 0.5, 0.9])('size %d: E ≤ 1 at a = θb + δ and above it', (size) => {
    for (const offer of offers) {
      const bet = betOnNotWorse(offer, size)
      for (const b of rates) {
        for (const more of [1, 1.3]) {
          const candidate = gammaPoisson(
            offer.candidate * (offer.theta * b + offer.delta) * more,
            offer.noise,
          )
          const reference = gammaPoisson(offer.reference * b, offer.referenceNoise)
          expect(expectation(bet, candidate, reference)).toBeLessThanOrEqual(1 + 1e-9)
        }
      }
    }
  })

  test('E is 1 at b = 0 and at b = bound, and > 1 when the candidate is as good as the reference', () => {
    for (const offer of offers) {
      const bet = betOnNotWorse(offer, 0.5)
      for (const b of [0, offer.bound]) {
        const candidate = gammaPoisson(offer.candidate * (offer.theta * b + offer.delta), offer.noise)
        expect(
          expectation(bet, candidate, gammaPoisson(offer.reference * b, offer.referenceNoise)),
        ).toBeCloseTo(1, 6)
      }
    }
    const wide: Offer = {
      candidate: 20,
      reference: 10,
      theta: 2,
      delta: 0.1,
      bound: 0.4,
      noise: 0.02,
      referenceNoise: 0,
    }
    expect(expectation(betOnNotWorse(wide, 0.3), gammaPoisson(4, 0.02), poisson(2))).toBeGreaterThan(1.2)
  })
})

/** Evidence of twelve bad in fifty where five were tolerated, if the service is this noisy. */
function noisy(noise: number): number {
  const offer = { candidate: 50, reference: 0, theta: 0, delta: 0.1, bound: 0, noise, referenceNoise: 0 }
  return settle(betOnWorse(offer, 0.4), 12, 0, 100)
}

describe('settling', () => {
  test('one tick adds at most the cap, whatever the counts', () => {
    const bet = betOnWorse(
      { candidate: 100, reference: 0, theta: 0, delta: 0.01, bound: 0, noise: 0, referenceNoise: 0 },
      5,
    )
    expect(settle(bet, 100, 0, Math.log(4))).toBe(Math.log(4))
    expect(settle(bet, 0, 0, Math.log(4))).toBeCloseTo(-5, 12)
  })

  test('the closed form of the limit without noise: (1+x)^c (1−θ(n_c/n_s)x)^s exp(−n_c δ x)', () => {
    const offer: Offer = {
      candidate: 50,
      reference: 200,
      theta: 1.1,
      delta: 0.002,
      bound: 0.5,
      noise: 0,
      referenceNoise: 0,
    }
    const expected = 7 * Math.log(1.8) + 3 * Math.log(1 - 1.1 * 0.25 * 0.8) - 50 * 0.002 * 0.8
    expect(settle(betOnWorse(offer, 0.8), 7, 3, 100)).toBeCloseTo(expected, 12)
  })

  test('noise only weakens: the same counts are less evidence the noisier the service may be', () => {
    expect(noisy(0)).toBeGreaterThan(noisy(0.05))
    expect(noisy(0.05)).toBeGreaterThan(noisy(0.3))
  })
})
