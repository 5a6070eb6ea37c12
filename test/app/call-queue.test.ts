import { describe, expect, it } from 'vitest'
import { CallQueue } from '../../app/call-queue.ts'
import { manualClock } from '../support/manual-clock.ts'

const signal = new AbortController().signal

/** Calls that note when they begin and end only when they are told to. */
function calls(queue: CallQueue): {
  begun: string[]
  call(name: string, urgency?: 'safety' | 'normal'): Promise<string>
  finish(name: string): Promise<void>
} {
  const begun: string[] = []
  const ends = new Map<string, () => void>()
  return {
    begun,
    call: (name, urgency = 'normal') =>
      queue.run(urgency, () => {
        begun.push(name)
        return new Promise((resolve) => {
          ends.set(name, () => resolve(name))
        })
      }),
    async finish(name) {
      ends.get(name)?.()
      await new Promise((resolve) => setImmediate(resolve))
    },
  }
}

describe('a queue of calls', () => {
  it('runs one at a time, in order, and the urgent before all that wait', async () => {
    const { begun, call, finish } = calls(new CallQueue({ lanes: 1, clock: manualClock(), signal }))
    const done = [call('a'), call('b'), call('c'), call('revert', 'safety')]
    for (const name of ['a', 'revert', 'b', 'c']) await finish(name)
    expect(begun).toEqual(['a', 'revert', 'b', 'c'])
    expect(await Promise.all(done)).toEqual(['a', 'b', 'c', 'revert'])
  })

  it('runs as many at once as it has lanes', () => {
    const { begun, call } = calls(new CallQueue({ lanes: 2, clock: manualClock(), signal }))
    for (const name of ['a', 'b', 'c']) void call(name)
    expect(begun).toEqual(['a', 'b'])
  })

  it('goes on after a call that failed, and tells its caller', async () => {
    const queue = new CallQueue({ lanes: 1, clock: manualClock(), signal })
    await expect(queue.run('normal', () => Promise.reject(new Error('no')))).rejects.toThrow('no')
    expect(await queue.run('normal', async () => 'yes')).toBe('yes')
  })

  it('L09 waits when GitHub asks for silence, and begins with what is urgent then', async () => {
    const clock = manualClock()
    const queue = new CallQueue({ lanes: 1, clock, signal })
    const order: string[] = []
    const at = clock.now()
    queue.pauseUntil(at + 60_000)
    const comment = queue.run('normal', async () => void order.push(`comment ${clock.now() - at}`))
    const revert = queue.run('safety', async () => void order.push(`revert ${clock.now() - at}`))
    await Promise.all([comment, revert])
    expect(order).toEqual(['revert 60000', 'comment 60000'])
  })

  it('begins no more in a minute than allowed; the urgent have a reserve', async () => {
    const clock = manualClock()
    const queue = new CallQueue({ lanes: 1, perMinute: 3, clock, signal })
    const at = clock.now()
    const whens: number[] = []
    const note = async (): Promise<void> => void whens.push(clock.now() - at)
    await Promise.all([1, 2, 3].map(() => queue.run('normal', note)))
    await queue.run('safety', note)
    await queue.run('normal', note)
    expect(whens).toEqual([0, 0, 0, 0, 60_000])
  })

  it('wakes from a wait when something urgent may begin', async () => {
    const queue = new CallQueue({ lanes: 1, perMinute: 3, clock: sleeper(), signal })
    const order: string[] = []
    for (const name of ['a', 'b', 'c', 'd'])
      void queue.run('normal', async () => void order.push(name)).catch(() => {})
    await new Promise((resolve) => setImmediate(resolve))
    await queue.run('safety', async () => void order.push('urgent'))
    expect(order).toEqual(['a', 'b', 'c', 'urgent'])
  })

  it('lets all go when the process stops: each ends by its own signal', async () => {
    const stop = new AbortController()
    const queue = new CallQueue({ lanes: 1, clock: sleeper(), signal: stop.signal })
    queue.pauseUntil(Date.now() + 3_600_000)
    const waiting = queue.run('normal', async () => 'let go')
    stop.abort()
    expect(await waiting).toBe('let go')
  })
})

/** A clock that stands still: a sleep ends only by its signal. */
function sleeper(): { now(): number; sleep(ms: number, signal: AbortSignal): Promise<void> } {
  const at = Date.now()
  return {
    now: () => at,
    sleep: (_, signal) =>
      new Promise((_, reject) => {
        const end = (): void => reject(signal.reason as Error)
        if (signal.aborted) end()
        else signal.addEventListener('abort', end, { once: true })
      }),
  }
}
