import { expect, test } from 'vitest'
import { decideQuarantine, liftedKey, type QuarantineFacts } from '../../src/command/quarantine.ts'

const SHA = 'a'.repeat(40)
const OTHER = 'b'.repeat(40)
const PATCH = 'c'.repeat(40)
const ANOTHER = 'd'.repeat(40)

function facts(more: Partial<QuarantineFacts>): QuarantineFacts {
  return { environment: 'production', sha: SHA, patch: PATCH, takenBack: [], lifted: [], ...more }
}

test('what was never taken back is free', () => {
  expect(decideQuarantine(facts({ takenBack: [{ pull: 3, head: OTHER, patch: ANOTHER }] }))).toBeUndefined()
  expect(decideQuarantine(facts({ verdict: 'healthy' }))).toBeUndefined()
  expect(decideQuarantine(facts({ verdict: 'inconclusive' }))).toBeUndefined()
})

test('a reverted change under another commit, by a squash or a rebase, is known by its patch', () => {
  expect(decideQuarantine(facts({ takenBack: [{ pull: 3, head: OTHER, patch: PATCH }] }))).toEqual({
    reason: 'quarantined',
    text: 'It changes what #3 changed, which was reverted. `/unquarantine` lets it be deployed again.',
    lifts: [PATCH, SHA],
  })
})

test('where GitHub gives no difference, the very commit is known again', () => {
  const { patch: _, ...unknown } = facts({ takenBack: [{ pull: 3, head: SHA }] })
  expect(decideQuarantine(unknown)).toMatchObject({ lifts: [SHA] })
  expect(decideQuarantine({ ...unknown, takenBack: [{ pull: 3 }] })).toBeUndefined()
})

test('the very commit that users of this environment would have noticed stays out of it', () => {
  expect(decideQuarantine(facts({ verdict: 'unhealthy' }))).toMatchObject({
    text: expect.stringMatching(/^Users of `production` would have noticed/),
  })
})

test.each([[[SHA]], [[PATCH]]])('once lifted (%j) it is free', (lifted) => {
  const taken = { takenBack: [{ pull: 3, patch: PATCH }], verdict: 'unhealthy' as const }
  expect(decideQuarantine(facts({ ...taken, lifted }))).toBeUndefined()
  expect(decideQuarantine(facts({ ...taken, lifted: [OTHER, ANOTHER] }))).toBeDefined()
})

test('its record has a key of its own', () => {
  expect(liftedKey(PATCH)).toBe(`lifted/${PATCH}`)
})
