import { describe, expect, test } from 'vitest'
import { decideOrder, type OrderFacts } from '../../src/command/decide-order.ts'
import type { NewestDeployment } from '../../src/ports/deployments.ts'
import type { WatchOrder, WatchStanding } from '../../src/ports/watches.ts'

const by = { id: 1, login: 'dev' }
const deployment = { id: '7', sha: 'a'.repeat(40), version: '2.0.0' }
const kinds = ['promote', 'accept', 'pause', 'continue'] as const

const live: NewestDeployment = { ...deployment, key: 'run-1', state: 'success' }
const open: WatchStanding = {
  deployment,
  environment: 'production',
  state: 'open',
  paused: false,
  line: '12 of 30 minutes: no worse so far',
}

function facts(kind: WatchOrder['kind'], more: Partial<OrderFacts>): OrderFacts {
  return { kind, environment: 'production', by, atMs: 1000, live, ...more }
}

function reasons(more: Partial<OrderFacts>): Record<string, string> {
  return Object.fromEntries(
    kinds.map((kind) => {
      const decision = decideOrder(facts(kind, more))
      return [kind, `${decision.kind} ${decision.reason}`]
    }),
  )
}

describe('what is said to a watch of the App', () => {
  test.each<[string, Partial<WatchStanding>, Record<string, string>]>([
    [
      'that looks',
      {},
      {
        promote: 'order promoted_on_request',
        accept: 'order accepted_on_request',
        pause: 'order paused',
        continue: 'answered not_paused',
      },
    ],
    [
      'that is paused',
      { paused: true },
      {
        promote: 'order promoted_on_request',
        accept: 'order accepted_on_request',
        pause: 'answered already_paused',
        continue: 'order continued',
      },
    ],
    [
      'that takes back what was found bad, and is paused in it',
      { paused: true, verdict: 'unhealthy' },
      {
        promote: 'refused being_taken_back',
        accept: 'refused being_taken_back',
        pause: 'answered already_paused',
        continue: 'order continued',
      },
    ],
    [
      'that takes back what was found bad',
      { verdict: 'unhealthy' },
      {
        promote: 'refused being_taken_back',
        accept: 'refused being_taken_back',
        pause: 'order paused',
        continue: 'answered not_paused',
      },
    ],
    [
      'M01 that is held, since nothing can be known',
      { state: 'held', verdict: 'inconclusive' },
      {
        promote: 'order promoted_on_request',
        accept: 'order accepted_on_request',
        pause: 'answered nothing_to_pause',
        continue: 'answered not_paused',
      },
    ],
    [
      'that is held, since it only looks on (shadow): /promote does not override what was found, /accept does',
      { state: 'held', verdict: 'unhealthy' },
      {
        promote: 'refused found_unhealthy',
        accept: 'order accepted_on_request',
        pause: 'answered nothing_to_pause',
        continue: 'answered not_paused',
      },
    ],
    [
      'that has just found it well',
      { verdict: 'healthy' },
      {
        promote: 'answered already_healthy',
        accept: 'answered already_healthy',
        pause: 'order paused',
        continue: 'answered not_paused',
      },
    ],
  ])('%s', (_, more, expected) => {
    expect(reasons({ watch: { ...open, ...more } })).toEqual(expected)
  })

  test('a held step of the traffic whose run has ended: no word brings it to all users', () => {
    const held = { ...open, state: 'held', verdict: 'inconclusive' } as const
    expect(reasons({ watch: held, live: { ...live, state: 'in_progress' } })).toMatchObject({
      promote: 'refused not_all_users',
      accept: 'refused not_all_users',
    })
  })
})

describe('where no watch of the App is open', () => {
  const none = {
    promote: 'refused nothing_watched',
    pause: 'refused nothing_watched',
    continue: 'refused nothing_watched',
  }

  test.each<[string, Partial<OrderFacts>, Record<string, string>]>([
    ['what is live may be accepted', {}, { ...none, accept: 'accept accepted_on_request' }],
    [
      '… also after a watch that has ended without a verdict',
      { watch: { ...open, state: 'ended' } },
      { ...none, accept: 'accept accepted_on_request' },
    ],
    [
      '… also what was found bad and could not be taken back, which /promote leaves as it is',
      { live: { ...live, verdict: 'unhealthy' }, watch: { ...open, state: 'ended', verdict: 'unhealthy' } },
      { ...none, promote: 'refused found_unhealthy', accept: 'accept accepted_on_request' },
    ],
    [
      'what counts as well need not be called so',
      { live: { ...live, verdict: 'healthy' } },
      { ...none, promote: 'answered already_healthy', accept: 'answered already_healthy' },
    ],
    [
      'nothing is accepted where nothing was ever deployed',
      { live: undefined },
      { ...none, promote: 'refused not_live', accept: 'refused not_live' },
    ],
    [
      'what is half done is not accepted',
      { live: { ...live, state: 'error' } },
      { ...none, promote: 'refused not_live', accept: 'refused not_live' },
    ],
  ])('%s', (_, more, expected) => {
    expect(reasons(more)).toEqual(expected)
  })
})

describe('while a job works on the newest deployment', () => {
  const canary = { ...live, id: '8', version: '3.0.0', state: 'in_progress' } as const

  test('it is told, whatever is watched besides: what it brings takes its place', () => {
    expect(reasons({ live: canary, job: { deployment: canary }, watch: open })).toEqual({
      promote: 'tell_job promoted_on_request',
      accept: 'tell_job accepted_on_request',
      pause: 'tell_job paused',
      continue: 'tell_job continued',
    })
  })

  test('one that is paused is not paused again, and it is said by whom it was', () => {
    const job = { deployment: canary, last: { kind: 'pause', by: 'ada', atMs: 500 } } as const
    expect(decideOrder(facts('pause', { live: canary, job }))).toEqual({
      kind: 'answered',
      reason: 'already_paused',
      text: '`3.0.0` in `production` is paused already, by `ada`: `/continue production` ends that.',
    })
  })
})

test('a worker that comes again does not tell a job twice; a second command does', () => {
  const canary = { ...live, state: 'in_progress' } as const
  const told = (atMs: number): string =>
    decideOrder(
      facts('promote', {
        live: canary,
        job: { deployment: canary, last: { kind: 'promote', by: 'dev', atMs } },
      }),
    ).kind
  expect([told(999), told(1000), told(60_000)]).toEqual(['tell_job', 'answered', 'answered'])
})

test.each(kinds)('/%s: the answer says who, what, where, and how it looked', (kind) => {
  const paused = kind === 'continue'
  const { text } = decideOrder(facts(kind, { watch: { ...open, paused } }))
  expect(text).toMatch(/`dev` .*`2\.0\.0` in `production`.* So far: `12 of 30 minutes: no worse so far`$/)
})

test('whatever a watch says of itself is inert in the answer', () => {
  const line = '@acme/everybody [click](https://evil.example) #1 <!-- x -->'
  const { text } = decideOrder(facts('promote', { watch: { ...open, line } }))
  expect(text.replaceAll(/`[^`]*`/g, '')).not.toMatch(/[@#<[]|https?:/)
})
