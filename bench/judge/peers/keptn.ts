import type { Recording } from '../service.ts'
import { type Metric, valueOver } from './minute.ts'

/**
 * A Keptn v1 quality gate: once, at the end, the whole watch's value against the average of the last three evaluations
 * (`number_of_comparison_results: 3`, `aggregate_function: avg`), `pass: <=+10%`. Missing values fail; no earlier result passes.
 * Source: keptn/keptn lighthouse-service/event_handler/evaluate_sli_handler.go (peers.md 2.5).
 */
export function keptn(recording: Recording, metric: Metric): number | undefined {
  const { watch, baseline } = recording
  const value = valueOver(watch, metric, 'candidate')
  const earlier = [1, 2, 3].flatMap((back) => {
    const window = baseline.slice(-back * watch.length, baseline.length - (back - 1) * watch.length)
    return window.length === watch.length ? valueOver(window, metric, 'candidate') : []
  })
  if (Number.isNaN(value)) return watch.length
  if (earlier.length === 0) return undefined
  const average = earlier.reduce((sum, one) => sum + one, 0) / earlier.length
  return value <= 1.1 * average ? undefined : watch.length
}
