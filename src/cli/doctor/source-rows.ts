import type { Environment } from '../../adapters/child-environment.ts'
import { openSource } from '../../adapters/registry.ts'
import type { Config } from '../../config/schema.ts'
import { UsageError } from '../../errors.ts'
import { anyVersionQuery } from '../../health/build-info.ts'
import { armQueries, describeQuery, sourcesOf } from '../../health/query-plan.ts'
import type { Clock } from '../../ports/clock.ts'
import type { HealthSource, Measurement, Query } from '../../ports/health-source.ts'
import { missing, ok, type Row, warning } from './row.ts'

export interface SourceShell {
  readonly environment: Environment
  readonly clock: Clock
  readonly signal: AbortSignal
}

/** Whether each source that a check needs has a place, answers, and knows what the checks ask for. */
export async function sourceRows(config: Config, shell: SourceShell): Promise<Row[]> {
  const names = new Set(
    Object.values(config.environments).flatMap(({ health }) =>
      health === undefined ? [] : sourcesOf(health),
    ),
  )
  const rows = await Promise.all([...names].map((name) => sourceRow(name, config, shell)))
  return rows.flat()
}

async function sourceRow(
  name: string,
  config: Config,
  { environment, clock, signal }: SourceShell,
): Promise<Row[]> {
  try {
    const source = await openSource(name, config, environment, clock)
    return await answerRows(source, questionsTo(name, config), signal)
  } catch (error) {
    if (error instanceof UsageError)
      return [missing(`source ${name}`, error.message, 'Set it here, and in the workflow under env.')]
    throw error
  }
}

interface Question {
  readonly check: string
  readonly query: Query
}

/** What the checks ask, of all series: which of them are the new version's is known only when there is one. */
function questionsTo(source: string, { environments }: Config): Question[] {
  return Object.entries(environments).flatMap(([environment, { health }]) => {
    const ofChecks = Object.entries(health?.checks ?? {}).flatMap(([name, check]) => {
      if ((check.source ?? health?.source) !== source) return []
      return (armQueries(check, {}, {}) ?? []).map((query) => ({ check: `${environment}.${name}`, query }))
    })
    const live = health?.source === source ? anyVersionQuery(health) : undefined
    return live === undefined ? ofChecks : [...ofChecks, { check: `${environment}.live`, query: live }]
  })
}

async function answerRows(
  source: HealthSource,
  questions: readonly Question[],
  signal: AbortSignal,
): Promise<Row[]> {
  const answers = await source.read(
    questions.map(({ query }) => query),
    signal,
  )
  const what = `source ${source.name}`
  const silent =
    questions.length > 0 && questions.every(({ query }, index) => isSilent(query, answers[index]))
  const first = answers[0]
  if (silent && first !== undefined) {
    const why = first.kind === 'ok' ? 'the request failed' : whyOf(first)
    return [
      missing(what, `It does not answer: ${why}`, 'See that it is reachable from here, and its token right.'),
    ]
  }
  const faults = questions.flatMap(({ check, query }, index) => {
    const answer = answers[index]
    return answer === undefined || isWell(answer) ? [] : [faultRow(check, query, answer)]
  })
  return [
    ok(what, `It answers; ${questions.length - faults.length} of ${questions.length} queries have data.`),
    ...faults,
  ]
}

/** Nothing came back; that a Prometheus has no such series is an answer, and so is an alert. */
function isSilent({ kind }: Query, answer: Measurement | undefined): boolean {
  return answer?.kind === 'error' || (kind === 'probe' && answer?.kind === 'ok' && !isWell(answer))
}

/** A probe's answer is a sample too: 0 says that it failed. */
function isWell(answer: Measurement): boolean {
  if (answer.kind !== 'ok') return false
  return answer.samples.every(({ labels, value }) => labels['__name__'] !== 'probe_success' || value === 1)
}

function faultRow(check: string, query: Query, answer: Measurement): Row {
  const asked = describeQuery(query)
  const failed = query.kind === 'alerts' ? 'an alert is firing' : 'the request failed'
  const why = answer.kind === 'ok' ? failed : whyOf(answer)
  return warning(
    `check ${check}`,
    `${asked}: ${why}`,
    'See that the selector or path is right; a check without data decides nothing.',
  )
}

function whyOf(answer: Measurement): string {
  return answer.kind === 'ok' ? '' : answer.why
}
