import type { Health } from '../../config/health.ts'
import type { TemplateValues } from '../../config/label-template.ts'
import { LIVE_WITHIN_MS, liveQuestion, notLiveLine, showsVersion } from '../../health/build-info.ts'
import { reportOf } from '../../health/explain.ts'
import { nextTickMs } from '../../health/tick-times.ts'
import { startWatch } from '../../health/watch.ts'
import type { HealthSource, Measurement } from '../../ports/health-source.ts'
import type { Run } from '../run.ts'
import type { Watching } from './monitor.ts'
import type { HealthGate } from './verdict.ts'

export interface Awaited {
  readonly health: Health
  /** Known once the deployment has begun. */
  readonly values: () => TemplateValues
  readonly sources: ReadonlyMap<string, HealthSource>
  /** From when on a sample counts: before the deployment began (ms). */
  readonly sinceMs: number
}

/**
 * The same watch, which begins only when the metric of `health.live` shows the version: before that, what is measured is the
 * version before. Where it never does, the first step is held for that reason. Nothing changes where the config has no such metric.
 */
export function whenLive(run: Pick<Run, 'ports' | 'signal'>, awaited: Awaited, watching: Watching): Watching {
  let isLive = awaited.health.live === undefined
  const after = async (step: string, look: () => Promise<HealthGate>): Promise<HealthGate> => {
    const startedAtMs = run.ports.clock.now()
    const why = isLive ? undefined : await awaitLive(run, awaited)
    if (why !== undefined) return { ...unseen(awaited, step, startedAtMs), why }
    isLive = true
    return look()
  }
  return {
    hold: async (percent) => after(`${percent}%`, async () => watching.hold(percent)),
    soak: async (percent) => after('watch', async () => watching.soak(percent)),
  }
}

/** Why it was never seen, or nothing. */
async function awaitLive(
  { ports: { clock }, signal }: Pick<Run, 'ports' | 'signal'>,
  { health, values, sources, sinceMs }: Awaited,
): Promise<string | undefined> {
  const known = values()
  const { source = '', query } = liveQuestion(health, known) ?? {}
  const startMs = clock.now()
  for (;;) {
    const answers: readonly Measurement[] | undefined =
      query && (await sources.get(source)?.read([query], signal))
    const [answer] = answers ?? []
    if (showsVersion(answer, sinceMs)) return undefined
    const nowMs = clock.now()
    if (nowMs - startMs >= LIVE_WITHIN_MS) return notLiveLine(known.version ?? '', answer)
    await clock.sleep(nextTickMs(startMs, health.everyMs, nowMs) - nowMs, signal)
  }
}

/** A watch in which nobody looked at anything. */
function unseen(
  { health, values }: Awaited,
  step: string,
  startedAtMs: number,
): Extract<HealthGate, { kind: 'hold' }> {
  const report = reportOf(startWatch(health, values(), startedAtMs), startedAtMs)
  return { kind: 'hold', reason: 'health_no_data', report: { step, startedAtMs, ...report } }
}
