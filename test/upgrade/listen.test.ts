import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Upgrade } from '../../src/upgrade/receipt.ts'
import { health, production, recordedWorld, type RecordedWorld, traffic } from '../support/recorded-world.ts'

const MINUTE = 60_000

// Each is two upgrades of real git and real processes.
vi.setConfig({ testTimeout: 120_000 })
let scene: RecordedWorld
afterEach(() => scene.close())

const LIST = 'GET /repos/{owner}/{repo}/deployments/{deployment_id}/statuses'
const weights = (): readonly string[] =>
  scene.world
    .calls()
    .filter((call) => call.startsWith('weight'))
    .map((call) => call.split(' ')[2] ?? '')

/** 1.0.0 is live and healthy; 1.1.0 comes, failing as given, and people say things while its run waits. */
async function canary(
  driver: 'app' | 'action',
  failing: number,
  words: readonly (readonly [afterMs: number, description: string])[],
  steps: string = traffic(10, 50, 100),
): Promise<Upgrade> {
  scene = await recordedWorld(production(steps + health), { driver })
  scene.page.set('1.0.0', { perSecond: 50, failing: 0.001 })
  await scene.commit({ VERSION: '1.0.0\n', first: '' })
  const first = await scene.run()
  if (driver === 'app') await scene.promote(first.environments[0]?.deployment)
  scene.page.set('1.1.0', { perSecond: 20, failing })
  await scene.commit({ VERSION: '1.1.0\n' })
  const say = async (description: string): Promise<void> => {
    const newest = await scene.verdicts.newest('production')
    const state = newest?.state === 'success' ? 'success' : 'in_progress'
    await scene.verdicts.setState(newest?.id ?? '', state, description)
  }
  for (const [afterMs, description] of words) scene.after(MINUTE + afterMs, async () => say(description))
  return scene.run()
}

describe.each(['app', 'action'] as const)('a step of the traffic with driver: %s', (driver) => {
  it('is not left while somebody pauses it, and after that as its health says', async () => {
    const upgrade = await canary(driver, 0.001, [
      [30_000, 'paused: by ada'],
      [6 * MINUTE, 'continued: by ada'],
    ])
    expect(upgrade.decision).toBe(driver === 'app' ? 'completed' : 'promoted')
    expect(upgrade.environments[0]?.said?.map(({ said, by, step }) => [said, by, step])).toEqual([
      ['paused', 'ada', '10%'],
      ['continued', 'ada', '10%'],
    ])
    const [ten] = upgrade.environments[0]?.judged ?? []
    expect((ten?.endedAtMs ?? 0) - (ten?.startedAtMs ?? 0)).toBeGreaterThanOrEqual(6 * MINUTE)
    expect(weights().slice(-3)).toEqual(['10', '50', '100'])
    expect(scene.world.log.lines.join('\n')).toMatch(/ada paused production at 10%: .*timeout-minutes/)
  })

  it('stays paused whatever else is said of it than by people', async () => {
    const upgrade = await canary(driver, 0.001, [
      [0, 'paused: by ada'],
      [2 * MINUTE, 'Something else.'],
      [6 * MINUTE, 'continued: by eve'],
    ])
    const [ten] = upgrade.environments[0]?.judged ?? []
    expect((ten?.endedAtMs ?? 0) - (ten?.startedAtMs ?? 0)).toBeGreaterThanOrEqual(6 * MINUTE)
    expect(upgrade.environments[0]?.said?.map(({ said, by }) => [said, by])).toEqual([
      ['paused', 'ada'],
      ['continued', 'eve'],
    ])
  })

  it('that is bad is not taken back while it is paused, which is said; then it is', async () => {
    const upgrade = await canary(driver, 0.1, [
      [0, 'paused: by ada'],
      [6 * MINUTE, 'continued: by eve'],
    ])
    expect(upgrade).toMatchObject({ decision: 'rolled_back', reason: 'unhealthy' })
    const [ten] = upgrade.environments[0]?.judged ?? []
    expect((ten?.endedAtMs ?? 0) - (ten?.startedAtMs ?? 0)).toBeGreaterThanOrEqual(6 * MINUTE)
    const told = scene.world.log.lines.filter((line) => line.includes('is bad, but ada paused it'))
    expect(told).toHaveLength(1)
  })

  it('is left at once when somebody promotes it, and only that one', async () => {
    const upgrade = await canary(driver, 0.001, [[30_000, 'promoted: by ada']])
    expect(weights().slice(-3)).toEqual(['10', '50', '100'])
    const spans = upgrade.environments[0]?.judged.map((one) => [one.step, one.endedAtMs - one.startedAtMs])
    expect(spans?.slice(0, 2)).toEqual([
      ['10%', MINUTE],
      ['50%', 2 * MINUTE],
    ])
    expect(upgrade.environments[0]?.said).toMatchObject([{ said: 'promoted', by: 'ada', step: '10%' }])
  })

  it('that is bad is gone on from where somebody accepts it, to the end', async () => {
    const upgrade = await canary(driver, 0.1, [
      [0, 'paused: by ada'],
      [3 * MINUTE, 'accepted: by ada'],
    ])
    expect(weights().slice(-3)).toEqual(['10', '50', '100'])
    expect(scene.world.read('live')).toBe('1.1.0')
    expect(upgrade).toMatchObject(
      driver === 'app'
        ? { decision: 'completed', reason: 'watched_by_app' }
        : { decision: 'promoted', reason: 'accepted_by_person' },
    )
  })

  it('is asked about at most once a minute', async () => {
    await canary(driver, 0.001, [])
    const before = scene.hub.requests.length
    await scene.commit({ VERSION: '1.2.0\n' })
    scene.page.set('1.2.0', { perSecond: 20, failing: 0.001 })
    const startMs = scene.clock.now()
    const upgrade = await scene.run()
    const id = upgrade.environments[0]?.deployment ?? ''
    const looks = scene.hub.requests
      .slice(before)
      .filter(({ operation, path }) => operation === LIST && path.includes(`/${id}/`))
    // Whether it is still this upgrade's is asked before each act: here five times, at steps and gates.
    expect(looks.length).toBeLessThanOrEqual((scene.clock.now() - startMs) / MINUTE + 10)
  })
})

