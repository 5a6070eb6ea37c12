import { beforeEach, describe, expect, it } from 'vitest'
import type { HealthSource, Measurement, Query, Sample } from '../../src/ports/health-source.ts'

/** One source and the questions that it can be asked; a new one for each test. */
export interface HealthSourceWorld {
  readonly source: HealthSource
  /** Two queries with answers that differ. */
  readonly known: readonly [Query, Query]
  /** Queries that the source can never answer: broken ones, and kinds that it does not know. */
  readonly refused: readonly [Query, ...Query[]]
  /** From now on the source itself cannot be reached, or says nothing of use. */
  fail(): void | Promise<void>
  /** From now on the source does not answer at all, until its own timeout, which is longer than a test. */
  stall(): void | Promise<void>
  /** What the source's clock shows, to some seconds. */
  now(): number
}

export interface SeriesSourceWorld extends HealthSourceWorld {
  /** A query that is well formed and has nothing to select. */
  readonly unknown: Query
}

/** What every source of health keeps, adapter or fake: call it in a test file with a maker of worlds (see `HealthSource`). */
export function healthSourceContract(name: string, make: () => Promise<HealthSourceWorld>): void {
  describe(`${name} keeps the contract of a health source`, () => {
    let world: HealthSourceWorld
    beforeEach(async () => {
      world = await make()
    })
    const read = (...queries: Query[]) => world.source.read(queries, new AbortController().signal)

    it('answers a batch in order, one measurement a query, however often one is asked', async () => {
      const [a, b] = world.known
      const [[onlyA], [onlyB]] = [await read(a), await read(b)]
      const batch = await read(b, a, b)
      expect(batch.map(series)).toEqual([series(onlyB), series(onlyA), series(onlyB)])
      expect(series(onlyA)).not.toEqual(series(onlyB))
      expect(await read()).toEqual([])
    })

    it('gives samples with the name of the metric, a number and the time it was taken', async () => {
      for (const sample of (await read(...world.known)).flatMap(samplesOf)) {
        expect(sample.labels['__name__']).toMatch(/./)
        expect(typeof sample.value).toBe('number')
        expect(Math.abs(sample.atMs - world.now())).toBeLessThan(60_000)
      }
    })

    it('says why it cannot answer a query, and answers the others all the same', async () => {
      const answers = await read(...world.refused, world.known[0])
      const why = expect.stringMatching(/./)
      expect(answers.slice(0, -1)).toEqual(world.refused.map(() => ({ kind: 'invalid', why })))
      expect(answers.at(-1)?.kind).toBe('ok')
    })

    it('is unknown and not bad when it cannot be reached: an error for each query, no rejection', async () => {
      await read(...world.known)
      await world.fail()
      const error = { kind: 'error', why: expect.stringMatching(/./) }
      expect(await read(...world.known)).toEqual([error, error])
    })

    it('rejects with the reason of whoever aborts it, before and while it asks', async () => {
      const reason = new Error('cancelled')
      await expect(world.source.read(world.known, AbortSignal.abort(reason))).rejects.toBe(reason)
      await world.stall()
      const abort = new AbortController()
      const reading = world.source.read(world.known, abort.signal)
      setImmediate(() => abort.abort(reason))
      await expect(reading).rejects.toBe(reason)
    })
  })
}

/** Besides, what a source of series keeps: one that can have nothing for a query, as a probe cannot. */
export function seriesSourceContract(
  name: string,
  make: () => Promise<
    HealthSourceWorld & { /** Well formed, and selects nothing. */ readonly unknown: Query }
  >,
): void {
  it(`${name} says no_data and why where nothing is, and never zero`, async () => {
    const { source, unknown } = await make()
    const answers = await source.read([unknown], new AbortController().signal)
    expect(answers).toEqual([{ kind: 'no_data', why: expect.stringMatching(/./) }])
  })
}

/** Besides, what a source that keeps history keeps. */
export function historySourceContract(name: string, make: () => Promise<HealthSourceWorld>): void {
  it(`${name} gives its past by aligned steps, oldest first`, async () => {
    const world = await make()
    const stepMs = 15_000
    const range = { fromMs: world.now() - 4 * stepMs, toMs: world.now(), stepMs }
    const steps = await world.source.history?.(world.known, range, new AbortController().signal)
    const first = Math.ceil(range.fromMs / stepMs) * stepMs
    const expected = [0, 1, 2, 3, 4].map((index) => first + index * stepMs)
    expect(steps?.map(({ atMs }) => atMs)).toEqual(expected.filter((atMs) => atMs <= range.toMs))
    expect(steps?.map(({ measurements }) => measurements.length)).toEqual(steps?.map(() => 2))
  })
}

function samplesOf(measurement: Measurement | undefined): readonly Sample[] {
  expect(measurement).toMatchObject({ kind: 'ok' })
  return measurement?.kind === 'ok' ? measurement.samples : []
}

/** Which series a measurement is made of; their values may move on between two reads. */
function series(measurement: Measurement | undefined): unknown[] {
  return samplesOf(measurement)
    .map(({ labels }) => JSON.stringify(Object.entries(labels)))
    .sort((a, b) => (a < b ? -1 : 1))
}
