import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type ClaimRequest,
  decideClaim,
  decideHold,
  decideProgress,
  decideRelease,
  decideResolve,
  decideUnlock,
  LEASE_MS,
  readLock,
} from '../../src/command/claim.ts'
import {
  type EnvironmentLock,
  environmentLock,
  type Hold,
  type Operation,
} from '../../src/command/operation-lock.ts'

const NOW = Date.UTC(2026, 10, 23, 12)
const ada = { id: 7, login: 'ada' }
const grace = { id: 8, login: 'grace' }
const run = { id: 900, url: 'https://github.example/acme/shop/actions/runs/900' }

/** Ada's /deploy on pull request 12, a minute ago. */
function operation(more: Partial<Operation> = {}): Operation {
  return {
    kind: 'deploy',
    key: 'comment-1',
    pull: 12,
    comment: 1,
    by: ada,
    sha: 'a'.repeat(40),
    sinceMs: NOW - 60_000,
    leaseUntilMs: NOW - 60_000 + LEASE_MS,
    ...more,
  }
}

/** Grace's on pull request 13, now. */
function wanted(more: Partial<Operation> = {}): Operation {
  const mine = { key: 'comment-2', pull: 13, comment: 2, by: grace, sha: 'b'.repeat(40) }
  return operation({ ...mine, sinceMs: NOW, leaseUntilMs: NOW + LEASE_MS, ...more })
}

const hold: Hold = { pull: 12, by: ada, reason: 'the database moves', sinceMs: NOW - 3_600_000 }

function lock(parts: Partial<Pick<EnvironmentLock, 'hold' | 'operation'>> = {}): EnvironmentLock {
  return { schema: 1, environment: 'production', ...parts }
}

function claim(
  found: EnvironmentLock | undefined,
  more: Partial<Operation> = {},
  seen?: ClaimRequest['run'],
): ReturnType<typeof decideClaim> {
  const request = { environment: 'production', operation: wanted(more), nowMs: NOW }
  return decideClaim(found, seen === undefined ? request : { ...request, run: seen })
}

const live = { ...run, status: 'in_progress' } as const
const done = { ...run, status: 'completed', conclusion: 'success' } as const

describe('a free environment', () => {
  test.each([undefined, lock()])('is claimed: %j', (found) => {
    expect(claim(found)).toEqual({ kind: 'write', next: lock({ operation: wanted() }) })
  })

  test('is claimed by the pull request that locked it, and stays locked', () => {
    const found = lock({ hold: { ...hold, pull: 13 } })
    expect(claim(found)).toEqual({ kind: 'write', next: { ...found, operation: wanted() } })
  })
})

describe('L03 of two at the same time one wins', () => {
  test('the other one, who reads again, is told who has it, since when, at which commit', () => {
    expect(claim(lock({ operation: operation() }))).toEqual({
      kind: 'held',
      reason: 'environment_busy',
      text: `\`production\` is being deployed to: \`${'a'.repeat(40)}\`, for #12, by \`ada\`, since 2026-11-23 11:59 UTC.`,
    })
  })

  test('the same command, after a crash, goes on from what is recorded', () => {
    const mine = wanted({ deployment: '55', run })
    expect(claim(lock({ operation: mine }))).toEqual({ kind: 'ours', operation: mine })
  })

  test('whoever is first and whatever is written in between, the record has one operation', () => {
    const actor = fc.record({ id: fc.integer({ min: 1, max: 6 }), readsAt: fc.nat(20), writesAt: fc.nat(20) })
    fc.assert(
      fc.property(fc.array(actor, { minLength: 2, maxLength: 6 }), (actors) => {
        const won = race(actors)
        expect(won.size).toBe(1)
      }),
    )
  })
})

/** Everybody reads, decides and writes by compare-and-swap at times of their own; the keys of those who believe that they have it. */
function race(actors: readonly { id: number; readsAt: number; writesAt: number }[]): ReadonlySet<string> {
  let record: EnvironmentLock | undefined
  let revision = 0
  const won = new Set<string>()
  const read = new Map<number, { decision: ReturnType<typeof claim>; revision: number }>()
  const steps = actors.flatMap(({ id, readsAt, writesAt }, index) => [
    { at: readsAt, index, id, writes: false },
    { at: readsAt + writesAt + 0.5, index, id, writes: true },
  ])
  for (const { index, id, writes } of steps.toSorted((a, b) => a.at - b.at)) {
    const key = `comment-${id}`
    if (!writes) {
      read.set(index, { decision: claim(record, { key }), revision })
      continue
    }
    const seen = read.get(index)
    if (seen?.decision.kind === 'ours') won.add(key)
    if (seen?.decision.kind !== 'write' || seen.revision !== revision) continue
    record = seen.decision.next
    revision += 1
    won.add(key)
  }
  return won
}

