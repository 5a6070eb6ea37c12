import type { SourceConfig } from '../../src/config/source.ts'
import type { HealthSource, Measurement } from '../../src/ports/health-source.ts'
import type { Metrics } from '../metrics.ts'

/** A source whose answers are counted: `failed` where it answered none of what it was asked. */
export function meteredSource(
  source: HealthSource,
  type: SourceConfig['type'],
  metrics: Pick<Metrics, 'sourceCall'>,
): HealthSource {
  const count = (answers: readonly Measurement[]): void =>
    metrics.sourceCall(type, answers.length > 0 && answers.every(isFailure) ? 'failed' : 'ok')
  const { history } = source
  return {
    name: source.name,
    async read(queries, signal) {
      const answers = await source.read(queries, signal)
      count(answers)
      return answers
    },
    ...(history !== undefined && {
      async history(queries, range, signal) {
        const steps = await history.call(source, queries, range, signal)
        count(steps.flatMap(({ measurements }) => measurements))
        return steps
      },
    }),
  }
}

function isFailure({ kind }: Measurement): boolean {
  return kind === 'error' || kind === 'invalid'
}
