import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import type { Merge, PullRequests } from '../../src/ports/pull-requests.ts'

type Files = Readonly<Record<string, string | null>>

interface PersonsChange {
  readonly title: string
  /** The files of each commit; null removes one. */
  readonly commits: readonly Files[]
  /** The messages of the commits, where they matter. */
  readonly messages?: readonly string[]
  readonly how: Merge['shape']
}

/** A repository with pull requests. Its base branch holds `price.txt`, five lines `one` to `five`, and `README.md`. */
export interface PullRequestsWorld {
  readonly pullRequests: PullRequests
  readonly base: string
  /** Commits on a branch, the base unless another is named, as a push does; a new branch starts at the base. Answers the commit. */
  push(files: Files, options?: { branch?: string; message?: string }): Promise<string>
  /** A person's pull request with a commit for each set of files, merged as said. */
  merge(change: PersonsChange): Promise<{ number: number; result: string }>
  head(branch: string): Promise<string | undefined>
  /** Every file of a branch or commit. */
  files(revision: string): Promise<Readonly<Record<string, string>>>
  now(): number
  close(): Promise<void>
}

const shapes = ['merge', 'squash', 'rebase'] as const
const CHANGE = [
  { 'price.txt': 'ONE\ntwo\nthree\nfour\nfive\n', 'cents.txt': '1\n' },
  { 'cents.txt': '2\n' },
  { 'README.md': null },
]

