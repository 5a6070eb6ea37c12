import type { Check, CheckOf } from '../config/health.ts'
import { bucketsIn, type Figure } from './figure.ts'
import { slowerThan } from './latency.ts'
import { allowedShare, isLimited } from './limit.ts'
import { levelIn } from './unit.ts'
import type { Buckets } from './observation.ts'
import type { WatchState } from './watch.ts'

/**
 * Whether the version before broke this check's absolute limit too, as far as it was seen: then the new one is not to
 * blame. A comparison needs no such question, since what both do is no difference.
 */
export function wasBadBefore({ health, checks }: WatchState, name: string): boolean {
  const check = health.checks[name]
  const figure = checks[name]?.figures.baseline ?? checks[name]?.comparison?.past
  return check !== undefined && figure !== undefined && isLimited(check) && breaks(check, figure)
}

function breaks(check: Check, figure: Figure): boolean {
  if (figure.kind === 'counted') return figure.total > 0 && figure.bad / figure.total > allowedShare(check)
  if (figure.kind === 'buckets') return check.kind === 'histogram' && isTooSlow(check, bucketsIn(figure))
  if (check.kind !== 'gauge') return false
  const { max, min } = check
  const isAbove = max !== undefined && figure.least > levelIn(check.gauge, max)
  return isAbove || (min !== undefined && figure.most < levelIn(check.gauge, min))
}

function isTooSlow(check: CheckOf<'histogram'>, buckets: Buckets): boolean {
  if (check.max === undefined) return false
  const { atLeast, total } = slowerThan(buckets, levelIn(check.histogram, check.max))
  return total > 0 && atLeast / total > allowedShare(check)
}
