import { describe, expect, test } from 'vitest'
import { fillText, template } from '../../src/config/template.ts'

const values = {
  version: '2.0.0',
  previous: '1.9.0',
  sha: 'a'.repeat(40),
  branch: 'upgrade/2.0.0',
  environment: 'production',
  repository: 'acme/shop',
}
const all = template(['version', 'previous', 'sha', 'branch', 'environment', 'repository'])

describe('a template is filled', () => {
  test('with every variable it names', () => {
    const text = all.parse('{repository} {previous} → {version} ({sha}) on {branch} in {environment}')
    expect(fillText(text, values)).toBe(
      `acme/shop 1.9.0 → 2.0.0 (${'a'.repeat(40)}) on upgrade/2.0.0 in production`,
    )
  })

  test('in one pass: what a value contains stays as it is', () => {
    const text = all.parse('{previous} to {version}')
    const hostile = { previous: '{version}', version: '{previous} $& $1 {{sha}}' }
    expect(fillText(text, hostile)).toBe('{version} to {previous} $& $1 {{sha}}')
  })

  test('with "none" for the version n that a first upgrade does not have', () => {
    expect(fillText(all.parse('From {previous}'), { version: '1' })).toBe('From none')
  })

  test('and one without variables is itself', () => {
    expect(fillText(all.parse('Upgrade'), values)).toBe('Upgrade')
  })
})

describe('a template is refused', () => {
  const only = template(['version'])

  test.each([
    ['{verion}', 'unknown variable "{verion}"'],
    ['{VERSION}', 'unknown variable "{VERSION}"'],
    ['{ version }', 'unknown variable "{ version }"'],
    ['{}', 'unknown variable "{}"'],
    ['{__proto__}', 'unknown variable "{__proto__}"'],
    ['{sha}', '{sha} is not known here'],
    ['${{ version }}', '"{{" opens or closes no variable'],
    ['{version', '"{" opens or closes no variable'],
    ['version}', '"}" opens or closes no variable'],
  ])('for %s', (text, message) => {
    expect(only.safeParse(text).error?.issues[0]?.message).toBe(message)
  })
})
