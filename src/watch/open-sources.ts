import type { Health } from '../config/health.ts'
import type { Config } from '../config/schema.ts'
import { sourcesOf } from '../health/query-plan.ts'
import type { HealthSource } from '../ports/health-source.ts'
import { causes } from '../report/causes.ts'
import type { WatchPorts } from './watch-ports.ts'

export type OpenedSources = ReadonlyMap<string, HealthSource>

/** The sources of a watch; where the operator does not bind one, why none can be read. Rejects only where the work is called off. */
export async function openSources(
  health: Health,
  sources: Config['sources'],
  ports: Pick<WatchPorts, 'sources' | 'signal'>,
): Promise<OpenedSources | { readonly why: string }> {
  try {
    return await ports.sources(sourcesOf(health), { sources })
  } catch (error) {
    ports.signal.throwIfAborted()
    return { why: causes(error) }
  }
}

export function areOpen(opened: OpenedSources | { readonly why: string }): opened is OpenedSources {
  return !('why' in opened)
}
