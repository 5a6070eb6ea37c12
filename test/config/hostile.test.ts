import { readFileSync } from 'node:fs'
import * as fc from 'fast-check'
import { dump } from 'js-yaml'
import { describe, expect, test } from 'vitest'
import { formatConfigError } from '../../src/config/config-error.ts'
import { parseConfig } from '../../src/config/parse.ts'
import { withChecks, withLines, withProduction } from './error-cases.ts'

const example = readFileSync(new URL('../../examples/seamless.yml', import.meta.url), 'utf8')

function parse(text: string): ReturnType<typeof parseConfig> {
  return parseConfig(text, 'seamless.yml')
}

/** What makes an answer unfit: said of no place that the text has, or not in one clean line. Nothing, as it should be. */
function faults(text: string): unknown[] {
  const parsed = parse(text)
  if (parsed.ok) return []
  const lines = text.split(/\r\n|\r|\n/)
  return parsed.errors.filter((error) => {
    const { line, column } = error
    const isThere = line >= 1 && column >= 1 && column <= (lines[line - 1]?.length ?? -1) + 1
    return !isThere || UNCLEAN.test(formatConfigError(error))
  })
}

// oxlint-disable-next-line no-control-regex -- control characters are what must not come through
const UNCLEAN = /[\u0000-\u001F\u007F-\u009F\u2028\u2029\u202A-\u202E]/

function lines(count: number, line: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => line(index)).join('\n')
}

/** Processor time of the best of three readings, in ms: the machine may be busy with something else. */
function cost(text: string): number {
  const costs = [1, 2, 3].map(() => {
    const before = process.cpuUsage()
    parse(text)
    const { user, system } = process.cpuUsage(before)
    return (user + system) / 1000
  })
  return Math.min(...costs)
}

describe('nothing that is written makes it throw', () => {
  test('any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => {
        expect(faults(text)).toEqual([])
      }),
      { numRuns: 2000 },
    )
  })

  test('any text made of what YAML is made of', () => {
    const piece = fc.constantFrom(
      'a',
      'driver',
      'action',
      ': ',
      ':',
      '- ',
      '\n',
      '  ',
      '{',
      '}',
      '[',
      ']',
      ',',
      '"',
      "'",
      '|',
      '>',
      '&a ',
      '*a',
      '!!',
      '!',
      '#',
      '?',
      '<<',
      '%',
      '---',
      '\t',
      '\r',
      '\\',
      '\u0000',
      '__proto__',
      '\u{1F600}',
      '\u2028',
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        expect(faults(pieces.join(''))).toEqual([])
      }),
      { numRuns: 3000 },
    )
  })

  test('any JSON, as YAML', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(faults(dump(value))).toEqual([])
      }),
      { numRuns: 1000 },
    )
  })

  test('any JSON where the schema has a key', () => {
    const key = fc.constantFrom('driver', 'version', 'sources', 'upgrade', 'build', 'test', 'environments')
    fc.assert(
      fc.property(fc.dictionary(key, fc.jsonValue({ maxDepth: 3 }), { noNullPrototype: true }), (value) => {
        expect(faults(dump({ driver: 'action', ...value }))).toEqual([])
      }),
      { numRuns: 1000 },
    )
  })

  test('the example, with a piece of it cut out, doubled or put elsewhere', () => {
    const at = fc.nat({ max: example.length })
    const change = fc.tuple(at, fc.nat({ max: 60 }), at, fc.constantFrom('cut', 'double', 'move'))
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 3 }), (changes) => {
        let text = example
        for (const [from, length, to, kind] of changes) {
          const piece = text.slice(from, from + length)
          if (kind !== 'double') text = text.slice(0, from) + text.slice(from + length)
          if (kind !== 'cut') text = text.slice(0, to) + piece + text.slice(to)
        }
        expect(faults(text)).toEqual([])
      }),
      { numRuns: 1000 },
    )
  })

  test('the example, with a line of it changed to any text', () => {
    const lines = example.split('\n')
    fc.assert(
      fc.property(fc.nat({ max: lines.length - 1 }), fc.string({ maxLength: 60 }), (index, text) => {
        const indentation = /^[ -]*[\w-]*:?/.exec(lines[index] ?? '')?.[0] ?? ''
        expect(faults(lines.with(index, `${indentation} ${text}`).join('\n'))).toEqual([])
      }),
      { numRuns: 1000 },
    )
  })
})

