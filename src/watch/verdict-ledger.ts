import type { VerdictCounts } from '../ports/watches.ts'
import type { LedgerEntry } from './watch-ports.ts'

/**
 * What a verdict turned out to be. `right`: taken back, and then mended or abandoned. `wrong`: taken back, and landed again
 * unchanged. `missed`: promoted, and reverted by a person. `not_followed`: its revert was proposed, and nobody merged it.
 */
export const verdictLabels = ['right', 'wrong', 'missed', 'not_followed'] as const
export type VerdictLabel = (typeof verdictLabels)[number]

/** An entry that can still get a label: it promoted a pull request or took one back. */
export interface Labellable extends LedgerEntry {
  readonly pull: number
}

/** The verdicts of one repository, and what each turned out to be. Errors of all methods: the database's. */
export interface VerdictLedger {
  /** Of one deployment there is one entry: a later one replaces it, and keeps its label where the verdict is the same. */
  note(entry: LedgerEntry): Promise<void>
  /** Those since then (ms) without a label, newest first. */
  unlabelled(sinceMs: number): Promise<readonly Labellable[]>
  /** `known`: it has a label already, and keeps it. */
  label(deployment: string, label: VerdictLabel, atMs: number): Promise<'written' | 'known'>
  counts(): Promise<VerdictCounts>
}
