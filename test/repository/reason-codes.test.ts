import { expect, test } from 'vitest'
import { commandReasons } from '../../src/command/reason.ts'
import { EXIT_USAGE, exitCodeOf } from '../../src/report/exit-code.ts'
import { type Decision, decisions, reasonCodes } from '../../src/upgrade/reason.ts'
import { read, trackedFiles } from './tree.ts'

const [ofRuns = '', ofCommands = ''] = read('docs/reason-codes.md').split('# How a command ends\n')

/** The rows of all tables that begin with a word in code, cell by cell. */
function rowsOf(text: string): string[][] {
  const lines = text.split('\n').filter((line) => line.startsWith('| `'))
  const cells = lines.map((line) => line.split('|').slice(1, -1))
  return cells.map((row) => row.map((cell) => cell.trim()))
}

const rows = rowsOf(ofRuns)

const words = (cell = ''): string[] => [...cell.matchAll(/`([a-z_]+)`/g)].map(([, word = '']) => word)
const isDecision = (word: string): word is Decision => decisions.some((known) => known === word)

const ofDecisions = rows.slice(0, decisions.length)
const ofReasons = rows.slice(decisions.length)

test('docs/reason-codes.md explains every decision and every reason code, once', () => {
  expect(ofDecisions.map(([cell]) => words(cell)[0])).toEqual(expect.arrayContaining([...decisions]))
  expect(ofReasons.map(([cell]) => words(cell)[0] ?? '').toSorted()).toEqual([...reasonCodes].toSorted())
})

test('it explains every code of a command, once, in a sentence', () => {
  const told = rowsOf(ofCommands)
  expect(told.map(([cell]) => words(cell)[0] ?? '').toSorted()).toEqual([...commandReasons].toSorted())
  expect(told.filter(([, meaning = '']) => !/^.+[.]$/.test(meaning))).toEqual([])
})

test('what it says that commands share with runs are codes of runs', () => {
  const [prose = ''] = ofCommands.split('\n## ')
  const known: readonly string[] = reasonCodes
  expect(words(prose).length).toBeGreaterThan(5)
  expect(words(prose).filter((word) => !known.includes(word))).toEqual([])
})

test('the words of commands and of runs are different ones', () => {
  const known: readonly string[] = reasonCodes
  expect(commandReasons.filter((code) => known.includes(code))).toEqual([])
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

test('the closed lists have no code that nothing sets', () => {
  const sources = [...trackedFiles('src/*.ts'), ...trackedFiles('app/*.ts')]
    .filter((path) => !/(?:upgrade|command)\/reason\.ts$|report\/next-steps\.ts$/.test(path))
    .map(read)
  const codes = [...reasonCodes, ...commandReasons]
  expect(codes.filter((code) => !sources.some((text) => text.includes(`'${code}'`)))).toEqual([])
})
