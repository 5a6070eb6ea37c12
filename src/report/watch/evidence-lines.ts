import { ALPHA } from '../../health/standing.ts'
import type { CheckRow } from '../../health/explain.ts'
import type { Found } from '../../watch/watch-record.ts'
import { capital, noticedLine } from '../headline.ts'
import { prose } from '../markdown.ts'
import type { Told } from './told.ts'

/** The verdict in one line, who noticed, and how sure that is. */
export function evidenceLines({ record, found, back }: Told): readonly string[] {
  const { outcome } = record
  // Where nothing could be measured the outcome says why; what a person said is no evidence.
  const line = outcome === undefined || outcome.by !== undefined ? found?.line : outcome.line
  const said = line === undefined ? [] : [`> ${prose(line, 1000)}`]
  if (found === undefined) return said
  const noticed =
    found.noticed === undefined ? changedLine(found) : `**${capital(noticedLine(found.noticed))}.**`
  return [
    ...said,
    ...(noticed === '' ? [] : [noticed]),
    ...(found.verdict === 'inconclusive' ? [] : [howSure(found, back ?? 'the version before')]),
  ]
}

/** Without a comparison at the same time nobody can say that a request failed because of the new version, only what changed since. */
function changedLine(found: Found): string {
  const changed = badFirst(found.checks)
    .filter(({ before, after }) => before !== '' && after !== '' && before !== after)
    .filter(({ verdict }) => found.verdict !== 'unhealthy' || verdict === 'unhealthy')
  const shown = changed
    .slice(0, 3)
    .map(({ name, before, after }) => `${prose(name)} ${prose(before)} → ${prose(after)}`)
  return shown.length === 0 ? '' : `Changed since the deployment: ${shown.join(', ')}.`
}

/** The checks with the worst first, else in their own order. */
export function badFirst(checks: readonly CheckRow[]): readonly CheckRow[] {
  const ranks = { unhealthy: 0, inconclusive: 1, healthy: 2 }
  return checks.toSorted((a, b) => ranks[a.verdict] - ranks[b.verdict])
}

/** What the method promises of this verdict: `docs/judge.md` has the proof and its limits. */
function howSure({ verdict, comparison, checks }: Found, old: string): string {
  const against =
    comparison === 'concurrent' ? `with ${old} at the same time` : 'with the time before the deployment'
  if (verdict === 'healthy') {
    return comparison === 'none'
      ? 'How sure: it kept its limits. It was compared with nothing, so what got worse within them does not show.'
      : `How sure: compared ${against}, each check is within its promote margin with 95 % confidence.`
  }
  const compared = checks.some(({ reason }) => reason === 'worse_than_baseline')
  const bad = checks.filter((check) => check.verdict === 'unhealthy')
  if (bad.length > 0 && bad.every((check) => check.wasBadBefore))
    return 'How sure: it is bad, but it was as bad before the deployment, which is not to blame for it.'
  if (!compared) return 'How sure: a limit was broken, several times in a row.'
  const chance = `an unchanged version is called worse in at most ${Math.round(ALPHA * 100)} of 100 watches`
  const other = comparison === 'before_after' ? '; what else changed at that moment would look the same' : ''
  return `How sure: compared ${against}; ${chance}${other}.`
}
