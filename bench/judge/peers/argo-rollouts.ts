import type { Recording } from '../service.ts'
import { type Metric, ticksAMinute, valueOver } from './minute.ts'

/** The usual static conditions: success rate at least 99 %, p99 at most 500 ms. */
export const limits: Readonly<Record<Metric, number>> = { errors: 0.01, latency: 0.5 }

/**
 * Argo Rollouts' background analysis: one measurement a minute over the last minute, `successCondition: result >= 0.99`, failed
 * when more than `failureLimit` measurements have failed, not necessarily in a row. No traffic is an error, not a failure; the
 * fifth error in a row ends the run as Error, which is no verdict on the version.
 * Source: argoproj/argo-rollouts analysis/analysis.go, utils/evaluate/evaluate.go (peers.md 2.2).
 */
export function argoRollouts(recording: Recording, metric: Metric, failureLimit: number): number | undefined {
  let [failed, errors] = [0, 0]
  for (let tick = ticksAMinute; tick <= recording.watch.length; tick += ticksAMinute) {
    const value = valueOver(recording.watch.slice(tick - ticksAMinute, tick), metric, 'candidate')
    if (Number.isNaN(value)) {
      if (++errors > 4) return undefined
      continue
    }
    errors = 0
    if (value > limits[metric] && ++failed > failureLimit) return tick
  }
  return undefined
}
