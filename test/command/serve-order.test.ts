import { beforeEach, describe, expect, test } from 'vitest'
import { artifactsIn, verdictDetails } from '../../src/upgrade/verdict-details.ts'
import {
  CONFIG,
  type CommandWorld,
  commandWorld,
  SHA_A,
  SHA_B,
  SHA_OLD,
} from '../support/command/command-world.ts'
import type { MemoryDeployment } from '../support/command/memory-deployments.ts'

let world: CommandWorld

beforeEach(() => {
  world = commandWorld()
})

function live(sha = SHA_A): MemoryDeployment {
  const made = world.deployments.before('production', sha)
  delete made.verdict
  return made
}

/** What the App watches of it. */
function watched(more: Parameters<CommandWorld['watches']['watch']>[0] | object = {}): MemoryDeployment {
  const made = live()
  const { id, sha, version } = made
  world.watches.watch({ deployment: { id, sha, version }, environment: 'production', ...more })
  return made
}

/** A job that brings a step of the traffic; its run still works. */
async function canary(): Promise<MemoryDeployment> {
  const { id } = await world.deployments.begin({
    environment: 'production',
    sha: SHA_B,
    version: '3.0.0',
    key: 'run-9001',
  })
  await world.workflows.dispatch({
    operation: 'run',
    environment: 'production',
    sha: SHA_B,
    key: 'run-9001',
  })
  world.workflows.become(9001, { status: 'in_progress' })
  const url = 'https://github.example/acme/shop/actions/runs/9001'
  world.deployments.say(id, 'in_progress', 'A run works on it.', url)
  return world.deployments.all.at(-1)!
}

const words = ({ states }: MemoryDeployment): string[] =>
  states.map(({ state, description }) => `${state} ${description}`)

describe('who may', () => {
  test.each(['/promote', '/accept', '/pause', '/continue'])(
    'A01 A02 %s: an outsider trips nothing, a reader is refused once, write may',
    async (command) => {
      watched({ paused: command === '/continue' })
      const stranger = world.authority.person('stranger')
      expect(await world.say(`${command} production`, { by: stranger })).toEqual({
        kind: 'silent',
        reason: 'stranger',
      })
      expect(world.conversation.comments).toEqual([])
      const by = world.authority.person('reader', 'read')
      expect(await world.say(`${command} production`, { by })).toMatchObject({ reason: 'permission_denied' })
      expect(world.watches.taken).toEqual([])
      expect(await world.say(`${command} production`)).toMatchObject({ kind: 'answered' })
      expect(world.watches.taken).toHaveLength(1)
    },
  )

  test('the configuration chooses people for each environment and command', async () => {
    world.config = CONFIG.replace('  production:\n', '  production:\n    allow: { accept: [admin] }\n')
    watched()
    expect(await world.say('/accept production')).toMatchObject({ reason: 'permission_denied' })
    expect(world.answer()).toMatch(/`\/accept` for `production`: that takes the role admin/)
    expect(await world.say('/promote production')).toMatchObject({ reason: 'promoted_on_request' })
  })

  test('W08 what has waited for too long is not carried out late', async () => {
    watched()
    const request = world.comment('/promote production')
    world.clock.advance(15 * 60_000 + 1)
    expect(await world.serve(request)).toMatchObject({ kind: 'refused', reason: 'expired' })
    expect(world.watches.taken).toEqual([])
  })
})

describe('a watch of the App', () => {
  test('an order is left with who gave it and when, and the answer says what comes', async () => {
    const made = watched()
    const request = world.comment('/pause production')
    expect(await world.serve(request)).toMatchObject({ kind: 'answered', reason: 'paused' })
    const { createdAtMs: atMs } = request.comment
    expect(world.watches.taken).toEqual([
      { deployment: made.id, order: { kind: 'pause', by: world.dev, atMs } },
    ])
    expect(world.answer()).toMatch(
      /^⏸️ `dev` pauses .*until `\/continue production`.*`\/rollback production`/,
    )
    expect(world.reactions()).toEqual(['eyes', 'rocket'])
    expect(await world.say('/pause production')).toMatchObject({ reason: 'already_paused' })
    expect(await world.say('/continue production')).toMatchObject({ reason: 'continued' })
    expect(await world.say('/continue production')).toMatchObject({ reason: 'not_paused' })
    expect(made.states).toHaveLength(1)
  })

  test('one that ends in the moment between is not told so: the answer is put right', async () => {
    const made = watched()
    const { id, sha, version } = made
    world.watches.beforeOrder = () => {
      made.verdict = 'healthy'
      const deployment = { id, sha, version }
      world.watches.watch({ deployment, environment: 'production', state: 'ended', verdict: 'healthy' })
    }
    expect(await world.say('/promote production')).toMatchObject({ reason: 'already_healthy' })
    expect(world.conversation.comments.map(({ body }) => body)).toEqual([
      '`aaaaaaaaaaaa` in `production` counts as well already. Its watch: `no worse so far`',
    ])
  })

  test('one that takes no order, though it seems to, ends in an answer and not in a loop', async () => {
    watched()
    world.watches.order = async () => 'over'
    expect(await world.say('/pause production')).toMatchObject({ kind: 'refused', reason: 'nothing_watched' })
    expect(world.conversation.comments.map(({ body }) => body)).toEqual([
      expect.stringMatching(/^@dev .*takes no `\/pause` any more.*Nothing was done\.$/),
    ])
    expect(world.reactions()).toEqual(['eyes', '-1'])
  })
})

