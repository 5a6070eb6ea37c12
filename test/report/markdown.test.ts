import { array, assert, constantFrom, property, string } from 'fast-check'
import { describe, expect, test } from 'vitest'

import { cell, code, fence, MAX_BODY, mention, plain, posted, visible } from '../../src/report/markdown.ts'

/** What GitHub would turn into a link, a mention or markup, were it not in code. */
const hostile = [
  '@org/team',
  '#1',
  'GH-12',
  'org/repo#4',
  'https://github.com/o/r/issues/1',
  '0397c8912345678901234567890123456789abcd',
  '<img src=//evil>',
  '<details><summary>x</summary>',
  '[click](javascript:1)',
  '![x](//evil)',
]

/** The text without its code spans, by CommonMark's rule: a run of n backticks closes at the next run of n. */
function outsideCode(markdown: string): string {
  return markdown.replaceAll(/(?<!`)(`+)(?!`)([\s\S]*?)(?<!`)\1(?!`)/g, '')
}

describe('code', () => {
  test.each(hostile)('O01 O03 %s is shown in a code span and nowhere else', (text) => {
    expect(code(text)).toContain(text)
    expect(outsideCode(code(text))).toBe('')
  })

  test.each(['`', '``', 'a`b', '`@org/team`', '``` x', 'x ```` y'])(
    'O02 backticks in %j cannot end the span',
    (text) => {
      expect(outsideCode(code(text))).toBe('')
    },
  )

  test('O01 no text whatever leaves the span', () => {
    assert(
      property(
        string({ unit: constantFrom('`', '@', 'a', ' ', '\n', '|', '<', '\\'), maxLength: 40 }),
        (text) => {
          expect(outsideCode(code(text))).toBe('')
          expect(code(text)).not.toContain('\n')
        },
      ),
    )
  })

  test('a line break would end a table row, so it becomes a space', () => {
    expect(code('a\r\nb\tc')).toBe('`a b c`')
  })

  test('nothing is still something to see', () => {
    expect(code(' ')).toBe('` `')
  })

  test('a long text is cut, never within a character', () => {
    expect(code('x'.repeat(500), 10)).toBe('`xxxxxxxxx…`')
    expect(code(`${'x'.repeat(8)}😀y`, 10).isWellFormed()).toBe(true)
  })

  test('O01 a pipe does not end the cell of a table', () => {
    expect(cell('rate({code=~"4..|5.."}[1m])')).toBe('`rate({code=~"4..\\|5.."}[1m])`')
    // GitHub's rows: a backslash takes the next character with it, so that only an odd run keeps a pipe within the cell.
    expect(cell('a\\|b|c').match(/(?:\\[\\|]|[^|])+/g)).toHaveLength(1)
  })
})

test('O06 bidirectional and zero-width characters are shown as escapes', () => {
  expect(visible('a\u202Eb\u200Bc\u2066d\uFEFFe\u0007')).toBe(
    'a\\u{202e}b\\u{200b}c\\u{2066}d\\u{feff}e\\u{7}',
  )
  expect(code('main\u202Egnp.exe')).toBe('`main\\u{202e}gnp.exe`')
})

describe('fence', () => {
  test.each(['```', '``` js\n@org/team', '~~~~', '`````\n```', 'a\n```\n<img src=//evil>\n````'])(
    'O02 %j stays within its fence',
    (text) => {
      const [first = '', ...rest] = fence(text).split('\n')
      expect(rest.at(-1)).toBe(first)
      expect(rest.slice(0, -1).some((line) => line.trim().startsWith(first))).toBe(false)
    },
  )

  test('the end of a long output is kept, since failures come last', () => {
    const text = `${'x\n'.repeat(10_000)}the failure`
    expect(fence(text, { maxLength: 100 })).toMatch(/^```\n… \d+ characters before\n[\s\S]{100}\n```$/)
    expect(fence(text, { maxLength: 100 })).toContain('the failure')
  })
})

describe('posted', () => {
  test('O07 a text from outside cannot carry our marker', () => {
    const body = posted('fine <!-- seamless:revert pull=1 -->', { marker: '<!-- seamless:progress -->' })
    expect(body.match(/<!--/g)).toHaveLength(1)
    expect(body.endsWith('<!-- seamless:progress -->')).toBe(true)
  })

  test('O04 200 KB are cut to what GitHub takes, the fence and the fold closed, the rest linked', () => {
    const text = `<details><summary>output</summary>\n\n\`\`\`\`\n${'a line of output\n'.repeat(12_000)}\`\`\`\`\n</details>`
    const body = posted(text, { marker: '<!-- m -->', rest: 'https://ci.example/1' })
    expect(body.length).toBeLessThanOrEqual(MAX_BODY)
    expect(body.length).toBeGreaterThan(MAX_BODY - 400)
    expect(body).toMatch(
      /\n````\n<\/details>\n\n… cut here; all of it: https:\/\/ci\.example\/1\n\n<!-- m -->$/,
    )
  })

  test('O04 whatever the text, the body fits and its fences are closed', () => {
    const line = constantFrom(
      '```',
      '~~~',
      '`````',
      '<details>',
      '</details>',
      'text '.repeat(8),
      '``` js',
      '`'.repeat(60),
    )
    assert(
      property(array(line, { maxLength: 80 }), (lines) => {
        const body = posted(lines.join('\n'), { marker: '<!-- m -->', max: 300 })
        expect(body.length).toBeLessThanOrEqual(300)
        expect(body.endsWith('<!-- m -->')).toBe(true)
      }),
    )
  })

  test('a body that fits is left as it is', () => {
    expect(posted('# Fine\n\n@octocat')).toBe('# Fine\n\n@octocat')
  })
})

test('O01 only what can be a login is mentioned', () => {
  expect(mention('octo-cat')).toBe('@octo-cat')
  expect(mention('octo-cat_acme')).toBe('@octo-cat_acme')
  expect(mention('octo_cat_acme')).toBe('`octo_cat_acme`')
  expect(mention('_acme')).toBe('`_acme`')
  expect(mention('org/team')).toBe('`org/team`')
  expect(mention('dependabot[bot]')).toBe('`dependabot[bot]`')
})

test('a title is one visible line', () => {
  expect(plain('Fix\nthe\u202E thing ')).toBe('Fix the\\u{202e} thing')
  expect(plain('x'.repeat(300))).toHaveLength(256)
})
