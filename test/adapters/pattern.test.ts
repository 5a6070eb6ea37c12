import { describe, expect, it } from 'vitest'
import { compilePattern, matchWithin, PatternFailure } from '../../src/adapters/pattern.ts'

describe('the dialect is what RE2 and JavaScript share', () => {
  it.each([
    ['5..', '503', true],
    ['a|b', 'b', true],
    [String.raw`^\d+[.]\d{2}$`, '10.25', true],
    ['(?i)OK', 'ok', true],
    ['(?is)A.b', 'a\nB', true],
    ['(?:x)(?P<name>y)', 'xy', true],
    [String.raw`\\1`, String.raw`\1`, true],
    ['a.b', 'a\nb', false],
  ])('%s on %j', (pattern, text, expected) => {
    expect(compilePattern(pattern).test(text)).toBe(expected)
  })

  it.each([
    [String.raw`(a)\1`, String.raw`uses \1`],
    ['(?=a)', 'uses (?='],
    ['(?<!a)', 'uses (?<!'],
    [String.raw`\pL`, String.raw`uses \p`],
    [String.raw`\Aa\z`, String.raw`uses \A`],
    ['[[:alpha:]]', 'uses [:alpha:]'],
    ['(', 'is no regular expression'],
    ['a{2,1}', 'is no regular expression'],
  ])('%s is refused', (pattern, why) => {
    expect(() => compilePattern(pattern)).toThrow(PatternFailure)
    expect(() => compilePattern(pattern)).toThrow(why)
  })
})

describe('matching takes no longer than it may', () => {
  it.each(['(a+)+$', '(a|a)*$', '(.*)*x', '^(([a-z])+.)+[A-Z]([a-z])+$'])('%s is stopped', (pattern) => {
    const expression = compilePattern(pattern)
    const startedMs = performance.now()
    expect(() => matchWithin(50, () => expression.test(`${'a'.repeat(200)}!`))).toThrow(
      'matching took longer than 50 ms',
    )
    expect(performance.now() - startedMs).toBeLessThan(1000)
  })

  it('hands on what the work gives and throws', () => {
    expect(matchWithin(1000, () => ['a'])).toEqual(['a'])
    const mistake = new TypeError('mine')
    expect(() =>
      matchWithin(1000, () => {
        throw mistake
      }),
    ).toThrow(mistake)
  })
})
