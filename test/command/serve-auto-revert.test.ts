import { beforeEach, describe, expect, test } from 'vitest'
import { readAutoRevert } from '../../src/revert/auto-revert.ts'
import { openBreaker, readBreaker } from '../../src/revert/breaker.ts'
import { GitHubError } from '../../src/errors.ts'
import type { Person } from '../../src/ports/authority.ts'
import { CONFIG, type CommandWorld, commandWorld, SHA_A } from '../support/command/command-world.ts'

let world: CommandWorld
let boss: Person

beforeEach(() => {
  world = commandWorld()
  boss = world.authority.person('boss', 'maintain')
})

const state = async (): Promise<string> => (await readAutoRevert(world.records)).state

describe('the kill switch', () => {
  test('R13 whoever maintains the repository switches reverts by machine off, and on again', async () => {
    expect(await world.say('/autorevert off', { by: boss })).toMatchObject({ reason: 'autorevert_off' })
    expect(await state()).toBe('off')
    expect(world.answer()).toMatch(
      /^🛑 `boss` switched automatic reverts off.*Until now: on, as nobody said otherwise\.$/,
    )
    expect(await world.say('/autorevert on', { by: boss })).toMatchObject({ reason: 'autorevert_on' })
    expect(await state()).toBe('on')
    expect(world.answer()).toMatch(
      /^🟢 `boss` switched.*Until now: off, by `boss` since 2026-11-23 12:00 UTC\.$/,
    )
  })

  test('R13 A01 A02 an outsider cannot trip it, nor can write: nothing is written', async () => {
    const stranger = world.authority.person('stranger')
    expect(await world.say('/autorevert off', { by: stranger })).toEqual({
      kind: 'silent',
      reason: 'stranger',
    })
    expect(world.conversation.comments).toEqual([])
    expect(await world.say('/autorevert off')).toMatchObject({ reason: 'permission_denied' })
    expect(world.answer()).toMatch(/takes the role maintain or a higher one; you have write/)
    expect(world.records.history).toEqual([])
  })

  test('R13 every environment must let them', async () => {
    world.config = CONFIG.replace('  staging:\n', '  staging:\n    allow: { autorevert: [admin] }\n')
    expect(await world.say('/autorevert off', { by: boss })).toMatchObject({ reason: 'permission_denied' })
    const admin = world.authority.person('root', 'admin')
    expect(await world.say('/autorevert off', { by: admin })).toMatchObject({ reason: 'autorevert_off' })
  })

  test('A20 while GitHub does not say who they are, the switch stays as it is', async () => {
    world.authority.failure = new GitHubError(500, 'unicorn')
    expect(await world.say('/autorevert on', { by: boss })).toMatchObject({ reason: 'permission_unverified' })
    expect(world.records.history).toEqual([])
  })

  test('what stands there and cannot be written over is said with where it is', async () => {
    world.records.spoil('autorevert')
    expect(await world.say('/autorevert on', { by: boss })).toMatchObject({ reason: 'lock_unreadable' })
    expect(world.answer()).toMatch(/nothing is taken back by itself.*memory of autorevert/)
    expect(await state()).toBe('unknown')
  })

  test('what is none of a switch is mended by saying it', async () => {
    await world.records.write('autorevert', { schema: 1, isOn: 'perhaps' }, undefined)
    expect(await state()).toBe('unknown')
    expect(await world.say('/autorevert off', { by: boss })).toMatchObject({ reason: 'autorevert_off' })
    expect(await state()).toBe('off')
  })

  test('`on` closes the breakers and says which, `off` leaves them open', async () => {
    await openBreaker(world.records, 'production', { deployment: '7', why: 'still bad', atMs: 0 })
    await world.say('/autorevert off', { by: boss })
    expect((await readBreaker(world.records, 'production')).state).toBe('open')
    await world.say('/autorevert on', { by: boss })
    expect((await readBreaker(world.records, 'production')).state).toBe('closed')
    expect(world.answer()).toContain('Breakers closed: `production`.')
  })
})

describe('/status', () => {
  const deployment = { id: '7', sha: SHA_A, version: '2.0.0' }

  test('it tells of watches, the switch, breakers and how verdicts turned out, and brings the comments up to date', async () => {
    const now = world.clock.now()
    world.watches.watch({ deployment, environment: 'production', paused: true, endsMs: now + 18 * 60_000 })
    world.watches.watch({
      deployment: { ...deployment, id: '6' },
      environment: 'staging',
      state: 'held',
      verdict: 'inconclusive',
      line: 'no data | @acme/ops',
    })
    world.watches.counted = { right: 12, wrong: 1, missed: 0, open: 3 }
    await world.say('/autorevert off', { by: boss })
    await openBreaker(world.records, 'production', { deployment: '7', why: 'still bad', atMs: now })
    expect(await world.say('/status')).toMatchObject({ reason: 'status_shown' })
    const text = world.answer()?.slice(world.answer()?.indexOf('| watched'))
    expect(text).toMatchInlineSnapshot(`
      "| watched | version | state | how it looks | decided |
      |---|---|---|---|---|
      | \`staging\` | \`2.0.0\` | ✋ held, inconclusive | \`no data \\| @acme/ops\` |  |
      | \`production\` | \`2.0.0\` | ⏸️ paused | \`no worse so far\` | 2026-11-23 12:18 UTC (in 18 min) |

      Automatic reverts: off, by \`boss\` since 2026-11-23 12:00 UTC.

      🛑 The breaker of \`production\` is open since 2026-11-23 12:00 UTC (\`still bad\`): no merge is taken back by itself until a version is healthy there, or somebody says \`/autorevert on\`.

      Of what was taken back, 12 turned out right and 1 wrong; of what was promoted, people reverted 0; of 3 nobody knows yet."
    `)
    expect(world.watches.refreshed).toBe(1)
  })

  test('where nothing is watched and nobody said anything, it says no more than that', async () => {
    await world.say('/status')
    expect(world.answer()?.split('\n').slice(4)).toEqual([
      '',
      'Automatic reverts: on, as nobody said otherwise.',
    ])
  })

  test('R13 a switch that cannot be read is told as what it is', async () => {
    world.records.spoil('autorevert')
    world.records.spoil('breaker/staging')
    await world.say('/status')
    expect(world.answer()).toMatch(
      /Automatic reverts: ⚠️ unreadable, so that nothing is taken back by itself/,
    )
    expect(world.answer()).toMatch(/breaker of `staging` cannot be read and counts as open/)
  })
})
