import type { VerdictReport } from '../upgrade/facts.ts'
import { count } from './headline.ts'
import { cell } from './markdown.ts'

type Verdict = VerdictReport['verdict']
type Check = Pick<
  VerdictReport['checks'][number],
  'name' | 'verdict' | 'before' | 'after' | 'change' | 'allowed' | 'coverage' | 'sparkline'
>

/** What was measured, a row a check, as lines of Markdown. The verdict stands where a phone shows it without scrolling. */
export function checksTable(checks: readonly Check[]): readonly string[] {
  return [
    '| check | verdict | before | now | change | allowed | coverage | |',
    '|---|---|---|---|---|---|---|---|',
    ...checks.map(
      (check) =>
        `| ${cell(check.name)} | ${verdictWord(check.verdict)} | ${cell(check.before)} | ${cell(check.after)} | ${cell(check.change)} | ${cell(check.allowed)} | ${count(check.coverage.measured)} of ${count(check.coverage.expected)} | ${check.sparkline} |`,
    ),
  ]
}

function verdictWord(verdict: Verdict): string {
  return { healthy: '✅ healthy', unhealthy: '❌ unhealthy', inconclusive: '❔ inconclusive' }[verdict]
}
