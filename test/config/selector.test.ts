import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import {
  fillSelector,
  formatSelector,
  labelTemplates,
  parseSelector,
  selector,
} from '../../src/config/selector.ts'

describe('a selector in the configuration', () => {
  it('is read by the grammar of PromQL', () => {
    expect(parseSelector(String.raw`http_requests_total{code=~"5..", path!="/a\"b\n"}`)).toEqual({
      metric: 'http_requests_total',
      matchers: [
        { label: 'code', operator: '=~', value: '5..' },
        { label: 'path', operator: '!=', value: '/a"b\n' },
      ],
    })
  })

  it.each([
    ['up', 'up'],
    ['{__name__="up", job="x"}', 'up{job="x"}'],
    ["up{job='x'}", 'up{job="x"}'],
    ['up{job=`a\\b`}', String.raw`up{job="a\\b"}`],
    ['{"my.metric", "a.b"="c"}', '{"my.metric","a.b"="c"}'],
    ['job:errors:rate5m{}', 'job:errors:rate5m'],
    [String.raw`up{job="\u00e9\x41\101"}`, 'up{job="éAA"}'],
    ['up{path="/users/{id}"}', 'up{path="/users/{id}"}'],
  ])('%s is written %s', (text, written) => expect(formatSelector(parseSelector(text))).toBe(written))

  it.each([
    ['rate(http_requests_total[5m])', 'is not a selector'],
    ['up offset 5m', 'is not a selector'],
    ['up[5m]', 'is not a selector'],
    ['up or vector(0)', 'is not a selector'],
    ['sum(up)', 'is not a selector'],
    ['up{', 'is no PromQL'],
    ['up{job=}', 'at character 8'],
    ['', 'is no PromQL'],
    ['{}', 'selects everything'],
    ['{job=~".*"}', 'selects everything'],
    ['up{__name__="down"}', 'two metric names'],
    ['up{job=~"("}', 'is no regular expression'],
    [String.raw`up{job="\q"}`, 'is no escape'],
    ['up{job="{verison}"}', 'did you mean {version}?'],
  ])('%s is refused: %s', (text, why) => {
    expect(selector.safeParse(text).error?.issues[0]?.message).toContain(why)
  })

  it('no text makes it crash, and what it reads it writes back to the same selector', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc
        .array(
          fc.constantFrom(
            'up',
            '{',
            '}',
            'a',
            '=',
            '=~',
            '"',
            '\\',
            'x',
            ',',
            '`',
            '(',
            '[5m]',
            '\n',
            '#',
            '.*',
          ),
        )
        .map((parts) => parts.join('')),
    )
    const stable = fc.property(text, (text) => {
      const read = selector.safeParse(text)
      if (!read.success) return true
      expect(parseSelector(formatSelector(read.data))).toEqual(read.data)
      return true
    })
    expect(fc.check(stable, { numRuns: 2000 })).toMatchObject({ failed: false })
  })
})

describe('values in a selector', () => {
  const labels = { version: '{version}' }

  it.each([
    'x"} or vector(0) #',
    'a\\',
    'a\\"',
    'line\nbreak',
    '.*',
    '{version}',
    '{previous}',
    '$&',
    '"',
    '`',
  ])('M13 %j stays one matcher with the literal value', (value) => {
    const filled = fillSelector(parseSelector('up{job="a"}'), labels, { version: value, previous: 'no' })
    expect(parseSelector(formatSelector(filled!))).toEqual({
      metric: 'up',
      matchers: [
        { label: 'job', operator: '=', value: 'a' },
        { label: 'version', operator: '=', value },
      ],
    })
  })

  it.each(['.*', 'a|b', '1.2.3', '[a]', '^$', '(?i)x', 'a\\d', '{1}', 'x"} or vector(0) #'])(
    'M13 %j in the slot of a regular expression matches itself and nothing else',
    (value) => {
      const written = formatSelector(
        fillSelector(parseSelector('up{v=~"v{version}-.*"}'), {}, { version: value })!,
      )
      const [matcher] = parseSelector(written).matchers
      const pattern = new RegExp(`^(?:${matcher!.value})$`)
      expect(pattern.test(`v${value}-1`)).toBe(true)
      expect(pattern.test('vz-1')).toBe(false)
    },
  )

  it('M13 any value at all comes back from the query text as it was', () => {
    const whole = fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (value) => {
      const written = formatSelector(
        fillSelector({ metric: 'up', matchers: [] }, labels, { version: value })!,
      )
      return parseSelector(written).matchers[0]!.value === value
    })
    expect(fc.check(whole, { numRuns: 1000 })).toMatchObject({ failed: false })
  })

  it('without a value nothing is asked: an empty label would match every series that lacks it', () => {
    expect(fillSelector(parseSelector('up'), { version: '{previous}' }, { version: 'v1' })).toBeUndefined()
    expect(fillSelector(parseSelector('up'), { version: '{version}' }, { version: '' })).toBeUndefined()
  })

  it.each([
    [{ version: '{verison}' }, 'did you mean {version}?'],
    [{ 'a-b': 'x' }, 'label name'],
    [{ version: '' }, 'empty value'],
    [{ __name__: 'x' }, 'the metric itself'],
    [{}, 'at least one label'],
  ])('labels %j are refused: %s', (value, why) => {
    expect(JSON.stringify(labelTemplates.safeParse(value).error?.issues)).toContain(why)
  })
})