/** What every place with pull requests keeps. */
export function pullRequestsContract(name: string, open: () => Promise<PullRequestsWorld>): void {
  describe(`${name} keeps the contract of pull requests`, () => {
    let world: PullRequestsWorld
    let pullRequests: PullRequests
    beforeEach(async () => {
      world = await open()
      pullRequests = world.pullRequests
    })
    afterEach(() => world.close())

    const change = async (how: Merge['shape'] = 'squash', commits: readonly Files[] = CHANGE) => {
      const before = await world.head(world.base)
      const { number, result } = await world.merge({ title: 'Price in cents', commits, how })
      const merge = await pullRequests.mergeOf(result)
      if (merge === undefined) throw new Error('The merge was not found.')
      return { before, number, result, merge }
    }
    const revert = (merge: Merge, more: { merge?: boolean } = {}) =>
      pullRequests.revert(merge, { body: 'Errors rose.', merge: true, ...more })

    describe('open', () => {
      const request = { branch: 'upgrade/2', title: 'Upgrade to 2', body: 'Made by Seamless.', draft: false }

      test('opens one pull request of a branch, however often it is asked', async () => {
        const head = await world.push({ VERSION: '2\n' }, { branch: 'upgrade/2' })
        const first = await pullRequests.open({ ...request, base: world.base })
        expect(first).toMatchObject({ head })
        expect(first.url).toMatch(/^https?:\/\/.*\d+/)
        expect(await pullRequests.open({ ...request, base: world.base })).toEqual(first)
        expect(await pullRequests.open({ ...request, base: world.base, title: 'Upgrade to 2.0' })).toEqual(
          first,
        )
      })

      test('the head follows the branch', async () => {
        await world.push({ VERSION: '2\n' }, { branch: 'upgrade/2' })
        const first = await pullRequests.open({ ...request, base: world.base })
        const head = await world.push({ VERSION: '2.1\n' }, { branch: 'upgrade/2' })
        expect(await pullRequests.open({ ...request, base: world.base })).toEqual({ ...first, head })
      })
    })

    describe('mergeOf', () => {
      test.each(shapes)(
        'R15 a merge by %s is found by its result, with the commit before it',
        async (how) => {
          const { before, number, result, merge } = await change(how)
          expect(merge).toEqual({
            number,
            title: 'Price in cents',
            author: expect.stringMatching(/./),
            result,
            before,
            base: world.base,
            shape: how,
            mergedAtMs: expect.any(Number),
            labels: [],
            forwardOnly: false,
          })
          expect(Math.abs(merge.mergedAtMs - world.now())).toBeLessThan(60_000)
        },
      )

      test.each(shapes)('a merge by %s is still itself after later work', async (how) => {
        const { merge, result } = await change(how)
        await world.push({ 'later.txt': 'x\n' })
        await world.merge({ title: 'More', commits: [{ 'more.txt': 'y\n' }], how: 'squash' })
        expect(await pullRequests.mergeOf(result)).toEqual(merge)
      })

      test('a direct push is no merge', async () => {
        expect(await pullRequests.mergeOf(await world.push({ 'a.txt': 'a\n' }))).toBeUndefined()
      })

      test('a pull request that is still open is no merge', async () => {
        const commit = await world.push({ 'a.txt': 'a\n' }, { branch: 'feature' })
        await pullRequests.open({ branch: 'feature', base: world.base, title: 'A', body: '', draft: false })
        expect(await pullRequests.mergeOf(commit)).toBeUndefined()
      })

      test.each(shapes)(
        'R18 a commit that says it is forward-only marks the whole merge, merged by %s',
        async (how) => {
          const commits = [{ 'a.sql': 'DROP\n' }, { 'b.sql': 'ADD\n' }]
          const messages = ['Drop the column\n\nSeamless-Forward-Only: true\n', 'Add another\n']
          const { result } = await world.merge({ title: 'Migrate', commits, messages, how })
          expect(await pullRequests.mergeOf(result)).toMatchObject({ forwardOnly: true })
        },
      )
    })

    describe('revert', () => {
      test.each(shapes)(
        'R15 a merge by %s is taken back wholly: the tree is the one before it',
        async (how) => {
          const { merge, before } = await change(how)
          const outcome = await revert(merge)
          expect(outcome).toMatchObject({ kind: 'merged', commit: await world.head(world.base) })
          expect(await world.files(world.base)).toEqual(await world.files(before!))
        },
      )

      test.each(shapes)('R15 later work stays when a merge by %s is taken back', async (how) => {
        const { merge } = await change(how)
        await world.push({ 'price.txt': 'ONE\ntwo\nthree\nfour\nFIVE\n', 'later.txt': 'later\n' })
        await world.merge({ title: 'Later', commits: [{ 'other.txt': 'other\n' }], how })
        expect(await revert(merge)).toMatchObject({ kind: 'merged' })
        expect(await world.files(world.base)).toEqual({
          'price.txt': 'one\ntwo\nthree\nfour\nFIVE\n',
          'README.md': 'A shop\n',
          'later.txt': 'later\n',
          'other.txt': 'other\n',
        })
      })

      test('R01 without leave to merge it is proposed, once, and nothing is merged', async () => {
        const { merge, result } = await change()
        const outcome = await revert(merge, { merge: false })
        expect(outcome).toMatchObject({ kind: 'proposed', reason: 'asked' })
        expect(await world.head(world.base)).toBe(result)
        expect(await revert(merge, { merge: false })).toEqual(outcome)
      })

      test('what was proposed is merged when leave comes', async () => {
        const { merge, before } = await change()
        const proposed = await revert(merge, { merge: false })
        const merged = await revert(merge)
        if (proposed.kind !== 'proposed' || merged.kind !== 'merged')
          throw new Error(`${proposed.kind}, ${merged.kind}`)
        expect(merged.pullRequest).toEqual(proposed.pullRequest)
        expect(await world.files(world.base)).toEqual(await world.files(before!))
      })

      test('a second call tells what the first one did, and does nothing', async () => {
        const { merge } = await change()
        const first = await revert(merge)
        const head = await world.head(world.base)
        expect(await revert(merge)).toEqual(first)
        expect(await world.head(world.base)).toBe(head)
      })

      test('R02 R11 a conflict with later work ends in a recipe; nothing is merged and no branch is left', async () => {
        const { merge } = await change()
        const head = await world.push({ 'cents.txt': '3\n' })
        const outcome = await revert(merge)
        if (outcome.kind !== 'conflict') throw new Error(outcome.kind)
        expect(outcome.recipe).toContain(`git revert --no-edit ${merge.result}`)
        expect(await world.head(world.base)).toBe(head)
        expect(await world.head(`revert/pr-${merge.number}-${merge.result.slice(0, 12)}`)).toBeUndefined()
        expect(await revert(merge)).toEqual(outcome)
      })

      test('R12 a base that holds again what it held before has nothing to take back', async () => {
        const { merge, before } = await change()
        const files = await world.files(before!)
        await world.push({ ...files, 'cents.txt': null }, { message: 'Put it back\n' })
        expect(await revert(merge)).toMatchObject({ kind: 'already_reverted' })
      })

      test('R12 a commit of a person that says what it reverts is believed', async () => {
        const { merge } = await change()
        await world.push({ 'elsewhere.txt': 'x\n' })
        const by = await world.push(
          { 'cents.txt': null },
          { message: `Back out cents\n\nThis reverts commit ${merge.result}.\n` },
        )
        const outcome = await revert(merge)
        if (outcome.kind !== 'already_reverted') throw new Error(outcome.kind)
        expect(outcome.by).toContain(by)
      })

      test('R06 a revert of ours is never reverted', async () => {
        const { merge } = await change()
        const first = await revert(merge)
        if (first.kind !== 'merged') throw new Error(first.kind)
        const own = await pullRequests.mergeOf(first.commit)
        expect(own).toMatchObject({ number: first.pullRequest.number, revertOf: merge.number })
        expect(await revert(own!)).toMatchObject({ kind: 'refused' })
        expect(await world.head(world.base)).toBe(first.commit)
      })
    })

    describe('suspects', () => {
      test.each(shapes)('one merge by %s and nothing else is the suspect', async (how) => {
        const { before, result, merge } = await change(how)
        expect(await pullRequests.suspects(before!, result)).toEqual({ kind: 'one', merge })
      })

      test('of two merges neither is proven', async () => {
        const first = await change()
        const second = await world.merge({ title: 'Second', commits: [{ 'b.txt': 'b\n' }], how: 'merge' })
        const suspects = await pullRequests.suspects(first.before!, second.result)
        expect(suspects).toMatchObject({
          kind: 'several',
          merge: { number: second.number },
          others: expect.stringContaining('1 more commits'),
        })
      })

      test('a direct push before a merge is a suspect, too', async () => {
        const healthy = await world.head(world.base)
        await world.push({ 'a.txt': 'a\n' })
        const { result } = await change()
        expect(await pullRequests.suspects(healthy!, result)).toMatchObject({ kind: 'several' })
      })

      test('a direct push at the end has no merge to blame', async () => {
        const { before } = await change()
        expect(await pullRequests.suspects(before!, await world.push({ 'a.txt': 'a\n' }))).toEqual({
          kind: 'none',
        })
      })

      test('what is older than the healthy commit is no suspect', async () => {
        const { result } = await change()
        const healthy = await world.push({ 'a.txt': 'a\n' })
        expect(await pullRequests.suspects(healthy, result)).toEqual({ kind: 'none' })
      })

      test('a healthy commit that nobody has any more proves nothing', async () => {
        const { result, merge } = await change()
        const suspects = await pullRequests.suspects('0'.repeat(40), result)
        expect(suspects).toMatchObject({ kind: 'several', merge: { number: merge.number } })
      })
    })

    test('R07 the reverts of the day are those of ours that were merged', async () => {
      expect(await pullRequests.revertsSince(world.now() - 3_600_000)).toBe(0)
      const first = await change()
      await revert(first.merge)
      const second = await change('merge', [{ 'x.txt': 'x\n' }])
      await revert(second.merge, { merge: false })
      expect(await pullRequests.revertsSince(world.now() - 3_600_000)).toBe(1)
      expect(await pullRequests.revertsSince(world.now() + 60_000)).toBe(0)
    })
  })
}
