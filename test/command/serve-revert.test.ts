import { beforeEach, describe, expect, test } from 'vitest'
import { GitHubError } from '../../src/errors.ts'
import type { RevertOutcome } from '../../src/ports/pull-requests.ts'
import { writeAutoRevert } from '../../src/revert/auto-revert.ts'
import { openBreaker } from '../../src/revert/breaker.ts'
import { CONFIG, type CommandWorld, commandWorld, mergeOf, SHA_A } from '../support/command/command-world.ts'

let world: CommandWorld

beforeEach(() => {
  world = commandWorld()
  world.pulls.open({ number: 5, head: SHA_A, state: 'merged' })
  world.pullRequests.merges.set(5, mergeOf(5))
})

describe('/revert on a merged pull request', () => {
  test('its merge is taken back by a pull request that says who asked', async () => {
    expect(await world.say('/revert')).toMatchObject({ kind: 'answered', reason: 'reverted' })
    expect(world.pullRequests.asked).toEqual([
      { merge: 5, body: expect.stringMatching(/^`dev` asked for this by `\/revert` on #5/), mayMerge: true },
    ])
    expect(world.answer()).toMatch(
      /^↩️ `dev` asked for it: #5 was taken back by #6 .*next deployment.*`\/rollback`/,
    )
    expect(world.reactions()).toEqual(['eyes', 'rocket'])
  })

  test('R13 a person may though the kill switch is off and a breaker is open, and is told of the switch', async () => {
    const atMs = world.clock.now()
    await writeAutoRevert(world.records, { isOn: false, by: { id: 3, login: 'ada' }, atMs })
    await openBreaker(world.records, 'production', { deployment: '7', why: 'still bad', atMs })
    expect(await world.say('/revert')).toMatchObject({ reason: 'reverted' })
    expect(world.pullRequests.asked[0]?.body).toMatch(/[Aa]utomatic reverts are switched off/)
  })

  const pullRequest = { number: 6, url: 'https://github.example/acme/shop/pull/6', head: 'f'.repeat(40) }

  test.each<[RevertOutcome, string, RegExp]>([
    [
      { kind: 'proposed', pullRequest, reason: 'review_required', why: 'its branch asks for a review' },
      'answered revert_proposed',
      /`dev` asked for it: #6 would take #5 back and waits for a person: its branch asks for a review/,
    ],
    [{ kind: 'already_reverted', by: '#8' }, 'answered already_reverted', /^#5 is reverted already: #8\.$/],
    [
      { kind: 'declined', pullRequest },
      'refused revert_declined',
      /^@dev `\/revert`: #5 was not taken back: a person closed the revert, #6\./,
    ],
    [
      { kind: 'conflict', recipe: 'By hand: `git revert`' },
      'refused revert_conflict',
      /By hand: `git revert`/,
    ],
    [
      { kind: 'refused', why: 'the App may not write contents', recipe: 'Grant it.' },
      'refused revert_failed',
      /the App may not write contents\.\s+Grant it\./,
    ],
  ])('%j', async (outcome, expected, text) => {
    world.pullRequests.outcome = outcome
    const { kind, reason } = await world.say('/revert')
    expect(`${kind} ${reason}`).toBe(expected)
    expect(world.answer()).toMatch(text)
  })

  test('a merge that cannot be told from what was there before is left alone, with a word', async () => {
    world.pullRequests.merges.clear()
    expect(await world.say('/revert')).toMatchObject({ kind: 'refused', reason: 'revert_failed' })
    expect(world.answer()).toMatch(/#5 was not taken back.*Nothing was done\.$/)
  })

  test('GitHub that does not answer is asked again later', async () => {
    world.pullRequests.revert = async () => {
      throw new GitHubError(502, 'bad gateway')
    }
    await expect(world.say('/revert')).rejects.toThrow('bad gateway')
    expect(world.answer()).toBeUndefined()
  })
})

describe('/revert elsewhere', () => {
  test.each(['open', 'closed'] as const)(
    'on a pull request that is %s it is refused with words',
    async (state) => {
      world.pulls.open({ number: 5, head: SHA_A, state })
      expect(await world.say('/revert')).toMatchObject({ kind: 'refused', reason: 'not_merged' })
      expect(world.answer()).toBe(
        `@dev \`/revert\`: This pull request is ${state}, not merged: there is no merge to take back. Nothing was done.`,
      )
      expect(world.pullRequests.asked).toEqual([])
    },
  )

  test('A01 A02 an outsider reverts nothing and hears nothing; a reader is refused', async () => {
    const stranger = world.authority.person('stranger')
    expect(await world.say('/revert', { by: stranger })).toMatchObject({ reason: 'stranger' })
    expect(world.conversation.comments).toEqual([])
    const by = world.authority.person('reader', 'read')
    expect(await world.say('/revert', { by })).toMatchObject({ reason: 'permission_denied' })
    expect(world.pullRequests.asked).toEqual([])
  })

  test('every environment must let them, as it is about all of them', async () => {
    world.config = CONFIG.replace('  staging:\n', '  staging:\n    allow: { revert: [admin] }\n')
    expect(await world.say('/revert')).toMatchObject({ reason: 'permission_denied' })
    expect(world.pullRequests.asked).toEqual([])
  })
})
