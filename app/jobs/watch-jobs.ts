import type { NewJob } from '../engine/engine.ts'
import type { Watched } from '../engine/queues.ts'
import type { WatchKey } from '../store/watch-store.ts'

/** Whose job, and by what revision of its watch: the same step is sent once, however often that is tried. */
export interface WatchedAt extends WatchKey {
  readonly installationId: number
  readonly revision: number
}

type Keyed<Data extends object> = NewJob<Data> & { readonly key: string }

/** The one job of a watch that is alive at a time. */
export function stepJob(
  watch: WatchedAt,
  when: { readonly afterMs: number; readonly isUrgent?: boolean; readonly because?: string },
): Keyed<Watched> {
  const key = keyOf(watch)
  const { afterMs, isUrgent = false, because } = when
  return {
    ...jobOf(watch),
    id: [key, watch.revision, ...(because === undefined ? [] : [because])].join('/'),
    key,
    urgency: isUrgent ? 'safety' : 'normal',
    afterMs: Math.max(0, afterMs),
  }
}

/** Beside it, at once: something happened. `because` tells one event from another. */
export function nudgeJob(watch: Omit<WatchedAt, 'revision'>, because: string): Keyed<Watched> {
  const key = `${keyOf(watch)}/${because}`
  const job = jobOf(watch)
  return { ...job, id: key, key, urgency: 'safety', data: { ...job.data, nudge: true } }
}

/** The kept comment of a watch is to be brought up to date. */
export function tellJob(watch: WatchedAt, because?: string): Keyed<Watched> {
  const key = keyOf(watch)
  return {
    ...jobOf(watch),
    id: [key, watch.revision, ...(because === undefined ? [] : [because])].join('/'),
    key,
  }
}

function keyOf({ repositoryId, deployment }: WatchKey): string {
  return `${repositoryId}/${deployment}`
}

function jobOf({ installationId, repositoryId, deployment }: Omit<WatchedAt, 'revision'>): {
  readonly data: Watched
  readonly tenant: number
} {
  return { data: { installationId, repositoryId, deployment }, tenant: installationId }
}
