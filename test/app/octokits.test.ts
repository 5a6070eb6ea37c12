import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { noteInstallationChange } from '../../app/installation-change.ts'
import { NotOfInstallation } from '../../app/installation-tokens.ts'
import { systemClock } from '../../src/adapters/system-clock.ts'
import { type AppWorld, appWorld, COMMENT, comment } from '../support/app/app-world.ts'
import { type ManualClock, manualClock } from '../support/manual-clock.ts'

let clock: ManualClock
let world: AppWorld

beforeEach(async () => {
  clock = manualClock()
  world = await appWorld(clock)
})
afterEach(async () => {
  await world.hub.close()
})

describe('a client of one repository', () => {
  it('S05 asks for a token of that repository alone, with what the operation needs', async () => {
    const at = await world.clients()
    await comment(world.githubOf(at, 'answer'), 'hello')
    expect(world.tokenRequests().map(({ body }) => body)).toEqual([
      {
        repository_ids: [world.shop.id],
        permissions: {
          metadata: 'read',
          issues: 'read',
          pull_requests: 'write',
          contents: 'read',
          checks: 'read',
          statuses: 'read',
          deployments: 'read',
          actions: 'read',
          members: 'read',
        },
      },
    ])
  })

  it('S05 to read asks for nothing to write with, and cannot', async () => {
    const at = await world.clients()
    const reader = world.githubOf(at, 'read')
    await reader.octokit.rest.repos.get({ owner: reader.owner, repo: reader.repo })
    await expect(comment(reader, 'no')).rejects.toThrow('403')
    const [asked] = world.tokenRequests()
    expect(Object.values((asked!.body as { permissions: object }).permissions)).not.toContain('write')
  })

  it('uses one token as long as it lives', async () => {
    const at = await world.clients()
    await comment(world.githubOf(at, 'answer'), 'one')
    await comment(world.githubOf(at, 'answer'), 'two')
    expect(world.tokenRequests()).toHaveLength(1)
  })

  it('L11 gets a new token before the old one ends', async () => {
    const at = await world.clients()
    await comment(world.githubOf(at, 'answer'), 'one')
    clock.advance(56 * 60_000)
    await comment(world.githubOf(at, 'answer'), 'two')
    expect(world.tokenRequests()).toHaveLength(2)
  })

  it('L11 gets a new token when GitHub does not know the old one, and says it once', async () => {
    const at = await world.clients()
    await comment(world.githubOf(at, 'answer'), 'one')
    world.hub.faults.add({ on: COMMENT, answer: { status: 401, body: { message: 'Bad credentials' } } })
    await comment(world.githubOf(at, 'answer'), 'two')
    expect(world.tokenRequests()).toHaveLength(2)
    expect(world.comments()).toEqual(['one', 'two'])
  })

  it('works with less where less was granted, and asks anew when that has changed', async () => {
    const other = await world.newRepository('little', 'shop')
    const little = world.hub.install({
      appId: world.app.id,
      account: 'little',
      permissions: { metadata: 'read', pull_requests: 'write', contents: 'read' },
    })
    const at = await world.clients()
    await comment(world.githubOf(at, 'deploy', other, little), 'hello')
    expect(world.tokenRequests().map(({ body }) => (body as { permissions: object }).permissions)).toEqual([
      { metadata: 'read', pull_requests: 'write', contents: 'read' },
    ])
  })

  it('N01 of another installation: refused, and no token is made', async () => {
    const foreign = await world.newRepository('other', 'secrets')
    world.hub.install({ appId: world.app.id, account: 'other' })
    const at = await world.clients()
    await expect(comment(world.githubOf(at, 'answer', foreign), 'no')).rejects.toThrow(NotOfInstallation)
    expect(world.tokenRequests().map(({ status }) => status)).toEqual([422])
    expect(world.comments()).toEqual([])
  })

  it('S03 W13 tells no token in its errors or in the log', async () => {
    const at = await world.clients()
    world.hub.faults.add({
      on: COMMENT,
      answer: { status: 403 },
    })
    const failure = await comment(world.githubOf(at, 'answer'), 'the words of somebody').catch(String)
    expect(failure).toContain('GitHub answered 403')
    expect(String(failure) + at.logged.join('')).not.toMatch(/ghs_|the words of somebody|bearer /)
  })
})

