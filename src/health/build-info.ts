import type { Health } from '../config/health.ts'
import type { TemplateValues } from '../config/label-template.ts'
import { fillSelector, formatSelector } from '../config/selector.ts'
import type { Measurement, Query } from '../ports/health-source.ts'

/**
 * For so long a deployed version may take to show in `health.live`. Deployers wait for their rollout themselves; what is left is a
 * scrape (a minute by default), service discovery, and instances that start slowly.
 */
export const LIVE_WITHIN_MS = 600_000

/** Where `health.live` is asked for a version; nothing where the config has none. `query` is absent where a value that it needs is unknown. */
export function liveQuestion(
  { live, source = '' }: Pick<Health, 'live' | 'source'>,
  values: TemplateValues,
): { readonly source: string; readonly query?: Query } | undefined {
  if (live === undefined) return undefined
  const filled = fillSelector(live, {}, values)
  return filled === undefined
    ? { source }
    : { source, query: { kind: 'select', selector: formatSelector(filled) } }
}

/** The same metric whichever version runs, to see whether it is there at all; nothing where only labels name it. */
export function anyVersionQuery({ live }: Pick<Health, 'live'>): Query | undefined {
  if (live?.metric === undefined) return undefined
  return { kind: 'select', selector: formatSelector({ metric: live.metric, matchers: [] }) }
}

/**
 * Whether the metric shows the version: a series of it with a value above 0 (a build-info metric is 1), sampled since its
 * deployment began. One instance is enough: how much of the traffic it has is not this metric's to tell.
 */
export function showsVersion(answer: Measurement | undefined, sinceMs: number): boolean {
  return answer?.kind === 'ok' && answer.samples.some(({ value, atMs }) => value > 0 && atMs >= sinceMs)
}

/** Why the version was not seen, in one line. */
export function notLiveLine(version: string, answer: Measurement | undefined): string {
  const said = answer === undefined || answer.kind === 'ok' ? '' : ` (${answer.why})`
  return `${version} never showed in the metric of health.live within ${LIVE_WITHIN_MS / 60_000} minutes${said}: nothing of it was watched.`
}
