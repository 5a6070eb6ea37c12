import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import type { CheckFact, PullFacts, PullRequestFacts } from '../../src/ports/pull-facts.ts'

/** A repository with a default branch `main`, which has the file `price.txt`. */
export interface PullFactsWorld {
  readonly facts: PullRequestFacts
  /** Opens a pull request of a branch of its own with one commit, by ada. */
  open(more?: { draft?: boolean; labels?: readonly string[]; title?: string }): Promise<{
    readonly number: number
    readonly head: string
    readonly branch: string
  }>
  /** A number that is an issue's. */
  issue(): Promise<number>
  /** A commit more on the pull request, pushed by ada. */
  push(pull: number): Promise<string>
  /** A commit more on main. */
  pushBase(): Promise<string>
  /** What the rules of main require. */
  require(checks: readonly string[]): Promise<void>
  report(commit: string, check: CheckFact): Promise<void>
  /** Somebody who may write gives their opinion on the head. */
  review(pull: number, by: string, state: 'approved' | 'changes_requested'): Promise<void>
  end(pull: number, how: 'closed' | 'merged'): Promise<void>
  now(): number
  advance(ms: number): void
  close(): Promise<void>
}

export function pullFactsContract(name: string, open: () => Promise<PullFactsWorld>): void {
  describe(`${name} keeps the contract of facts of pull requests`, () => {
    let world: PullFactsWorld
    let facts: PullRequestFacts
    beforeEach(async () => {
      world = await open()
      facts = world.facts
    })
    afterEach(() => world.close())

    const read = async (number: number): Promise<PullFacts> => {
      const found = await facts.read(number)
      if (found === undefined) throw new Error(`#${number} was not found`)
      return found
    }

    test('an open pull request is told as it is', async () => {
      const { number, head, branch } = await world.open({ title: 'Prices in cents', labels: ['billing'] })
      expect(await read(number)).toEqual({
        number,
        title: 'Prices in cents',
        url: expect.stringMatching(/^https?:.*\d+$/),
        author: { id: expect.any(Number), login: 'ada' },
        state: 'open',
        draft: false,
        head,
        headBranch: branch,
        base: 'main',
        fork: false,
        labels: ['billing'],
        checks: { kind: 'known', required: [], others: [] },
        reviews: { decision: 'none', opinions: [] },
        behindBy: 0,
      })
      expect(await facts.head(number)).toEqual({ head, state: 'open' })
    })

    test('A08 what is no pull request is nothing', async () => {
      const issue = await world.issue()
      expect(await facts.read(issue)).toBeUndefined()
      expect(await facts.head(issue)).toBeUndefined()
      expect(await facts.read(9999)).toBeUndefined()
      expect(await facts.head(9999)).toBeUndefined()
    })

    test.each(['closed', 'merged'] as const)('A08 a pull request that is %s says so', async (how) => {
      const { number, head } = await world.open()
      await world.end(number, how)
      expect(await read(number)).toMatchObject({ state: how, head })
      expect(await facts.head(number)).toEqual({ head, state: how })
    })

    test('A14 a draft says so', async () => {
      const { number } = await world.open({ draft: true })
      expect(await read(number)).toMatchObject({ draft: true, state: 'open' })
    })

    test('A15 checks are told from those that are required, missing ones among them', async () => {
      await world.require(['build', 'test', 'lint', 'audit'])
      const { number, head } = await world.open()
      await world.report(head, { name: 'build', state: 'passed' })
      await world.report(head, { name: 'test', state: 'failed' })
      await world.report(head, { name: 'lint', state: 'pending' })
      await world.report(head, { name: 'spelling', state: 'failed' })
      const { checks } = await read(number)
      if (checks.kind !== 'known') throw new Error(checks.why)
      const byName = (one: CheckFact, other: CheckFact): number => one.name.localeCompare(other.name)
      expect([...checks.required].sort(byName)).toEqual([
        { name: 'audit', state: 'missing' },
        { name: 'build', state: 'passed' },
        { name: 'lint', state: 'pending' },
        { name: 'test', state: 'failed' },
      ])
      expect(checks.others).toEqual([{ name: 'spelling', state: 'failed' }])
    })

    test('A15 checks of an earlier head say nothing of this one', async () => {
      await world.require(['build'])
      const { number, head } = await world.open()
      await world.report(head, { name: 'build', state: 'passed' })
      await world.push(number)
      expect((await read(number)).checks).toEqual({
        kind: 'known',
        required: [{ name: 'build', state: 'missing' }],
        others: [],
      })
    })

    test('A16 an opinion is of the commit that it was given at; each reviewer has one', async () => {
      const { number, head } = await world.open()
      await world.review(number, 'bea', 'changes_requested')
      await world.review(number, 'cid', 'approved')
      const pushed = await world.push(number)
      await world.review(number, 'bea', 'approved')
      const { head: now, reviews } = await read(number)
      expect(now).toBe(pushed)
      const byLogin = [...reviews.opinions].sort((one, other) => one.by.login.localeCompare(other.by.login))
      expect(byLogin).toEqual([
        { by: { id: expect.any(Number), login: 'bea' }, state: 'approved', commit: pushed },
        { by: { id: expect.any(Number), login: 'cid' }, state: 'approved', commit: head },
      ])
    })

    test('how far the base went on is told', async () => {
      const { number } = await world.open()
      await world.pushBase()
      await world.pushBase()
      expect((await read(number)).behindBy).toBe(2)
    })

    test('T01 the changes of the head are there with their times, oldest first', async () => {
      const { number, head } = await world.open()
      world.advance(60_000)
      const pushedAtMs = Math.floor(world.now() / 1000) * 1000
      const pushed = await world.push(number)
      world.advance(60_000)
      expect(await facts.head(number)).toEqual({ head: pushed, state: 'open' })
      const changes = await facts.heads(await read(number))
      expect(changes?.map(({ sha }) => sha)).toEqual([head, pushed])
      expect(changes?.at(-1)).toMatchObject({ atMs: pushedAtMs, by: { login: 'ada' } })
      expect(changes?.[0]?.atMs).toBeLessThan(pushedAtMs)
    })

    test('C01 a file is read at a commit, whatever the branch has now', async () => {
      const before = await world.pushBase()
      expect(await facts.file(before, 'price.txt')).toMatch(/one/)
      expect(await facts.file(before, 'no/such.txt')).toBeUndefined()
    })
  })
}