describe('L05 an operation that is over is settled, one that lives is not robbed', () => {
  test.each(['success', 'failure', 'cancelled'])('its run has ended (%s): settled first', (conclusion) => {
    const found = operation({ run })
    expect(claim(lock({ operation: found }), {}, { ...done, conclusion })).toEqual({
      kind: 'settle',
      holder: found,
    })
  })

  test.each(['queued', 'waiting', 'in_progress'] as const)(
    'its run is %s: it is held, though its worker was not heard of for a day',
    (status) => {
      const found = operation({ run, leaseUntilMs: NOW - 86_400_000 })
      expect(claim(lock({ operation: found }), {}, { ...run, status })).toMatchObject({
        kind: 'held',
        reason: 'environment_busy',
        text: expect.stringContaining(run.url),
      })
    },
  )

  test('it has no run yet: there is time for one until the lease ends, then it is settled', () => {
    const found = operation({ leaseUntilMs: NOW + 1 })
    expect(claim(lock({ operation: found })).kind).toBe('held')
    expect(claim(lock({ operation: { ...found, leaseUntilMs: NOW } })).kind).toBe('settle')
  })

  test('GitHub knows its run no more: the lease decides too', () => {
    expect(claim(lock({ operation: operation({ run }) }), {}, 'gone').kind).toBe('held')
    expect(claim(lock({ operation: operation({ run, leaseUntilMs: NOW }) }), {}, 'gone').kind).toBe('settle')
  })

  test.each(['deploy', 'rollback'] as const)('GitHub does not say: a %s robs nobody', (kind) => {
    const found = operation({ run, leaseUntilMs: NOW - 86_400_000 })
    expect(claim(lock({ operation: found }), { kind }, 'unknown')).toMatchObject({
      kind: 'held',
      text: expect.stringMatching(/GitHub did not say whether its run still works\.$/),
    })
  })

  test('its end was decided but not carried out: that end is carried out first', () => {
    const ending = {
      reason: 'healthy',
      refused: false,
      states: [],
      text: 'Live.',
      reaction: 'rocket' as const,
    }
    expect(claim(lock({ operation: operation({ ending, run }) }), {}, live).kind).toBe('settle')
  })
})

describe('a locked environment', () => {
  test('keeps the deployments of other pull requests out, and says why', () => {
    expect(claim(lock({ hold }))).toEqual({
      kind: 'held',
      reason: 'environment_held',
      text: '`production` is locked for #12 by `ada` since 2026-11-23 11:00 UTC, because: `the database moves`. `/unlock production` takes the lock away.',
    })
  })

  test('lets a rollback through, stays locked, and says so', () => {
    const rollback = wanted({ kind: 'rollback' })
    expect(claim(lock({ hold }), { kind: 'rollback' })).toEqual({
      kind: 'write',
      next: lock({ hold, operation: rollback }),
      through: hold,
    })
  })
})

describe('L16 a rollback while something runs', () => {
  test('ends a deployment first, and never runs beside it', () => {
    const found = operation({ run })
    expect(claim(lock({ operation: found }), { kind: 'rollback' }, live)).toEqual({
      kind: 'cancel',
      holder: found,
    })
    expect(claim(lock({ operation: found }), { kind: 'rollback' }, done).kind).toBe('settle')
  })

  test('waits for another rollback', () => {
    const found = operation({ kind: 'rollback', run })
    expect(claim(lock({ operation: found }), { kind: 'rollback' }, live)).toMatchObject({
      kind: 'held',
      text: expect.stringContaining('is being rolled back'),
    })
  })
})

describe('L02 a half-done environment', () => {
  const dirty = lock({ operation: operation({ run, dirty: 'deploy_failed: step 3 of 5' }) })

  test('takes no deployment, of its own pull request either, and says what helps', () => {
    const held = claim(dirty, { pull: 12 })
    expect(held).toMatchObject({ kind: 'held', reason: 'environment_dirty' })
    expect(JSON.stringify(held)).toMatch(
      /deploy_failed: step 3 of 5.*\/rollback production.*\/resolve production/,
    )
  })

  test('takes a rollback, which remembers what it is for', () => {
    expect(claim(dirty, { kind: 'rollback' })).toMatchObject({
      kind: 'write',
      next: { operation: { kind: 'rollback', over: 'deploy_failed: step 3 of 5' } },
    })
  })

  test('is free once somebody says so; what still runs is not', () => {
    expect(decideResolve(dirty)).toEqual({ kind: 'write', next: undefined, was: dirty.operation })
    expect(decideResolve({ ...dirty, hold })).toMatchObject({ next: lock({ hold }) })
    expect(decideResolve(lock({ operation: operation() }))).toMatchObject({ reason: 'environment_busy' })
    expect(decideResolve(lock({ hold }))).toEqual({ kind: 'none' })
    expect(decideResolve(undefined)).toEqual({ kind: 'none' })
  })
})

