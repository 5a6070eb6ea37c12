import type { CheckOf } from '../config/health.ts'
import type { Measurement, Sample } from '../ports/health-source.ts'

/**
 * A client library makes the series of an error when the first error happens, so "no series matches `bad`" usually means
 * "no errors yet". It is believed only where a misspelt selector is ruled out: `bad` and `total` read the same metric, and
 * every label that `bad` asks for is one that the series of `total` have. Then the answer becomes what it means: the
 * series of `total` with nothing bad. Otherwise no data stays no data.
 *
 * `measurements`: of `bad` and of `total`.
 */
export function absentMeansNone(
  check: CheckOf<'ratio'>,
  measurements: readonly Measurement[],
): readonly Measurement[] {
  const [bad, total] = measurements
  if (bad?.kind !== 'no_data' || total?.kind !== 'ok') return measurements
  if (check.bad.metric === undefined || check.bad.metric !== check.total.metric) return measurements
  const carries = (sample: Sample): boolean =>
    check.bad.matchers.every(({ label }) => sample.labels[label] !== undefined)
  const proof = total.samples.find(carries)
  if (proof === undefined) return measurements
  const labels = { ...proof.labels, [NO_SERIES]: 'none' }
  return [{ kind: 'ok', samples: [{ labels, value: 0, atMs: proof.atMs }] }, total]
}

/** Makes the stand-in a series of its own; a label of this name is not valid in Prometheus, so it is nobody else's. */
const NO_SERIES = ' absent'
