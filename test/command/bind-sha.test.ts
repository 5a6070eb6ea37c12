import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type BindFacts, bindSha } from '../../src/command/bind-sha.ts'
import type { HeadChange } from '../../src/ports/pull-facts.ts'

const A = 'a'.repeat(40)
const B = 'b'.repeat(40)
const C = 'c'.repeat(40)
/** GitHub's times have whole seconds. */
const NOON = Date.UTC(2026, 10, 23, 12)

function change(sha: string, seconds: number, receivedSeconds?: number): HeadChange {
  const received = receivedSeconds === undefined ? {} : { receivedAtMs: NOON + receivedSeconds * 1000 }
  return { sha, atMs: NOON + seconds * 1000, ...received }
}

/** A comment at noon on a pull request whose head is A. */
function facts(more: Partial<BindFacts>): BindFacts {
  return { asked: '/deploy production', commentAtMs: NOON, head: A, heads: [change(A, -60)], ...more }
}

describe('without a named commit, the head that could be seen is meant', () => {
  test('the newest head from before the comment is bound while it is the head', () => {
    expect(bindSha(facts({ heads: [change(B, -120), change(A, -60)] }))).toEqual({ kind: 'bound', sha: A })
  })

  test('T01 a push after the comment, before anyone looked: refused, with both commits', () => {
    const binding = bindSha(facts({ head: B, heads: [change(A, -60), change(B, 3)] }))
    expect(binding).toEqual({
      kind: 'refused',
      reason: 'ref_changed',
      text: `This pull request moved as you wrote, or after: its head was \`${A}\`, and is \`${B}\` now. Nothing was done. Look at the commit that you mean; if it is this one, name it: \`/deploy production --sha=${B}\``,
    })
  })

  test('T01 a push that nobody was told of yet: the head is not the one that was seen', () => {
    expect(bindSha(facts({ head: B }))).toMatchObject({
      reason: 'ref_changed',
      text: expect.stringMatching(`${A}.*${B}`),
    })
  })

  test.each([0, 0.999])(
    'a push %d s into the second of the comment may have come after it: refused',
    (second) => {
      expect(bindSha(facts({ head: B, heads: [change(A, -60), change(B, second)] }))).toMatchObject({
        reason: 'ref_changed',
      })
    },
  )

  test('a push in the second before could be seen', () => {
    expect(bindSha(facts({ head: B, heads: [change(A, -60), change(B, -0.001)] }))).toEqual({
      kind: 'bound',
      sha: B,
    })
  })

  test('a comment’s own fractions do not make a push of its second an earlier one', () => {
    const heads = [change(A, -60), change(B, 0.1)]
    expect(bindSha(facts({ head: B, heads, commentAtMs: NOON + 900 }))).toMatchObject({
      reason: 'ref_changed',
    })
  })

  test('what we were told of after the comment may have been made after it, whatever its time says', () => {
    const heads = [change(A, -60, -59), change(B, -1, 5)]
    expect(bindSha(facts({ head: B, heads, receivedAtMs: NOON + 1000 }))).toMatchObject({
      reason: 'ref_changed',
      text: expect.stringMatching(`${A}.*${B}`),
    })
  })

  test('webhooks out of order: one that tells of an older head late changes nothing', () => {
    const heads = [change(B, -60, -59), change(A, -120, 30)]
    expect(bindSha(facts({ head: B, heads, receivedAtMs: NOON + 1000 }))).toEqual({ kind: 'bound', sha: B })
  })

  test('T08 pushed to another commit and back again after the comment: refused, the commit must be named', () => {
    const heads = [change(A, -60), change(B, 1), change(A, 2)]
    expect(bindSha(facts({ heads }))).toMatchObject({ reason: 'ref_changed' })
    expect(bindSha(facts({ heads, named: A }))).toEqual({ kind: 'bound', sha: A })
  })

  test.each([undefined, []])('where nobody knows the changes (%j) it is not guessed', (heads) => {
    expect(bindSha(facts({ heads }))).toMatchObject({
      kind: 'refused',
      reason: 'head_unknown',
      text: expect.stringContaining(`\`/deploy production --sha=${A}\``),
    })
  })
})

describe('a named commit is meant as it is named', () => {
  test('the head is bound, whoever knows what and whenever it came', () => {
    expect(bindSha(facts({ named: A, heads: undefined }))).toEqual({ kind: 'bound', sha: A })
    expect(bindSha(facts({ named: A, heads: [change(A, 10)] }))).toEqual({ kind: 'bound', sha: A })
  })

  test('T01 one that the pull request has moved on from is refused, with both commits', () => {
    const binding = bindSha(facts({ named: A, head: B, heads: [change(A, -60), change(B, 5)] }))
    expect(binding).toMatchObject({ reason: 'ref_changed', text: expect.stringMatching(`${A}.*${B}`) })
  })

  test('T04 one of a fork, or of anywhere else, is refused', () => {
    expect(bindSha(facts({ named: C }))).toMatchObject({
      reason: 'sha_not_head',
      text: expect.stringMatching(`${C}.*${A}`),
    })
  })

  test('T08 approved at A, forced to B and back to A: exactly A', () => {
    const heads = [change(A, -300), change(B, -200), change(A, -100)]
    expect(bindSha(facts({ named: A, heads }))).toEqual({ kind: 'bound', sha: A })
    expect(bindSha(facts({ heads }))).toEqual({ kind: 'bound', sha: A })
  })
})

test('whatever happened, what is bound is the head; and unless it was named, nothing moved since it could be seen', () => {
  const sha = fc.constantFrom(A, B, C)
  const seconds = fc.integer({ min: -5000, max: 5000 }).map((ms) => ms / 1000)
  const heads = fc.array(fc.tuple(sha, seconds, fc.option(seconds, { nil: undefined })))
  const world = fc.record({ heads, head: sha, named: fc.option(sha, { nil: undefined }), received: seconds })
  fc.assert(
    fc.property(world, ({ heads, head, named, received }) => {
      const changes = heads.map(([of, at, told]) => change(of, at, told))
      const binding = bindSha(
        facts({
          head,
          heads: changes,
          receivedAtMs: NOON + received * 1000,
          ...(named === undefined ? {} : { named }),
        }),
      )
      const said = binding.kind === 'bound' ? binding.sha : binding.text
      expect(said).toContain(head)
      const moved = changes.some(({ atMs }) => atMs >= NOON)
      const mayBeBound = named === undefined ? !moved && changes.length > 0 : named === head
      expect(binding.kind === 'bound' && !mayBeBound).toBe(false)
    }),
    { numRuns: 3000 },
  )
})