describe('the soak with driver: action', () => {
  it('ends when somebody promotes it: nobody says that it is healthy', async () => {
    const upgrade = await canary('action', 0.001, [[3 * MINUTE, 'promoted: by ada']], '')
    expect(upgrade).toMatchObject({ decision: 'promoted', reason: 'promoted_by_person' })
    expect(upgrade.message).toContain('ada promoted it before the end of the watch')
    const [watch] = upgrade.environments[0]?.judged ?? []
    expect((watch?.endedAtMs ?? 0) - (watch?.startedAtMs ?? 0)).toBeLessThan(5 * MINUTE)
    // It is what a later rollback returns to.
    await scene.commit({ VERSION: '1.2.0\n' })
    expect((await scene.run()).environments[0]).toMatchObject({ previous: { name: '1.1.0' } })
  })

  it('neither promotes nor takes back what is paused', async () => {
    const upgrade = await canary(
      'action',
      0.001,
      [
        [MINUTE, 'paused: by ada'],
        [9 * MINUTE, 'continued: by ada'],
      ],
      '',
    )
    expect(upgrade).toMatchObject({ decision: 'promoted', reason: 'healthy' })
    const [watch] = upgrade.environments[0]?.judged ?? []
    expect((watch?.endedAtMs ?? 0) - (watch?.startedAtMs ?? 0)).toBeGreaterThanOrEqual(9 * MINUTE)
  })

  it('goes on by health where what people say cannot be read', async () => {
    scene = await recordedWorld(production(health), { driver: 'action' })
    scene.page.set('1.0.0', { perSecond: 50, failing: 0.001 })
    await scene.commit({ VERSION: '1.0.0\n', first: '' })
    scene.after(MINUTE + 30_000, async () => {
      scene.hub.faults.add({ on: LIST, answer: { status: 500, body: {} }, times: 9999 })
    })
    expect(await scene.run()).toMatchObject({ decision: 'promoted', reason: 'healthy' })
    const told = scene.world.log.lines.filter((line) =>
      line.includes('What people say of production cannot be read'),
    )
    expect(told).toHaveLength(1)
  })
})