describe('/lock and /unlock', () => {
  const other: Hold = { pull: 13, by: grace, sinceMs: NOW }
  const ask = (found: EnvironmentLock | undefined, asked: Hold): ReturnType<typeof decideHold> =>
    decideHold(found, { environment: 'production', hold: asked })

  test('a lock is set beside whatever runs, which it lets end', () => {
    const found = lock({ operation: operation() })
    expect(ask(found, other)).toEqual({ kind: 'write', next: { ...found, hold: other } })
    expect(ask(undefined, other)).toEqual({ kind: 'write', next: lock({ hold: other }) })
  })

  test('another pull request’s is not taken over', () => {
    expect(ask(lock({ hold }), other)).toMatchObject({ kind: 'held', reason: 'environment_held' })
  })

  test('one’s own stays since when it was set; a new reason is written down', () => {
    expect(ask(lock({ hold }), { ...other, pull: 12 })).toEqual({ kind: 'same', hold })
    expect(ask(lock({ hold }), { ...other, pull: 12, reason: 'longer' })).toEqual({
      kind: 'write',
      next: lock({ hold: { pull: 12, by: grace, reason: 'longer', sinceMs: hold.sinceMs } }),
    })
  })

  test('L06 whoever may unlock takes anybody’s away, and it is on record whose it was; what runs stays', () => {
    const busy = lock({ hold, operation: operation() })
    expect(decideUnlock(busy, 'production')).toEqual({
      kind: 'write',
      next: lock({ operation: operation() }),
      was: hold,
    })
    expect(decideUnlock(lock({ hold }), 'production')).toEqual({ kind: 'write', next: undefined, was: hold })
  })

  test('where there is none it says what there is instead', () => {
    expect(decideUnlock(undefined, 'production')).toEqual({
      kind: 'none',
      text: '`production` is not locked.',
    })
    const text = (found: EnvironmentLock): string => JSON.stringify(decideUnlock(found, 'production'))
    expect(text(lock({ operation: operation() }))).toMatch(/Nobody locked it.*is being deployed to/)
    expect(text(lock({ operation: operation({ dirty: 'x' }) }))).toMatch(/half done.*\/resolve production/)
  })
})

describe('how far an operation is', () => {
  test('is written down by the one whose it is, and renews its lease', () => {
    expect(decideProgress(lock({ operation: operation() }), 'comment-1', { nowMs: NOW, run })).toEqual({
      kind: 'write',
      next: lock({ operation: operation({ run, leaseUntilMs: NOW + LEASE_MS }) }),
    })
  })

  test('a lease never ends earlier than it was said to', () => {
    const change = decideProgress(lock({ operation: operation() }), 'comment-1', { nowMs: 0 })
    expect(change).toMatchObject({ next: { operation: { leaseUntilMs: operation().leaseUntilMs } } })
  })

  test('a late worker, whose operation is settled or replaced, changes nothing', () => {
    const found = lock({ hold, operation: operation() })
    for (const late of [undefined, lock(), found]) {
      expect(decideProgress(late, 'comment-0', { nowMs: NOW, dirty: 'x' })).toEqual({ kind: 'lost' })
      expect(decideRelease(late, 'comment-0')).toEqual({ kind: 'lost' })
    }
  })

  test('its end frees the environment; the lock of a pull request stays', () => {
    expect(decideRelease(lock({ operation: operation() }), 'comment-1')).toEqual({
      kind: 'write',
      next: undefined,
    })
    expect(decideRelease(lock({ hold, operation: operation() }), 'comment-1')).toEqual({
      kind: 'write',
      next: lock({ hold }),
    })
  })
})

describe('the record of a lock', () => {
  const stored = (value: unknown): ReturnType<typeof readLock> =>
    readLock({ kind: 'found', record: { key: 'locks/production', value, revision: 'r1' } }, 'production')

  test('is read with the revision that a write must name', () => {
    expect(readLock({ kind: 'absent' }, 'production')).toEqual({ kind: 'lock' })
    expect(stored(lock({ hold }))).toEqual({ kind: 'lock', lock: lock({ hold }), revision: 'r1' })
  })

  test('whatever is decided can be written and read again', () => {
    const claimed = claim(lock({ hold: { ...hold, pull: 13 } }))
    const next = claimed.kind === 'write' ? claimed.next : undefined
    expect(environmentLock.parse(JSON.parse(JSON.stringify(next)))).toEqual(next)
  })

  test('L07 what cannot be read blocks, with where to look', () => {
    const where = 'https://github.example/acme/shop/tree/seamless/locks/production'
    const read = readLock({ kind: 'unreadable', why: 'no JSON in', where }, 'production')
    expect(read).toEqual({
      kind: 'unreadable',
      reason: 'lock_unreadable',
      text: expect.stringContaining(where) as unknown,
    })
  })

  test.each([
    ['another schema', { ...lock(), schema: 2 }],
    ['another environment’s', { ...lock(), environment: 'staging' }],
    ['nothing', null],
    ['a text', 'locked'],
    ['a hold of nobody', lock({ hold: { pull: 12, sinceMs: 0 } as Hold })],
  ])('L07 %s is no lock of this environment: it blocks', (_, value) => {
    expect(stored(value)).toMatchObject({ kind: 'unreadable', reason: 'lock_unreadable' })
  })

  test('a link that somebody wrote into it is no markup', () => {
    const url = 'https://x.example/) @acme/all [a](javascript:1'
    const found = lock({ operation: operation({ run: { id: 1, url } }) })
    expect(JSON.stringify(claim(found, {}, live))).not.toContain('@acme')
  })
})
