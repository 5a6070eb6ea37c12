import { describe, expect, test } from 'vitest'
import { formatConfigError } from '../../src/config/config-error.ts'
import { parseConfig } from '../../src/config/parse.ts'
import { ERROR_CASES, withLines, withProduction } from './error-cases.ts'

const FILE = '.github/seamless.yml'

function errorsOf(text: string): string[] {
  const read = parseConfig(text, FILE)
  return read.ok ? [] : read.errors.map(formatConfigError)
}

describe('what a configuration is refused for, word for word', () => {
  test.each(ERROR_CASES)('$title', ({ text, errors }) => {
    expect(errorsOf(text)).toEqual(errors.map((error) => `${FILE}${error}`))
  })

  test('what the cases are made from is itself right', () => {
    expect(errorsOf(withLines(''))).toEqual([])
    expect(errorsOf(withProduction(''))).toEqual([])
  })
})

test('all errors are there at once, in the order of the file', () => {
  const text = withLines(
    'upgrade: { change: 3, branch: "{x}" }\nbuild: [{ name: a b, run: x }, { run: y }]\nfoo: 1',
  )
  expect(errorsOf(text).map((error) => error.split(': ')[0])).toEqual([
    `${FILE}:2:20 upgrade.change`,
    `${FILE}:2:31 upgrade.branch`,
    `${FILE}:3:17 build[0].name`,
    `${FILE}:3:32 build[1].name`,
    `${FILE}:4:1 foo`,
  ])
})

test('an error has its parts as fields, for shells that annotate files', () => {
  const read = parseConfig(withLines('versoin: 1'), FILE)
  expect(read).toEqual({
    ok: false,
    errors: [
      {
        file: FILE,
        line: 2,
        column: 1,
        path: 'versoin',
        message: 'unknown key',
        expected: 'one of driver, workflow, version, sources, upgrade, build, test, environments',
        nearest: 'version',
      },
    ],
  })
})

test('at most 100 errors are told', () => {
  const keys = Array.from({ length: 500 }, (_, index) => `key${index}: 1`).join('\n')
  expect(errorsOf(withLines(keys))).toHaveLength(100)
})
