/** What is tolerated: new ≤ old·(1 + worseBy) + atLeast. Both are fractions: 0.1 is 10 %, 0.0005 is 0.05 percentage points. */
export interface Margin {
  readonly worseBy: number
  readonly atLeast: number
}

/** The null hypothesis of one comparison, H0: a ≤ theta·b + delta. */
export interface Tolerance {
  readonly theta: number
  readonly delta: number
}

/** What a check measures; each kind has its own way from an observation to counts. */
export type JudgedKind = 'ratio' | 'histogram' | 'gauge' | 'traffic' | 'probe'

/** The margins a check has when its config names none. Measured choices, docs/judge.md. */
export const defaultMargins: Readonly<Record<JudgedKind, Margin>> = {
  ratio: { worseBy: 0.1, atLeast: 0.0005 },
  probe: { worseBy: 0.1, atLeast: 0.0005 },
  histogram: { worseBy: 0.1, atLeast: 0.002 },
  gauge: { worseBy: 0.1, atLeast: 0.05 },
  // A fifth of the traffic must be left: load balancers, nights and caches move traffic, crashes end it.
  traffic: { worseBy: -0.8, atLeast: 0 },
}

/** The margin that a promotion has to prove: twice the revert margin and 0.1 pp, so that unchanged services reach `healthy`. */
export function promoteMargin(kind: JudgedKind, revert: Margin): Margin {
  if (kind === 'traffic') return revert
  return { worseBy: 2 * revert.worseBy, atLeast: 2 * revert.atLeast + 0.001 }
}