describe('I15 names that every object has', () => {
  test.each([
    'sources: { __proto__: { type: probe } }',
    'version: { file: V, __proto__: { polluted: yes } }',
    'version: { <<: { __proto__: { polluted: yes } }, file: V }',
    '__proto__: { polluted: yes }',
    'sources: { "__proto__": { type: probe } }',
    'build: [{ name: a, run: b, env: { __proto__: x } }]',
    'sources: { constructor: { type: probe } }',
  ])('I15 %s is refused and leaves every object as it was', (lines) => {
    const parsed = parse(withLines(lines))
    expect(parsed.ok).toBe(false)
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  })

  test('I15 a configured mapping has what was configured and no more', () => {
    const parsed = parse(withLines('sources: { main: { type: probe } }'))
    if (!parsed.ok) throw new Error('refused')
    expect(parsed.config.environments['toString']).toBeUndefined()
    expect(parsed.config.sources['valueOf']).toBeUndefined()
  })

  test('I15 unknown keys are refused wherever they are', () => {
    for (const lines of ['x: 1', 'version: { file: V, x: 1 }', 'build: [{ name: a, run: b, x: 1 }]']) {
      expect(parse(withLines(lines)).ok).toBe(false)
    }
  })
})

describe('I16 texts made to be slow', () => {
  const filled = (line: (index: number) => string): string => {
    const text = lines(8000, line)
    return text.slice(0, text.lastIndexOf('\n', 64_500))
  }

  const cases: [string, string][] = [
    [
      'an alias bomb',
      lines(20, (index) =>
        index === 0 ? 'a0: &a0 [x, x]' : `a${index}: &a${index} [*a${index - 1}, *a${index - 1}]`,
      ),
    ],
    [
      'a quadratic merge',
      `${lines(2000, (index) => `k${index}: &k${index} { a${index}: 1 }`)}\nall:\n  <<: [${lines(2000, (index) => `*k${index}`).replaceAll('\n', ', ')}]`,
    ],
    ['an ordered map of 100 000 entries', `a: !!omap\n${lines(100_000, (index) => `- k${index}: 1`)}`],
    ['as much of one as the size allows', `a: !!omap\n${filled((index) => `- k${index}: 1`)}`],
    ['100 000 entries in a list', `driver: action\nbuild: [${'1,'.repeat(100_000)}]`],
    ['deep flows', '['.repeat(60_000)],
    ['deep blocks', lines(300, (index) => `${' '.repeat(index)}a:`)],
    ['thousands of unknown keys', filled((index) => `key${index}: 1`)],
    ['thousands of repeated keys', filled(() => 'key: 1')],
    ['thousands of anchors', filled((index) => `k${index}: &a${index} 1`)],
    ['an unknown key of 60 000 letters', withLines(`${'a'.repeat(60_000)}: 1`)],
    ['as many wrong steps as are read', withLines(`build:\n${lines(1650, (index) => `- r${index}: 1`)}`)],
    ['too many wrong steps', withLines(`build:\n${lines(5000, (index) => `- r${index}: 1`)}`)],
    ['as many right steps', withLines(`build:\n${lines(990, (index) => `- { name: s${index}, run: x }`)}`)],
    ['as many sources', withLines(`sources:\n${lines(1200, (index) => `  s${index}: { type: probe }`)}`)],
    ['as many unknown keys', lines(2490, (index) => `key${index}: 1`)],
    ['as many environments in wait', withProduction(`after: [${'a,'.repeat(4900)}]`)],
    ['a template of braces', withLines(`upgrade: { branch: a, change: x, message: "${'{'.repeat(3900)}" }`)],
    [
      'a template that is too long',
      withLines(`upgrade: { branch: a, change: x, message: "${'{a'.repeat(30_000)}" }`),
    ],
    ['an author of spaces', withLines(`upgrade: { branch: a, change: x, author: "${' '.repeat(60_000)}" }`)],
    ['a command of spaces', withLines(`upgrade: { branch: a, change: "${' '.repeat(60_000)}" }`)],
    ['a duration of digits', withLines(`build: [{ name: a, run: x, timeout: "${'1s'.repeat(30_000)}x" }]`)],
    [
      'a label pattern that counts',
      withChecks('a: { gauge: \'{a=~"((((x?){1000}){1000}){1000}){1000}"}\', max: 1 }'),
    ],
    ['a label pattern that backtracks', withChecks('a: { gauge: \'{a=~"(.*.*.*.*)*"}\', max: 1 }')],
    [
      'a body pattern that counts',
      withChecks('a: { source: site, probe: /, body: "((((x?){1000}){1000}){1000}){1000}" }'),
    ],
    ['a selector of brackets', withChecks(`a: { gauge: '${'{'.repeat(1900)}', max: 1 }`)],
  ]

  test.each(cases)('I16 %s takes less than 200 ms', (_, text) => {
    expect(cost(text)).toBeLessThan(200)
    expect(faults(text)).toEqual([])
  })

  test('I16 fifty environments in one circle take less than 200 ms', () => {
    const circle = lines(50, (index) => {
      const after = Array.from({ length: 50 }, (_, other) => `e${other}`).filter(
        (name) => name !== `e${index}`,
      )
      return `  e${index}: { deploy: { run: { deploy: a, rollback: b } }, after: [${after.join(', ')}] }`
    })
    expect(cost(`driver: action\nenvironments:\n${circle}`)).toBeLessThan(200)
  })
})
