import type { Health } from '../../config/health.ts'
import type { Config } from '../../config/schema.ts'
import { SAME_TIME_WINDOWS } from '../../health/baseline.ts'
import { wantsComparison } from '../../health/comparison.ts'
import { LEAST_COVERAGE, LEAST_PAST_MS } from '../../health/verdict.ts'
import { missing, type Row, warning } from './row.ts'

/** What a health section will never compare, or never act on, as its config stands. */
export function comparisonRows({ environments, sources }: Config): Row[] {
  return Object.entries(environments).flatMap(([name, { health }]) =>
    health?.baseline === undefined
      ? []
      : [...historyRows(name, health, sources), ...shortPastRows(name, health)],
  )
}

/** Only a Prometheus remembers what was before the deployment. */
function historyRows(environment: string, health: Health, sources: Config['sources']): Row[] {
  const forgetful = Object.entries(health.checks).filter(([, check]) => {
    const source = sources[check.source ?? health.source ?? '']
    return wantsComparison(health, check) && source !== undefined && source.type !== 'prometheus'
  })
  if (forgetful.length === 0) return []
  const names = forgetful.map(([name]) => name).join(', ')
  const what = `health ${environment}`
  if (health.baseline?.kind === 'concurrent') {
    const why = `Nothing is remembered of before the deployment (${names}): at 100 % of the traffic, when the stable version has none, nothing is compared any more.`
    return [warning(what, why, 'Hold the steps below 100 % for long enough, or read a prometheus source.')]
  }
  return [
    missing(
      what,
      `${names} cannot be compared with the time before, because the source keeps no history: after the first upgrade none is ever healthy.`,
      'Read a prometheus source, compare with the stable version at the same time (baseline by labels), or leave baseline out.',
    ),
  ]
}

function shortPastRows(environment: string, { baseline }: Health): Row[] {
  if (baseline?.kind !== 'before') return []
  const windows = baseline.sameTime === undefined ? 1 : SAME_TIME_WINDOWS
  if (windows * baseline.beforeMs >= LEAST_COVERAGE * LEAST_PAST_MS) return []
  return [
    warning(
      `health ${environment}`,
      'Less than two hours of past are compared with: what looks worse is said, but nothing is taken back for it.',
      'Set baseline.before to 2h or more.',
    ),
  ]
}
