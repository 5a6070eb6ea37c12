import type { Sql } from '../store/store.ts'
import type { Queue } from './queue.ts'

/** A piece of work to be done later, by whichever replica comes to it. */
export interface NewJob<Data extends object> {
  /**
   * What it is for, e.g. `comment-123`: sending it again while the first is still remembered (the queue's `keepSeconds` after
   * its end) does nothing. Nothing about it is random.
   */
  readonly id: string
  readonly data: Data
  /** The installation's number: how many of one tenant's jobs run at once is limited, so that nobody waits for a flood of another's. */
  readonly tenant?: number | undefined
  /** Of a queue with `oneAliveByKey`: at most one job of a key waits or runs; sending another does nothing. */
  readonly key?: string | undefined
  /** `safety` (a rollback, an abort) before everything else, in lanes of its own. */
  readonly urgency?: 'safety' | 'normal'
  /** Not before this long from now (ms). */
  readonly afterMs?: number
}

/** A job that this process has claimed. The claim can be lost: to an expiry, or because this process stood still for too long. */
export interface Job<Data extends object> {
  readonly queue: Queue<Data>
  readonly id: string
  readonly data: Data
  readonly key: string | undefined
  readonly tenant: number | undefined
  readonly urgency: 'safety' | 'normal'
  /** 0 for the first attempt. */
  readonly attempt: number
  /** Aborted when the claim is found lost, the time is up, or the engine stops and has waited long enough. */
  readonly signal: AbortSignal
  /** Names the claim: the attempt that this process was given. For the engine. */
  readonly claim: { readonly id: string; readonly retryCount: number }
}

/** How a job ends. An error thrown is a failed attempt: the job comes again, later each time, until the queue's `attempts` are used up. */
export type JobOutcome<Data extends object> =
  | { readonly kind: 'done' }
  /** The same work again after `afterMs`, as a new job of the same key whose attempts are counted afresh; in one transaction with the end of this one. */
  | { readonly kind: 'again'; readonly afterMs: number; readonly data?: Data }
  /** No attempt can succeed: it is dead at once, and somebody is told. */
  | { readonly kind: 'dead'; readonly why: string }

export type Worker<Data extends object> = (job: Job<Data>) => Promise<JobOutcome<Data>>

/** A job that is given up: after its last attempt, or because its worker said so. */
export interface DeadJob {
  readonly queue: string
  /** As it was sent; whoever reads it parses it. */
  readonly data: unknown
  readonly why: string
}

/** This process did not have the job any more when it wanted to settle it: the transaction is undone, and another attempt goes on. */
export class ClaimLost extends Error {
  override readonly name = 'ClaimLost'
}

/**
 * Durable jobs in the App's database. What was sent outlives a crash, runs on whichever replica is free, and is attempted again
 * where its process died. A job can run twice (a process that stood still, then wakes): so whatever it changes, it changes
 * by a transaction that also settles its claim (`settle`), by compare-and-swap, or under an idempotency key.
 */
export interface Engine {
  /** Keeps a job; inside a transaction it exists only if that commits. `known`: one of this id, or a living one of this key, is there. */
  send<Data extends object>(queue: Queue<Data>, job: NewJob<Data>, tx?: Sql): Promise<'sent' | 'known'>
  /** Many at once; answers how many were new. */
  sendAll<Data extends object>(queue: Queue<Data>, jobs: readonly NewJob<Data>[], tx?: Sql): Promise<number>
  /**
   * Keeps the one job of a key and has it due then: the one that waits is moved there and made as urgent, else this one is
   * sent. `running`: it is being worked on just now, and whoever does that must look again by itself.
   */
  schedule<Data extends object>(
    queue: Queue<Data>,
    job: NewJob<Data> & { readonly key: string },
    tx?: Sql,
  ): Promise<'moved' | 'sent' | 'running'>
  /** Begins to work on a queue in this process; once per queue. */
  work<Data extends object>(queue: Queue<Data>, worker: Worker<Data>): Promise<void>
  /** Looks for jobs of a queue that takes them by the batch: after the commit of a transaction that sent some. Others are announced by the database. */
  wake(queue: Queue<object>): void
  /** Ends a job of ours as done inside a transaction of the caller's. Error: `ClaimLost`; let it out of the transaction. */
  settle(job: Job<object>, tx: Sql): Promise<void>
  /**
   * Does something at once and then again and again, `everyMs` after each end, in one of the replicas at a time. What it throws
   * is logged, and it comes again all the same.
   */
  every(queue: Queue<object>, everyMs: number, run: (signal: AbortSignal) => Promise<void>): Promise<void>
  /** Who is told of dead jobs: durably, once per dead job, by one of the replicas. What it throws is attempted again. */
  onDead(tell: (dead: DeadJob) => Promise<void>): Promise<void>
  /** How many jobs of each queue wait and run, as counted just now. */
  counts(): Promise<readonly QueueCount[]>
  /** Takes no more jobs, waits for those under way at most this long, then gives them back. */
  stop(graceMs: number): Promise<void>
}

export interface QueueCount {
  readonly queue: string
  /** Ready to run and not yet claimed. */
  readonly waiting: number
  /** Due later. */
  readonly later: number
  readonly running: number
  /** How long the oldest ready one has waited (s). */
  readonly oldestSeconds: number
}

/** What is counted of the work; none of it names a tenant. */
export interface EngineMeter {
  /** An attempt has begun, so long (s) after it was due. */
  began(queue: string, lagSeconds: number): void
  /** It has ended: `lost` where another attempt had taken over. */
  ended(queue: string, how: 'done' | 'again' | 'failed' | 'dead' | 'lost', seconds: number): void
}
