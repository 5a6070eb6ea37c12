import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openMetrics } from '../../app/metrics.ts'
import { countLabels, labelAbandoned, verdictLedger } from '../../app/store/verdict-ledger.ts'
import { systemClock } from '../../src/adapters/system-clock.ts'
import type { VerdictLedger } from '../../src/watch/verdict-ledger.ts'
import type { LedgerEntry } from '../../src/watch/watch-ports.ts'
import { type OpenedStore, type StoreHome, storeHomes } from '../support/app-store.ts'

const DAY_MS = 24 * 3_600_000
const NOW = Date.UTC(2026, 10, 23)

const takenBack = (deployment: string, more: Partial<LedgerEntry> = {}): LedgerEntry => ({
  deployment,
  environment: 'production',
  sha: 'a'.repeat(40),
  verdict: 'unhealthy',
  reason: 'unhealthy',
  acted: 'merged',
  pull: 7,
  revertPull: 8,
  atMs: NOW,
  ...more,
})
const promoted = (deployment: string, more: Partial<LedgerEntry> = {}): LedgerEntry => {
  const { revertPull: _, ...entry } = takenBack(deployment)
  return { ...entry, verdict: 'healthy', reason: 'healthy', acted: 'promoted', ...more }
}

describe.each(storeHomes)('the ledger of verdicts %s', (_, start) => {
  let home: StoreHome
  let opened: OpenedStore
  let repositoryId = 0
  let ledger: VerdictLedger
  beforeAll(async () => {
    home = await start()
    opened = await home.open()
  })
  beforeEach(async () => {
    await opened.store.run('DELETE FROM seamless.verdicts')
    repositoryId += 1
    ledger = verdictLedger(opened.store, { repositoryId, installationId: 1 })
  })
  afterAll(async () => {
    await opened.store.close()
    await home.remove()
  })

  test('an entry comes back as it was noted', async () => {
    await ledger.note(takenBack('1'))
    await ledger.note(promoted('2', { atMs: NOW + 1 }))
    expect(await ledger.unlabelled(NOW)).toEqual([promoted('2', { atMs: NOW + 1 }), takenBack('1')])
    expect(await ledger.unlabelled(NOW + 1)).toHaveLength(1)
  })

  test('of one deployment there is one entry, the last', async () => {
    await ledger.note(takenBack('1', { acted: 'proposed' }))
    await ledger.note(takenBack('1', { acted: 'proposed' }))
    await ledger.note(takenBack('1'))
    expect(await ledger.unlabelled(0)).toEqual([takenBack('1')])
  })

  test('what nothing was done about, and what no pull request brought, waits for no label', async () => {
    const { pull: __, ...pushed } = promoted('2')
    await ledger.note(takenBack('1', { acted: 'nothing' }))
    await ledger.note(pushed)
    expect(await ledger.unlabelled(0)).toEqual([])
    expect(await ledger.counts()).toEqual({ right: 0, wrong: 0, missed: 0, open: 0 })
  })

  test('the first label stays, also when the same verdict is noted again', async () => {
    await ledger.note(takenBack('1'))
    expect(await ledger.counts()).toEqual({ right: 0, wrong: 0, missed: 0, open: 1 })
    expect(await ledger.label('1', 'wrong', NOW)).toBe('written')
    expect(await ledger.label('1', 'right', NOW)).toBe('known')
    await ledger.note(takenBack('1', { reason: 'told again' }))
    expect(await ledger.unlabelled(0)).toEqual([])
    expect(await ledger.counts()).toEqual({ right: 0, wrong: 1, missed: 0, open: 0 })
  })

  test('another verdict on the same deployment is not what was labelled', async () => {
    await ledger.note(takenBack('1'))
    await ledger.label('1', 'wrong', NOW)
    await ledger.note(promoted('1', { reason: 'accepted_by_person' }))
    expect(await ledger.counts()).toEqual({ right: 0, wrong: 0, missed: 0, open: 0 })
    expect(await ledger.unlabelled(0)).toHaveLength(1)
  })

  test('a deployment that nobody noted has nothing to label', async () => {
    expect(await ledger.label('404', 'right', NOW)).toBe('known')
  })

  test('N02 two repositories share no verdict, not even of the same number', async () => {
    const other = verdictLedger(opened.store, { repositoryId: repositoryId + 1000, installationId: 2 })
    await ledger.note(takenBack('1'))
    await other.note(promoted('1'))
    await other.label('1', 'missed', NOW)
    expect(await ledger.unlabelled(0)).toEqual([takenBack('1')])
    expect(await other.counts()).toEqual({ right: 0, wrong: 0, missed: 1, open: 0 })
  })

  test('what nobody landed again for 14 days was right; what is younger, or promoted, waits', async () => {
    await ledger.note(takenBack('old', { atMs: NOW - 14 * DAY_MS }))
    await ledger.note(takenBack('young', { atMs: NOW - 14 * DAY_MS + 1 }))
    await ledger.note(takenBack('ignored', { acted: 'proposed', atMs: NOW - 20 * DAY_MS }))
    await ledger.note(promoted('live', { atMs: NOW - 20 * DAY_MS }))
    expect(await labelAbandoned(opened.store, NOW)).toBe(2)
    expect(await labelAbandoned(opened.store, NOW)).toBe(0)
    expect(await ledger.counts()).toEqual({ right: 1, wrong: 0, missed: 0, open: 1 })
    const metrics = openMetrics(systemClock, [])
    metrics.verdictLabels(() => countLabels(opened.store))
    const { body } = await metrics.text()
    const shown = [...body.matchAll(/^seamless_verdict_labels\{label="(\w+)"\} (\d+)$/gm)]
    expect(shown.map(([, label, verdicts]) => `${label} ${verdicts}`)).toEqual([
      'right 1',
      'wrong 0',
      'missed 0',
      'not_followed 1',
      'open 1',
    ])
  })
})
