/** A record as it was read. `revision` is what a later write must name: whoever changed it meanwhile has another one. */
export interface StoredRecord {
  readonly key: string
  /** Plain JSON; its reader parses it. */
  readonly value: unknown
  readonly revision: string
}

export type RecordRead =
  | { readonly kind: 'found'; readonly record: StoredRecord }
  | { readonly kind: 'absent' }
  /** Something stands there that is no record of ours: never overwritten. `where` is for people who look at it. */
  | { readonly kind: 'unreadable'; readonly why: string; readonly where: string }

export type RecordWrite =
  | { readonly kind: 'written'; readonly record: StoredRecord }
  /** Somebody was faster; read again and decide again. */
  | { readonly kind: 'conflict' }

/**
 * Small facts of one repository that must be written by compare-and-swap: locks, lifted quarantines, switches. A key is
 * lower-case words with `/` between, e.g. `locks/production`. The App keeps them in its database; without a server they are git refs.
 * Errors of all methods: `GitHubError`, or the database's; after one nobody knows whether a write took place: read again.
 */
export interface Records {
  read(key: string): Promise<RecordRead>
  /** Writes only where the record still has that revision; `undefined`: only where there is none. */
  write(key: string, value: unknown, revision: string | undefined): Promise<RecordWrite>
  /** Removes it under the same condition; afterwards it reads as absent. */
  remove(key: string, revision: string): Promise<'removed' | 'conflict'>
  /** All whose key starts so (`locks/`), by key. */
  list(prefix: string): Promise<readonly RecordRead[]>
}
