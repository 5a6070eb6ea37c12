import { describe, expect, test } from 'vitest'
import { advance, openPortfolio, type Portfolio } from '../../../src/health/statistics/portfolio.ts'

function run(start: Portfolio, ticks: number, factors: readonly number[]): Portfolio {
  let portfolio = start
  for (let tick = 0; tick < ticks; tick++) portfolio = advance(portfolio, factors)
  return portfolio
}

describe('a portfolio of bets', () => {
  test('is self-financing: wealth grows by exactly the mean of the factors, weighted by the shares before the tick', () => {
    const before = run(openPortfolio(3), 5, [0.2, -0.1, 0.4])
    const factors = [0.7, -1.2, 0.1]
    const grown = before.shares.reduce(
      (sum, share, index) => sum + share * Math.exp(index === 0 ? 0 : factors[index - 1]!),
      0,
    )
    expect(advance(before, factors).logWealth).toBeCloseTo(before.logWealth + Math.log(grown), 12)
  })

  test('shares always sum to 1 and stay above nothing', () => {
    const { shares } = run(openPortfolio(4), 5000, [-2, -1, 0.3, -3])
    expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12)
    expect(Math.min(...shares)).toBeGreaterThan(0)
  })

  test('E ≤ 1 survives: two outcomes of mean 1 keep the expected wealth at 1, by enumeration of all paths', () => {
    const outcomes = [
      { probability: 0.25, factors: [Math.log(2.5), Math.log(1.6)] },
      { probability: 0.75, factors: [Math.log(0.5), Math.log(0.8)] },
    ]
    let paths = [{ probability: 1, portfolio: openPortfolio(2) }]
    for (let tick = 0; tick < 8; tick++) {
      paths = paths.flatMap((path) =>
        outcomes.map(({ probability, factors }) => ({
          probability: path.probability * probability,
          portfolio: advance(path.portfolio, factors),
        })),
      )
    }
    const mean = paths.reduce(
      (sum, { probability, portfolio }) => sum + probability * Math.exp(portfolio.logWealth),
      0,
    )
    expect(mean).toBeCloseTo(1, 10)
  })

  test('a long quiet watch costs little, and a late onset still finds funded bets', () => {
    const quiet = run(openPortfolio(5), 2000, [-0.01, -0.05, -0.2, -0.5, -1])
    expect(quiet.logWealth).toBeGreaterThan(-10)
    const after = run(quiet, 8, [0.1, 0.4, 1.3, 0.2, -1])
    expect(after.logWealth - quiet.logWealth).toBeGreaterThan(4)
  })

  test('stays finite for ever: evidence is capped far past every decision', () => {
    expect(run(openPortfolio(2), 5000, [1.3, 1.3]).logWealth).toBe(690)
  })
})
