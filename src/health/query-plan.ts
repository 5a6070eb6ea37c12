import type { Check, CheckOf, Health } from '../config/health.ts'
import type { TemplateValues } from '../config/label-template.ts'
import { fillSelector, formatSelector, type LabelTemplates, type Selector } from '../config/selector.ts'
import type { Measurement, ProbeRequest, Query } from '../ports/health-source.ts'

/** The queries of one tick to one source, each once. */
export interface QueryBatch {
  readonly source: string
  readonly queries: readonly Query[]
}

/** What each source said: `answers[i][j]` to `queriesOf(…)[i].queries[j]`. */
export type Answers = readonly (readonly Measurement[])[]

/** Where a check's answers stand: `[batch, query]`, in the order in which its kind asks (a ratio: bad, total). Undefined: a value that the selector needs is unknown. */
export type Slots = readonly (readonly [batch: number, query: number])[] | undefined

export interface QueryPlan {
  readonly batches: readonly QueryBatch[]
  readonly checks: Readonly<Record<string, { readonly candidate: Slots; readonly baseline: Slots }>>
}

/** The queries of one tick, grouped by source, each asked once however many checks need it. */
export function queriesOf(health: Health, values: TemplateValues): readonly QueryBatch[] {
  return planQueries(health, values).batches
}

/** The names of the sources that a watch reads, also those whose queries cannot be made yet. */
export function sourcesOf({ source, live, checks }: Health): readonly string[] {
  const ofChecks = Object.values(checks).flatMap((check) => check.source ?? source ?? [])
  return [...new Set(live === undefined || source === undefined ? ofChecks : [...ofChecks, source])]
}

export function planQueries(health: Health, values: TemplateValues): QueryPlan {
  const batches = new Map<string, Map<string, Query>>()
  const checks: Record<string, { candidate: Slots; baseline: Slots }> = {}
  for (const [name, check] of Object.entries(health.checks)) {
    const source = check.source ?? health.source ?? ''
    const place = (queries: readonly Query[] | undefined): Slots =>
      queries?.map((query) => placeQuery(batches, source, query))
    checks[name] = {
      candidate: place(armQueries(check, health.candidate ?? {}, values)),
      baseline: place(baselineQueries(health, check, values)),
    }
  }
  return {
    batches: [...batches].map(([source, queries]) => ({ source, queries: [...queries.values()] })),
    checks,
  }
}

/** What one check asks of one arm, in the order in which its kind reads the answers; undefined when a template's value is missing. */
export function armQueries(
  check: Check,
  labels: LabelTemplates,
  values: TemplateValues,
): readonly Query[] | undefined {
  if (check.kind === 'probe') {
    return ['alerts' in check ? alertsOf(check) : { kind: 'probe', probe: probeOf(check) }]
  }
  const filled = selectorsOf(check).map((selector) => fillSelector(selector, labels, values))
  const known = filled.filter((selector) => selector !== undefined)
  if (known.length < filled.length) return undefined
  return known.map((selector) => ({ kind: 'select', selector: formatSelector(selector) }))
}

/** A query as people read it in a report. */
export function describeQuery(query: Query): string {
  if (query.kind === 'select') return query.selector
  if (query.kind === 'expression') return query.promql
  if (query.kind === 'alerts') {
    const { folder, labels = {} } = query.alerts
    const pairs = Object.entries(labels).map(([name, value]) => `${name}=${JSON.stringify(value)}`)
    return `alerts${folder === undefined ? '' : ` of ${JSON.stringify(folder)}`} {${pairs.join(',')}}`
  }
  const { probe } = query
  return 'connect' in probe ? `connect by ${probe.connect.toUpperCase()}` : `${probe.method} ${probe.path}`
}

type AlertsCheck = Extract<CheckOf<'probe'>, { alerts: unknown }>

function alertsOf({ alerts: { folder, labels } }: AlertsCheck): Query {
  const alerts = { ...(folder === undefined ? {} : { folder }), ...(labels === undefined ? {} : { labels }) }
  return { kind: 'alerts', alerts }
}

function probeOf(check: Exclude<CheckOf<'probe'>, AlertsCheck>): ProbeRequest {
  const { timeoutMs, certificateMs } = check
  const expected = { timeoutMs, ...(certificateMs === undefined ? {} : { certificateMs }) }
  if ('connect' in check) return { connect: check.connect, ...expected }
  const { probe: path, method, statuses, body, headers } = check
  return {
    path,
    method,
    statuses,
    ...expected,
    ...(body === undefined ? {} : { body }),
    ...(headers === undefined ? {} : { headers }),
  }
}

/** Only a concurrent baseline is asked at each tick; a probe has none, for it would ask the same address twice. */
function baselineQueries(health: Health, check: Check, values: TemplateValues): readonly Query[] | undefined {
  if (health.baseline?.kind !== 'concurrent' || check.kind === 'probe') return undefined
  return armQueries(check, health.baseline.labels, values)
}

function selectorsOf(check: Exclude<Check, { kind: 'probe' }>): readonly Selector[] {
  if (check.kind === 'ratio') return [check.bad, check.total]
  if (check.kind === 'histogram') return [bucketsOf(check.histogram)]
  return [check.kind === 'gauge' ? check.gauge : check.traffic]
}

/** A classic histogram's series are called `…_bucket`, a native one's have the bare name: both are asked for, so that nobody has to know which it is. */
function bucketsOf({ metric, matchers }: Selector): Selector {
  if (metric === undefined) return { matchers }
  const bare = metric.replace(/_bucket$/, '')
  const pattern = `${bare.replaceAll(/[\\.+*?()|[\]{}^$]/g, String.raw`\$&`)}(_bucket)?`
  return { matchers: [{ label: '__name__', operator: '=~', value: pattern }, ...matchers] }
}

function placeQuery(
  batches: Map<string, Map<string, Query>>,
  source: string,
  query: Query,
): readonly [number, number] {
  const queries = batches.get(source) ?? new Map<string, Query>()
  batches.set(source, queries)
  const key = JSON.stringify(query)
  if (!queries.has(key)) queries.set(key, query)
  return [[...batches.keys()].indexOf(source), [...queries.keys()].indexOf(key)]
}
