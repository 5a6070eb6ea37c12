import type { Clock } from '../src/ports/clock.ts'

export type Urgency = 'safety' | 'normal'

export interface CallQueueOptions {
  /** How many run at once. */
  readonly lanes: number
  /** How many begin within a minute; urgent ones may be a third more. None: as many as there are. */
  readonly perMinute?: number
  readonly clock: Clock
  readonly signal: AbortSignal
}

const MINUTE_MS = 60_000

/** Calls that share a limit: an installation's writes, or its reads. */
export class CallQueue {
  private readonly options: CallQueueOptions
  private readonly waiting: Record<Urgency, (() => Promise<void>)[]> = { safety: [], normal: [] }
  private readonly begunAtMs: number[] = []
  private pausedUntilMs = 0
  private running = 0
  private isPumping = false
  private nap: AbortController | undefined

  constructor(options: CallQueueOptions) {
    this.options = options
  }

  /** Runs the call when it is its turn: urgent ones before all others, each kind in its order. */
  run<Answer>(urgency: Urgency, call: () => Promise<Answer>): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.waiting[urgency].push(() => call().then(resolve, reject))
      if (urgency === 'safety') this.nap?.abort()
      void this.pump()
    })
  }

  /** Nothing is begun before that time (ms): GitHub asked for silence. */
  pauseUntil(atMs: number): void {
    this.pausedUntilMs = Math.max(this.pausedUntilMs, atMs)
  }

  /** Begins what can begin. One pump at a time: the order is decided in one place, and after each wait anew. */
  private async pump(): Promise<void> {
    if (this.isPumping) return
    this.isPumping = true
    while (this.hasWaiting() && this.running < this.options.lanes) {
      const waitMs = this.untilNextMs()
      if (waitMs > 0) await this.sleep(waitMs)
      else this.begin()
    }
    this.isPumping = false
  }

  private async sleep(waitMs: number): Promise<void> {
    const { clock, signal } = this.options
    this.nap = new AbortController()
    try {
      await clock.sleep(waitMs, AbortSignal.any([signal, this.nap.signal]))
    } catch {
      // Woken by something urgent. Or stopped: then all that waits is begun, and ends by the signal that its request carries.
      while (signal.aborted && this.hasWaiting()) this.begin()
    }
  }

  private begin(): void {
    const next = this.waiting.safety.shift() ?? this.waiting.normal.shift()
    if (next === undefined) return
    this.running += 1
    if (this.options.perMinute !== undefined) this.begunAtMs.push(this.options.clock.now())
    void next().finally(() => {
      this.running -= 1
      void this.pump()
    })
  }

  private hasWaiting(): boolean {
    return this.waiting.safety.length + this.waiting.normal.length > 0
  }

  private untilNextMs(): number {
    const nowMs = this.options.clock.now()
    while ((this.begunAtMs[0] ?? Infinity) <= nowMs - MINUTE_MS) this.begunAtMs.shift()
    const { perMinute = Infinity } = this.options
    const limit = this.waiting.safety.length > 0 ? Math.ceil((perMinute * 4) / 3) : perMinute
    const oldest = this.begunAtMs[this.begunAtMs.length - limit]
    return Math.max(this.pausedUntilMs - nowMs, oldest === undefined ? 0 : oldest + MINUTE_MS - nowMs)
  }
}
