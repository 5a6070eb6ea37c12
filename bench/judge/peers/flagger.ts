import type { Recording } from '../service.ts'
import { limits } from './argo-rollouts.ts'
import { type Metric, ticksAMinute, valueOver } from './minute.ts'

/**
 * Flagger's analysis: one check a minute over the last minute, `request-success-rate` at least 99 %, `request-duration` p99 at
 * most 500 ms; rolled back when failed checks reach `threshold`. No values is a failed check, unlike in Argo Rollouts.
 * Source: fluxcd/flagger pkg/controller/scheduler.go, scheduler_metrics.go (peers.md 2.3).
 */
export function flagger(recording: Recording, metric: Metric, threshold: number): number | undefined {
  let failed = 0
  for (let tick = ticksAMinute; tick <= recording.watch.length; tick += ticksAMinute) {
    const value = valueOver(recording.watch.slice(tick - ticksAMinute, tick), metric, 'candidate')
    if (!(value <= limits[metric])) failed++
    // The rollback happens when the next run of the schedule finds the count reached.
    if (failed >= threshold) return tick + ticksAMinute
  }
  return undefined
}
