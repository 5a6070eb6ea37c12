import type { VerdictReport } from './facts.ts'
import type { Upgrade } from './receipt.ts'
import type { RunReport } from './run-report.ts'

/** GitHub takes 65 535 characters of a check run's text, and what is cut is no JSON; `<!--` may become longer on its way. */
const MAX_TEXT = 60_000

/** How much is told; the first that fits is taken. Digests are what a rollback needs: they go last. */
const ROOMS = [
  { artifacts: 200, suites: 50, release: 4000, checks: 40, queries: 8, line: 400 },
  { artifacts: 200, suites: 50, release: 1000, checks: 40, queries: 2, line: 200 },
  { artifacts: 200, suites: 20, release: 0, checks: 20, queries: 0, line: 100 },
  { artifacts: 100, suites: 0, release: 0, checks: 0, queries: 0, line: 100 },
  { artifacts: 20, suites: 0, release: 0, checks: 0, queries: 0, line: 100 },
  { artifacts: 0, suites: 0, release: 0, checks: 0, queries: 0, line: 100 },
] as const
type Room = (typeof ROOMS)[number]

/** What a run leaves for the App of one environment, as JSON that fits where it is left: too much is left out, never cut off. Pure. */
export function runReportText(upgrade: Upgrade, environment: string): string {
  const texts = ROOMS.values().map((room) => JSON.stringify(reportIn(room, upgrade, environment)))
  const [first = ''] = texts.filter((text) => text.length <= MAX_TEXT).take(1)
  return first
}

function reportIn(room: Room, upgrade: Upgrade, environment: string): RunReport {
  const { id, artifacts, tests, code } = upgrade
  const known = upgrade.environments.find(({ name }) => name === environment)
  const judged = known?.judged.at(-1)
  const release = cut(known?.difference ?? '', room.release)
  return {
    schema: 'seamless.run/1',
    upgrade: id,
    // A cut name is another image's: what does not fit stays out whole. Images first, which only a registry has.
    artifacts: artifacts
      .toSorted((one, other) => Number(other.kind === 'image') - Number(one.kind === 'image'))
      .slice(0, room.artifacts),
    ...(code && {
      code: {
        commits: code.commits.length + code.more,
        files: code.files.length,
        added: sum(code.files.map(({ added }) => added)),
        removed: sum(code.files.map(({ removed }) => removed)),
      },
    }),
    tests: tests.slice(0, room.suites).map(({ suite, passed, newlyFailing, accepted }) => ({
      suite: cut(suite, 100),
      passed,
      newlyFailing: newlyFailing.length,
      accepted: accepted.length,
    })),
    ...(release !== '' && { release }),
    ...(judged && { judged: judgedIn(room, judged) }),
  }
}

function judgedIn(room: Room, report: VerdictReport): NonNullable<RunReport['judged']> {
  const { evidence: _, startedAtMs: __, dashboard, ...known } = report
  return {
    ...known,
    line: cut(report.line, room.line),
    ...(dashboard !== undefined && dashboard.length <= 2000 && { dashboard }),
    // Those that are bad are what is acted upon.
    checks: report.checks
      .toSorted((one, other) => Number(other.verdict === 'unhealthy') - Number(one.verdict === 'unhealthy'))
      .slice(0, room.checks)
      .map((check) => ({
        ...check,
        line: cut(check.line, room.line),
        // Of two cut queries that are equal nobody says that they are independent: the milder of two mistakes.
        queries: check.queries.slice(0, room.queries).map((query) => cut(query, room.line)),
      })),
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0)
}

/** Half a surrogate pair is no text. */
function cut(text: string, length: number): string {
  return text.length <= length ? text : text.slice(0, length).replace(/[\uD800-\uDBFF]$/, '')
}
