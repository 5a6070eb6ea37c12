import { z } from 'zod'
import type { AlertSelection, HealthSource, Measurement, Query, Sample } from '../ports/health-source.ts'
import { type AskGrafana, grafanaApi, GrafanaFault, type GrafanaOptions } from './grafana-api.ts'

const labels = z.record(z.string(), z.string())
const time = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text))

const alert = z.object({ labels, state: z.string(), activeAt: time.nullish() })

const rule = z.object({
  name: z.string(),
  type: z.string(),
  health: z.string(),
  lastError: z.string().optional(),
  labels: labels.default({}),
  alerts: z.array(alert).nullish(),
  lastEvaluation: time,
  isPaused: z.boolean().default(false),
})

/**
 * Grafana's evaluation state of its own rules, in the form of Prometheus' rules API:
 * https://github.com/grafana/grafana/blob/main/pkg/services/ngalert/api/tooling/definitions/prom.go
 * `file` is the folder's title, `folderUid` came with Grafana 11.
 */
const rules = z.object({
  status: z.literal('success'),
  data: z.object({
    groups: z.array(z.object({ file: z.string(), folderUid: z.string().optional(), rules: z.array(rule) })),
  }),
})

type Rules = z.output<typeof rules>
type Group = Rules['data']['groups'][number]
type Rule = z.output<typeof rule>
type Alert = z.output<typeof alert>

/**
 * Reads the state of a Grafana's alerts, all of one tick in one request. A rule that has no data or an error, or was not
 * evaluated yet, is unknown, whatever state it was told to show for that; a selection without a rule is no data, because
 * a misspelt folder must not look like peace, nor one that the token may not see.
 * @throws UsageError for a URL that is none.
 */
export function grafanaSource(options: GrafanaOptions): HealthSource {
  const ask = grafanaApi(options)
  return {
    name: options.name,
    async read(queries, signal) {
      signal.throwIfAborted()
      if (!queries.some(({ kind }) => kind === 'alerts')) return queries.map((query) => measure(query, []))
      const groups = await readGroups(ask, signal)
      return queries.map((query) => measure(query, groups))
    },
  }
}

async function readGroups(ask: AskGrafana, signal: AbortSignal): Promise<readonly Group[] | GrafanaFault> {
  try {
    const answer = await ask({ method: 'GET', path: 'api/prometheus/grafana/api/v1/rules' }, rules, signal)
    return answer.data.groups
  } catch (error) {
    if (error instanceof GrafanaFault) return error
    throw error
  }
}

function measure(query: Query, groups: readonly Group[] | GrafanaFault): Measurement {
  if (query.kind !== 'alerts')
    return { kind: 'invalid', why: `a Grafana does not answer ${query.kind} queries` }
  if (groups instanceof GrafanaFault) return { kind: groups.kind, why: groups.message }
  const selected = groups
    .filter(({ file, folderUid }) => [undefined, file, folderUid].includes(query.alerts.folder))
    .flatMap((group) => group.rules.filter(isWatching).map((rule) => ({ rule, folder: group.file })))
    .map(({ rule, folder }) => ({ rule, folder, alerts: alertsOf(rule, query.alerts) }))
    .flatMap(({ rule, folder, alerts }) => (alerts === undefined ? [] : [{ rule, folder, alerts }]))
  const unknown = selected.find(({ rule, alerts }) => isUnknown(rule, alerts))
  if (unknown !== undefined)
    return { kind: 'error', why: `the rule ${JSON.stringify(unknown.rule.name)} ${whyOf(unknown.rule)}` }
  const [first, ...rest] = selected.flatMap(samplesOf)
  if (first === undefined) return { kind: 'no_data', why: 'no alert rule that this token sees is selected' }
  return { kind: 'ok', samples: [first, ...rest] }
}

/** Nobody evaluates a paused rule, and a recording rule has no state. */
function isWatching({ type, isPaused }: Rule): boolean {
  return type === 'alerting' && !isPaused
}

/** The alerts of a rule that are meant; none where the rule is not meant at all. */
function alertsOf({ labels, alerts }: Rule, selection: AlertSelection): readonly Alert[] | undefined {
  const wanted = Object.entries(selection.labels ?? {})
  const isMeant = (found: Readonly<Record<string, string>>): boolean =>
    wanted.every(([name, value]) => Object.hasOwn(found, name) && found[name] === value)
  // An alert has its rule's labels too.
  const meant = (alerts ?? []).filter((alert) => isMeant({ ...labels, ...alert.labels }))
  return meant.length > 0 || isMeant(labels) ? meant : undefined
}

/** `Alerting (NoData)`: what a state was set to for want of a better one. */
function isUnknown({ health }: Rule, alerts: readonly Alert[]): boolean {
  return health !== 'ok' || alerts.some(({ state }) => /\b(?:NoData|Error)\b/i.test(state))
}

function whyOf({ health, lastError }: Rule): string {
  if (health === 'error' || lastError !== undefined) return 'cannot be evaluated'
  return health === 'ok' || health === 'nodata'
    ? 'has no data'
    : `is of unknown health (${health.slice(0, 30)})`
}

function samplesOf({
  rule,
  folder,
  alerts,
}: {
  rule: Rule
  folder: string
  alerts: readonly Alert[]
}): Sample[] {
  const firing = alerts.filter(({ state }) => /^(?:alerting|firing)\b/i.test(state))
  const named = (name: string, value: number): Sample => ({
    labels: { __name__: name, rule: rule.name, folder },
    value,
    atMs: rule.lastEvaluation,
  })
  return [
    named('probe_success', firing.length === 0 ? 1 : 0),
    ...firing.flatMap(({ activeAt }) =>
      activeAt === null || activeAt === undefined
        ? []
        : [named('grafana_alert_firing_since_seconds', activeAt / 1000)],
    ),
  ]
}
