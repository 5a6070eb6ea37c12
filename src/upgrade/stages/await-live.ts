import { LIVE_WITHIN_MS, liveQuestion, notLiveLine, showsVersion } from '../../health/build-info.ts'
import { nextTickMs } from '../../health/tick-times.ts'
import type { WatchState } from '../../health/watch.ts'
import type { HealthSource, Measurement } from '../../ports/health-source.ts'
import type { Run } from '../run.ts'

/**
 * Waits until the metric of `health.live` shows the version, where the config has one: before that, what is measured is still
 * the version before. Answers why, where it never did. `sinceMs`: from when on a sample counts.
 */
export async function awaitLive(
  { ports: { clock }, signal }: Pick<Run, 'ports' | 'signal'>,
  { health, values }: Pick<WatchState, 'health' | 'values'>,
  { sources, sinceMs }: { readonly sources: ReadonlyMap<string, HealthSource>; readonly sinceMs: number },
): Promise<string | undefined> {
  const question = liveQuestion(health, values)
  if (question === undefined) return undefined
  const { source, query } = question
  const startMs = clock.now()
  for (;;) {
    const answers: readonly Measurement[] | undefined =
      query && (await sources.get(source)?.read([query], signal))
    const [answer] = answers ?? []
    if (showsVersion(answer, sinceMs)) return undefined
    const nowMs = clock.now()
    if (nowMs - startMs >= LIVE_WITHIN_MS) return notLiveLine(values.version ?? '', answer)
    await clock.sleep(nextTickMs(startMs, health.everyMs, nowMs) - nowMs, signal)
  }
}