describe('a job that brings steps of the traffic', () => {
  test.each([
    ['/promote', 'promoted: by dev', 'promoted_on_request'],
    ['/accept', 'accepted: by dev', 'accepted_on_request'],
    ['/pause', 'paused: by dev', 'paused'],
    ['/continue', 'continued: by dev', 'continued'],
  ])('%s is told by a status of its Deployment: %s', async (command, description, reason) => {
    watched()
    const made = await canary()
    expect(await world.say(`${command} production`)).toMatchObject({ kind: 'answered', reason })
    expect(words(made)).toEqual(['in_progress A run works on it.', `in_progress ${description}`])
    expect(world.watches.taken).toEqual([])
  })

  test('after the first word, which names the run on, the second reaches it, too', async () => {
    const made = await canary()
    await world.say('/pause production')
    world.clock.advance(5000)
    expect(await world.say('/pause production')).toMatchObject({ reason: 'already_paused' })
    expect(await world.say('/continue production')).toMatchObject({ reason: 'continued' })
    expect(words(made).slice(1)).toEqual(['in_progress paused: by dev', 'in_progress continued: by dev'])
    // A run that died in the pause is told nothing more.
    world.workflows.become(9001, { status: 'completed', conclusion: 'failure' })
    expect(await world.say('/pause production')).toMatchObject({ reason: 'nothing_watched' })
  })

  test('one whose run has ended is told nothing', async () => {
    const made = await canary()
    world.workflows.become(9001, { status: 'completed', conclusion: 'failure' })
    expect(await world.say('/pause production')).toMatchObject({ kind: 'refused', reason: 'nothing_watched' })
    expect(made.states).toHaveLength(1)
  })
})

describe('without a server', () => {
  beforeEach(() => {
    world = commandWorld(CONFIG.replace('driver: app', 'driver: action'))
  })

  test('a job that watches what is live is told, and what is live stays live', async () => {
    const made = await canary()
    const url = 'https://github.example/acme/shop/actions/runs/9001'
    world.deployments.say(made.id, 'success', 'It is live.', url)
    expect(await world.say('/promote production')).toMatchObject({ reason: 'promoted_on_request' })
    expect(words(made).at(-1)).toBe('success promoted: by dev')
  })

  test('with no job at work there is a clear answer', async () => {
    live()
    expect(await world.say('/pause production')).toMatchObject({ kind: 'refused', reason: 'nothing_watched' })
    expect(world.answer()).toBe(
      '@dev `/pause production`: Nothing is being watched in `production`. Nothing was done.',
    )
  })

  test('a lock that names the run of the deployment is enough to know that it works', async () => {
    const made = await canary()
    world.deployments.say(made.id, 'success', 'It is live.', '')
    const run = { id: 9001, url: 'https://github.example/acme/shop/actions/runs/9001' }
    const asked = { kind: 'deploy', key: 'run-9001', by: world.dev, sha: SHA_B, sinceMs: 0, leaseUntilMs: 0 }
    const lock = { schema: 1, environment: 'production', operation: { ...asked, deployment: made.id, run } }
    await world.records.write('locks/production', lock, undefined)
    expect(await world.say('/pause production')).toMatchObject({ reason: 'paused' })
  })
})

describe('/accept of what nobody watches', () => {
  test('it is what later rollbacks return to, said by whom; what was built stays known', async () => {
    const first = live(SHA_OLD)
    const built = [{ name: 'web.tar', digest: `sha256:${'1'.repeat(64)}`, bytes: 9 }]
    first.details = verdictDetails('upgrade-1', built)
    first.verdict = 'inconclusive'
    expect(await world.say('/accept production')).toMatchObject({ reason: 'accepted_on_request' })
    expect(world.answer()).toMatch(/^✅ `dev` accepts `000000000000` in `production`/)
    expect(first.verdict).toBe('healthy')
    expect(artifactsIn(first.details)).toEqual(built)
    live(SHA_B).verdict = 'unhealthy'
    expect(await world.say('/rollback production')).toMatchObject({ kind: 'started' })
    expect(world.workflows.dispatched).toEqual([expect.objectContaining({ sha: SHA_OLD })])
  })

  test('an environment without a healthy version is told of it by /rollback', async () => {
    live(SHA_OLD)
    live(SHA_A)
    expect(await world.say('/rollback production')).toMatchObject({ reason: 'no_rollback_target' })
    expect(world.answer()).toMatch(/without `health` has none.*`\/accept production`/)
  })
})
