import type { Clock } from '../src/ports/clock.ts'
import { causes } from '../src/report/causes.ts'

/** Rejects, with the reason, where this part cannot do its work now. */
export type Readiness = Readonly<Record<string, () => Promise<void>>>

export interface ReadinessProbe {
  /** Which parts are not ready, with the reason for the log; none: all are. */
  (): Promise<readonly { readonly part: string; readonly why: string }[]>
}

/** Anybody may ask, so the answer of the last second is given again, and one look serves all who ask at the same time. */
const REMEMBERED_MS = 1000
/** A part that takes longer is not ready: who asks waits no longer than this. */
const TIMEOUT_MS = 2000

export function readinessProbe(parts: Readiness, clock: Clock): ReadinessProbe {
  let last: { readonly atMs: number; readonly answer: ReturnType<ReadinessProbe> } | undefined
  return () => {
    if (last === undefined || clock.now() - last.atMs >= REMEMBERED_MS)
      last = { atMs: clock.now(), answer: look(parts) }
    return last.answer
  }
}

async function look(parts: Readiness): ReturnType<ReadinessProbe> {
  const looked = await Promise.all(
    Object.entries(parts).map(async ([part, check]) => {
      const late = Promise.withResolvers<never>()
      const timer = setTimeout(() => late.reject(new Error('no answer in time')), TIMEOUT_MS)
      try {
        await Promise.race([check(), late.promise])
        return undefined
      } catch (error) {
        return { part, why: causes(error) }
      } finally {
        clearTimeout(timer)
      }
    }),
  )
  return looked.filter((one) => one !== undefined)
}
