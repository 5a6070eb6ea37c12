import * as fc from 'fast-check'
import { dump } from 'js-yaml'
import { describe, expect, test } from 'vitest'
import { readYaml, type YamlDocument, type YamlPath } from '../../src/config/yaml-document.ts'

type Read = Extract<YamlDocument, { ok: true }>

function read(text: string): Read {
  const document = readYaml(text)
  if (!document.ok) throw new Error(JSON.stringify(document.problems))
  return document
}

/** `line:column` of a path's key, then of its value. */
function places(text: string, path: YamlPath): string {
  const document = read(text)
  const [key, value] = [document.placeOf(path, 'key'), document.placeOf(path, 'value')]
  return `${key.line}:${key.column} ${value.line}:${value.column}`
}

describe('where a key and its value stand', () => {
  test.each<[string, string, YamlPath, string]>([
    ['in a block mapping', 'a: 1\nbb:   2\n', ['bb'], '2:1 2:7'],
    ['deep in a block', 'a:\n  b:\n    - c: 1\n      d: 2\n', ['a', 'b', 0, 'd'], '4:7 4:10'],
    ['an item, which has no key', 'a:\n  - x\n  -   y\n', ['a', 1], '3:7 3:7'],
    ['an item of an indentless list', 'a:\n- x\n- y: 1\n', ['a', 1, 'y'], '3:3 3:6'],
    ['in a flow', 'a: { b: [1, { c: 2 }] }', ['a', 'b', 1, 'c'], '1:15 1:18'],
    ['over the lines of a flow', 'a: [1,\n  2,\n  3]', ['a', 2], '3:3 3:3'],
    ['a quoted key and value', `"a b": 'c'\n'd': "e"`, ['d'], '2:1 2:6'],
    ['a block text', 'a: |\n  b\nc: >-\n\n  d\n', ['c'], '3:1 3:4'],
    ['a value on the next line', 'a:\n  long text\n', ['a'], '1:1 2:3'],
    ['an empty value', 'a:\nb:\n', ['b'], '2:1 2:1'],
    ['after comments and blank lines', '# a\n\n  # b\nc: 1 # d\n', ['c'], '4:1 4:4'],
    ['with Windows line ends', 'a: 1\r\nb:\r\n  c: 2\r\n', ['b', 'c'], '3:3 3:6'],
    ['with old line ends', 'a: 1\rb: 2', ['b'], '2:1 2:4'],
    ['after a document mark', '---\na: 1\n...\n', ['a'], '2:1 2:4'],
    ['after wide characters', '"😀": { a: 1 }', ['😀', 'a'], '1:9 1:12'],
    ['an explicit key', '? a\n: b\n', ['a'], '1:3 2:3'],
    ['what is not there: the nearest that is', 'a:\n  b: 1\n', ['a', 'c', 'd'], '1:1 1:1'],
    ['the document itself', '\n# x\na: 1\n', [], '1:1 3:1'],
  ])('%s', (_, text, path, expected) => {
    expect(places(text, path)).toBe(expected)
  })

  test('for every key of any mapping: the text there begins with the key', () => {
    const key = fc.stringMatching(/^[a-z]{1,8}$/).filter((name) => !['null', 'true', 'false'].includes(name))
    const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
      tree: fc.oneof(
        { depthSize: 'small' },
        fc.string({ maxLength: 40 }),
        fc.integer(),
        fc.array(tie('tree'), { maxLength: 4 }),
        fc.dictionary(key, tie('tree'), { maxKeys: 4, noNullPrototype: true }),
      ),
    }))
    const value = fc.dictionary(key, tree, { minKeys: 1, maxKeys: 5, noNullPrototype: true })
    const style = fc.record({
      flowLevel: fc.integer({ min: -1, max: 3 }),
      indent: fc.integer({ min: 2, max: 4 }),
    })
    fc.assert(
      fc.property(value, style, (value, style) => {
        const text = dump(value, style)
        const document = read(text)
        const lines = text.split('\n')
        for (const path of keyPaths(value)) {
          const { line, column } = document.placeOf(path, 'key')
          expect(lines[line - 1]?.slice(column - 1)).toMatch(new RegExp(`^(['"]?)${String(path.at(-1))}\\1:`))
        }
      }),
      { numRuns: 300 },
    )
  })
})

describe('values are those of JSON', () => {
  test.each<[string, unknown]>([
    ['off', 'off'],
    ['yes', 'yes'],
    ['True', 'True'],
    ['~', '~'],
    ['0x10', '0x10'],
    ['1_000', '1_000'],
    ['.inf', '.inf'],
    ['2026-11-23', '2026-11-23'],
    ['012', '012'],
    ['12', 12],
    ['1.50', 1.5],
    ['true', true],
    ['null', null],
    ['', ''],
    ['"12"', '12'],
  ])('%s', (written, value) => {
    expect(read(`a: ${written}`).value).toEqual({ a: value })
  })
})

function* keyPaths(value: unknown, path: YamlPath = []): Generator<YamlPath> {
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) yield* keyPaths(item, [...path, index])
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, child] of Object.entries(value)) {
      yield [...path, key]
      yield* keyPaths(child, [...path, key])
    }
  }
}
