import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { Ajv } from 'ajv'
import { load } from 'js-yaml'
import { expect, test } from 'vitest'
import { ERROR_CASES } from './error-cases.ts'

const root = new URL('../../', import.meta.url)
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8')

const validate = new Ajv({ strict: false, allErrors: true }).compile(
  JSON.parse(read('schema.json')) as object,
)

test('schema.json and the table of keys in docs/config.md are what the schema says now', () => {
  const check = spawnSync(process.execPath, ['scripts/schema.ts', '--check'], { cwd: root, encoding: 'utf8' })
  expect(check).toMatchObject({ status: 0, stdout: '', stderr: '' })
})

test('the example is valid by schema.json, as an editor checks it', () => {
  validate(load(read('examples/seamless.yml')))
  expect(validate.errors).toBeNull()
})

test.each([
  ['an unknown key', 'driver: action\nenvironments: {}\nfoo: 1'],
  ['a missing driver', 'environments: {}'],
  ['a step of no adapter', 'driver: action\nenvironments: {}\nbuild: [{ name: a }]'],
  [
    'a duration without a unit',
    'driver: action\nenvironments: {}\nbuild: [{ name: a, run: b, timeout: 10 }]',
  ],
  ['an unknown source', 'driver: action\nenvironments: {}\nsources: { main: { type: x } }'],
  ['a bad name', 'driver: action\nenvironments: { "a b": { deploy: { run: { deploy: a, rollback: b } } } }'],
])('an editor marks %s', (_, text) => {
  expect(validate(load(text))).toBe(false)
})

test('every key in the table says what it means', () => {
  const rows = read('docs/config.md')
    .split('\n')
    .filter((line) => line.startsWith('| `'))
  const table = rows.slice(rows.findIndex((row) => row.startsWith('| `driver` |')))
  expect(table.length).toBeGreaterThan(60)
  expect(table.filter((row) => /\|\s*\|$/.test(row))).toEqual([])
})

test('the errors that docs/config.md shows are real ones', () => {
  const fences = [...read('docs/config.md').matchAll(/```text\n([^`]+)```/g)].map(([, body = '']) => body)
  const shown = fences
    .join('')
    .split('\n')
    .filter((line) => line.startsWith('.github/'))
  const known = new Set(
    ERROR_CASES.flatMap(({ errors }) => errors.map((error) => `.github/seamless.yml${error}`)),
  )
  expect(shown.length).toBeGreaterThan(0)
  expect(shown.filter((line) => !known.has(line))).toEqual([])
})
