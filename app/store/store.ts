import type { z } from 'zod'
import type { Clock } from '../../src/ports/clock.ts'
import type { Log } from '../../src/ports/log.ts'

/** Statements on one connection or one transaction. Values go beside the text (`$1`), never into it. */
export interface Sql {
  /** The rows of one statement, each parsed by its schema. Error: the database's own, or a `ZodError` where a row is of another form. */
  rows<Row>(row: z.ZodType<Row>, text: string, values?: readonly unknown[]): Promise<readonly Row[]>
  /** Runs one statement and answers how many rows it changed. */
  run(text: string, values?: readonly unknown[]): Promise<number>
}

/**
 * The App's database: PGlite in a folder of this process, or PostgreSQL. The same statements work in both. Error of all methods:
 * the database's own; after one nobody knows whether a write took place, unless it was in a transaction, which then did nothing
 * (but for an error of its very commit).
 */
export interface Store extends Sql {
  /** `folder`: this process alone has it. `postgres`: other replicas may have it open too. */
  readonly home: 'folder' | 'postgres'
  /**
   * All of it or nothing. The body talks to nobody but the database: in a folder there is one connection, and everybody else waits.
   * Where the body throws, its error comes out and nothing was changed.
   */
  transaction<Result>(body: (tx: Sql) => Promise<Result>): Promise<Result>
  /** Rejects where the database does not answer: what `/readyz` asks. */
  ping(): Promise<void>
  /** Waits for what is under way, writes a folder's pages out, and gives the lock back. A second time does nothing. */
  close(): Promise<void>
}

export interface StorePorts {
  readonly clock: Clock
  readonly log: Log
}
