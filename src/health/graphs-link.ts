import { fillTemplate } from '../config/label-template.ts'
import type { WatchState } from './watch.ts'

/** The address of the configured graphs with the time of the watch (ms) in it; nothing where none is configured, or a value is missing. */
export function graphsLink({ health, values, startedMs }: WatchState, nowMs: number): string | undefined {
  if (health.dashboard === undefined) return undefined
  // Encoded values have no braces: what one contains is never looked at again.
  return fillTemplate(health.dashboard, values, encodeURIComponent)
    ?.replaceAll('{from}', String(Math.floor(startedMs)))
    .replaceAll('{to}', String(Math.ceil(nowMs)))
}