describe('W14 an installation that is', () => {
  it.each(['deleted', 'suspend'])(
    '%s: nothing of it is remembered, and no token is made again',
    async (action) => {
      const at = await world.clients()
      await comment(world.githubOf(at, 'answer'), 'one')
      if (action === 'deleted') world.hub.uninstall(world.installation)
      else world.hub.suspend(world.installation)
      noteInstallationChange(
        { event: 'installation', action, installationId: world.installation },
        at.octokits,
      )
      await expect(comment(world.githubOf(at, 'answer'), 'two')).rejects.toThrow(/GitHub answered (404|403)/)
      expect(world.comments()).toEqual(['one'])
    },
  )

  it('another one: its tokens stay', async () => {
    const at = await world.clients()
    await comment(world.githubOf(at, 'answer'), 'one')
    noteInstallationChange({ event: 'installation', action: 'deleted', installationId: 1 }, at.octokits)
    await comment(world.githubOf(at, 'answer'), 'two')
    expect(world.tokenRequests()).toHaveLength(1)
  })
})

describe('limits', () => {
  it('L09 a secondary limit: all of the installation wait, what is urgent goes first, nothing is said twice', async () => {
    const at = await world.clients()
    await comment(world.githubOf(at, 'answer'), 'first')
    await comment(world.githubOf(at, 'rollback'), 'second')
    const startMs = clock.now()
    world.hub.faults.add({ on: COMMENT, answer: { status: 403, headers: { 'retry-after': '60' } } })
    const answer = world.githubOf(at, 'answer')
    await Promise.all([
      comment(answer, 'third'),
      comment(answer, 'fourth'),
      comment(world.githubOf(at, 'rollback'), 'the rollback'),
    ])
    expect(world.comments()).toEqual([
      'first',
      'second',
      'the rollback',
      expect.any(String),
      expect.any(String),
    ])
    const later = world.hub.requests.filter(
      ({ path, at: atMs }) => path.endsWith('/comments') && atMs > startMs,
    )
    expect(later.every(({ at: atMs }) => atMs >= startMs + 60_000)).toBe(true)
    expect(world.hub.requests.filter(({ path }) => path.endsWith('/comments'))).toHaveLength(6)
  })

  it('N05 what is left of them is the lowest of all, without a name', async () => {
    const at = await world.clients()
    await comment(world.githubOf(at, 'answer'), 'hello')
    const { body } = await at.metrics.text()
    expect(body).toMatch(/^seamless_github_rate_limit_remaining \d+$/m)
    expect(body).toMatch(/^seamless_github_call_seconds_count\{outcome="ok"\} 3$/m)
    expect(body).not.toMatch(/acme|shop/)
  })
})

describe('by the clock of the system', () => {
  it.each([-90, 0, 600, -3600])(
    'L11 is known to a GitHub whose clock is %d s ahead of ours',
    async (seconds) => {
      const off = await appWorld({ ...systemClock, now: () => Date.now() + seconds * 1000 })
      await comment(off.githubOf(await off.clients(systemClock), 'answer'), 'hello')
      expect(off.comments()).toEqual(['hello'])
      const refused = off.hub.requests.filter(({ status }) => status === 401)
      // 90 s are within the margin of the first attempt; beyond it, GitHub's own time is learnt from its answer.
      expect(refused.length === 0).toBe(Math.abs(seconds) <= 90)
      await off.hub.close()
    },
  )

  it('N03 one tenant that writes much delays no other', async () => {
    const now = await appWorld(systemClock)
    const quiet = await now.newRepository('quiet', 'shop')
    const other = now.hub.install({ appId: now.app.id, account: 'quiet' })
    const at = await now.clients(systemClock)
    const loud = now.githubOf(at, 'answer')
    now.hub.faults.add({
      on: ({ method, path }) => method === 'POST' && path === '/repos/acme/shop/issues/1/comments',
      times: 20,
      delayMs: 50,
    })
    const flood = Promise.all(Array.from({ length: 20 }, (_, index) => comment(loud, `loud ${index}`)))
    await comment(now.githubOf(at, 'answer', quiet, other), 'quiet')
    expect(now.comments().filter((body) => body.startsWith('loud')).length).toBeLessThan(10)
    await flood
    expect(now.comments()).toHaveLength(21)
    await now.hub.close()
  })
})
