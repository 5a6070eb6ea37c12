import { z } from 'zod'
import { grafanaApi, type GrafanaOptions } from './grafana-api.ts'

/** A time on every graph that shows annotations with these tags. */
export interface Mark {
  /** Together they name it: one mark has them all. */
  readonly tags: readonly string[]
  readonly text: string
  readonly startMs: number
  /** Absent while it lasts. */
  readonly endMs?: number
}

export interface Annotations {
  readonly name: string
  /** Makes the mark, or changes the one that has its tags already. Rejects with a `GrafanaFault`. */
  put(mark: Mark): Promise<void>
}

const found = z.array(z.object({ id: z.number() }))
const added = z.object({ id: z.number() })
const patched = z.object({ message: z.string() })

/** A cancelled job has 7.5 s in all, and a mark is not what they are for. */
const TIMEOUT_MS = 2000

/**
 * Annotations of the whole organisation, as regions: https://grafana.com/docs/grafana/latest/developers/http_api/annotations/
 * @throws UsageError for a URL that is none.
 */
export function grafanaAnnotations(options: GrafanaOptions): Annotations {
  const ask = grafanaApi({ ...options, timeoutMs: Math.min(options.timeoutMs, TIMEOUT_MS) })
  // Marks are made when a run is being cancelled, too.
  const { signal } = new AbortController()
  return {
    name: options.name,
    async put({ tags, text, startMs, endMs }) {
      const query = new URLSearchParams([
        ...tags.map((tag): [string, string] => ['tags', tag]),
        ['type', 'annotation'],
        ['limit', '1'],
      ])
      const [known] = await ask({ method: 'GET', path: 'api/annotations', query }, found, signal)
      const end = endMs === undefined ? {} : { timeEnd: endMs }
      if (known === undefined) {
        const body = { time: startMs, ...end, tags, text }
        await ask({ method: 'POST', path: 'api/annotations', body }, added, signal)
      } else {
        const body = { text, ...end }
        await ask({ method: 'PATCH', path: `api/annotations/${known.id}`, body }, patched, signal)
      }
    },
  }
}
