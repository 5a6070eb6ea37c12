import { expect, test } from 'vitest'
import { EXIT_USAGE, exitCodeOf } from '../../src/report/exit-code.ts'
import { type Decision, decisions, reasonCodes } from '../../src/upgrade/reason.ts'
import { read, trackedFiles } from './tree.ts'

/** The rows of all tables that begin with a word in code, cell by cell. */
const rows = read('docs/reason-codes.md')
  .split('\n')
  .filter((line) => line.startsWith('| `'))
  .map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  )

const words = (cell = ''): string[] => [...cell.matchAll(/`([a-z_]+)`/g)].map(([, word = '']) => word)
const isDecision = (word: string): word is Decision => decisions.some((known) => known === word)

const ofDecisions = rows.slice(0, decisions.length)
const ofReasons = rows.slice(decisions.length)

test('docs/reason-codes.md explains every decision and every reason code, once', () => {
  expect(ofDecisions.map(([cell]) => words(cell)[0])).toEqual(expect.arrayContaining([...decisions]))
  expect(ofReasons.map(([cell]) => words(cell)[0] ?? '').toSorted()).toEqual([...reasonCodes].toSorted())
})

test('every reason code is said to come with decisions that there are', () => {
  const told = ofReasons.map(([, cell]) => words(cell))
  expect(told.filter((found) => found.length === 0)).toEqual([])
  expect(told.flat().filter((word) => !isDecision(word))).toEqual([])
})

test('the exit codes it tells are those of the command', () => {
  const told = new Map(ofDecisions.map(([decision, , , code = '']) => [words(decision)[0], code]))
  for (const decision of decisions) {
    expect(told.get(decision)?.split(';')[0], decision).toBe(String(exitCodeOf({ decision })))
  }
  expect(told.get('rolled_back')).toBe(
    `1; ${exitCodeOf({ decision: 'rolled_back', reason: 'rolled_back_on_request' })} if it was asked for`,
  )
  expect(told.get('failed')).toBe(`1; ${EXIT_USAGE} for \`usage\`, \`config_invalid\``)
})

test('the closed list has no code that nothing sets', () => {
  const sources = trackedFiles('src/*.ts')
    .filter((path) => !/upgrade\/reason\.ts$|report\/next-steps\.ts$/.test(path))
    .map(read)
  expect(reasonCodes.filter((code) => !sources.some((text) => text.includes(`'${code}'`)))).toEqual([])
})
