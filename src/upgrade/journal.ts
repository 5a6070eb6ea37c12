import type { UpgradeEvent } from './event.ts'

/** Where an upgrade's events are kept, so that a run that was cut off can be told from one that ended. */
export interface Journal {
  /** The events of the last upgrade in order; empty when there was none. A torn last line is left out. */
  read(): Promise<readonly UpgradeEvent[]>
  /** Durable when it resolves: all of them or, after a crash in the middle, none. `started` and `received` begin a new journal. */
  append(events: readonly UpgradeEvent[]): Promise<void>
}
