/**
 * A fortune spread over bets and cash. `logWealth` is the evidence (natural logarithm of the e-value); `shares` sum to 1, cash first.
 */
export interface Portfolio {
  readonly logWealth: number
  readonly shares: readonly number[]
}

/** Kept out of every bet: bounds what a long run of wrong bets can cost. */
const cash = 0.1
/** Moved from winners back to all each tick (fixed share), so that an onset late in the watch finds funded bets. */
const shareATick = 0.004
/** Evidence stops growing at e^690, near the largest double: far past every decision, and it stays finite in JSON. */
const largestLogWealth = 690

/** Wealth 1 over `bets` bets, evenly but for the cash. */
export function openPortfolio(bets: number): Portfolio {
  return { logWealth: 0, shares: priorShares(bets) }
}

/**
 * One tick. `logFactors[k]` is what bet k multiplied its money by (cash is not among them).
 *
 * Proof obligation: if every factor has conditional expectation ≤ 1, so has the wealth's ratio: it is their weighted mean with
 * weights fixed before the tick, and moving money between bets creates none. Hence wealth is a test supermartingale, and by
 * Ville's inequality P(ever ≥ 1/α) ≤ α. Source: Herbster and Warmuth, Tracking the best expert (1998).
 */
export function advance(portfolio: Portfolio, logFactors: readonly number[]): Portfolio {
  const money = portfolio.shares.map((share, index) =>
    index === 0 ? share : share * Math.exp(logFactors[index - 1] ?? 0),
  )
  const growth = money.reduce((sum, part) => sum + part, 0)
  const toBet = (shareATick * (1 - cash)) / logFactors.length
  const shares = money.map(
    (part, index) => (1 - shareATick) * (part / growth) + (index === 0 ? shareATick * cash : toBet),
  )
  return { logWealth: Math.min(largestLogWealth, portfolio.logWealth + Math.log(growth)), shares }
}

function priorShares(bets: number): readonly number[] {
  return [cash, ...Array.from({ length: bets }, () => (1 - cash) / bets)]
}
