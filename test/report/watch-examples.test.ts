import { readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { page, pageOf, sectionIn, sectionOf } from './watch-examples.ts'
import { allStates } from './watch-states.ts'

const states = await allStates()
// To make the page anew: WRITE_EXAMPLES=1 npx vitest run test/report/watch-examples.test.ts
if (process.env['WRITE_EXAMPLES'] !== undefined) writeFileSync(page, pageOf(states))
const shown = readFileSync(page, 'utf8')

describe('examples/comment.md shows exactly what people read', () => {
  it.each(states.map((state) => [state.name, state] as const))('%s', (name, state) => {
    expect(sectionIn(shown, name)).toBe(sectionOf(state))
  })

  it('and nothing besides', () => {
    expect(shown).toBe(pageOf(states))
  })
})
