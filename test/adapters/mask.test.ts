import { array, assert, property, string } from 'fast-check'
import { describe, expect, test } from 'vitest'

import { looksSecret, maskOf } from '../../src/adapters/mask.ts'

const KEY = `-----BEGIN RSA PRIVATE KEY-----
Proc-Type: 4,ENCRYPTED

MIIEowIBAAKCAQEA3Tz2mr7SZiAMfQyuvBjM9Oi4nk2Lr4oVmkRiUHgT9R3m2EHc
Zk8YfhR7x+8Kx1Dq==
-----END RSA PRIVATE KEY-----`

describe('known secrets', () => {
  const secret = 'hunter2 & "söhne"/+?'
  const mask = maskOf([secret])

  test.each([
    ['itself', secret],
    ['base64', Buffer.from(secret).toString('base64')],
    ['URL-encoded', encodeURIComponent(secret)],
    ['URL-encoded with plus signs', encodeURIComponent(secret).replaceAll('%20', '+')],
    ['URL-encoded in lower case', encodeURIComponent(secret).replace(/%../g, (hex) => hex.toLowerCase())],
    ['JSON', JSON.stringify(secret).slice(1, -1)],
  ])('S01 %s does not pass', (_what, form) => {
    expect(mask.text(`before ${form} after`)).not.toContain(form)
    expect(mask.text(`before ${form} after`)).toMatch(/^before .* after$/)
  })

  test('S01 base64 does not pass at any offset, as in Basic base64(user:token)', () => {
    for (const prefix of ['', 'x', 'xy', 'user:', 'x-access-token:']) {
      const encoded = Buffer.from(prefix + secret).toString('base64')
      expect(mask.text(encoded)).toContain('***')
      const shown = mask.text(encoded).replaceAll('*', 'A')
      expect(Buffer.from(shown, 'base64').toString('latin1')).not.toMatch(/hunter|hne/)
    }
  })

  test('S01 of a secret of several lines each line is hidden by itself', () => {
    const lines = maskOf(['first line of it\nsecond line of it\r\n}\n']).lines()
    expect(lines('x first line of it')).toBe('x ***')
    expect(lines('second line of it')).toBe('***')
    expect(lines('}')).toBe('}')
  })

  test('S01 where one secret contains another the longer one is hidden whole', () => {
    expect(maskOf(['abcd', 'abcdefgh']).text('abcdefgh abcd')).toBe('*** ***')
  })

  test('S01 a secret with the meaning of a pattern is literal', () => {
    expect(maskOf(['a.*b|c(d']).text('a.*b|c(d axxb c d')).toBe('*** axxb c d')
  })

  test('a very short secret hides itself where it stands alone, not every letter', () => {
    expect(maskOf(['ab']).text('ab cab ab, abc')).toBe('*** cab ***, abc')
    expect(maskOf(['', '  ']).text('all of it stays')).toBe('all of it stays')
  })

  test('a mask learns further secrets and keeps the old ones', () => {
    expect(maskOf(['first-secret']).with(['second-secret']).text('first-secret second-secret')).toBe(
      '*** ***',
    )
    expect(mask.with([])).toBe(mask)
  })

  test('S01 whatever the secret and the text around it, the secret does not pass', () => {
    const secrets = array(
      string({ minLength: 4, maxLength: 40 }).filter((text) => text.trim().length >= 4),
      { minLength: 1, maxLength: 4 },
    )
    assert(
      property(secrets, string(), string(), (all, before, after) => {
        for (const one of all) {
          const value = one.trim()
          if ('***'.includes(value)) continue
          const masked = maskOf(all).text(`${before}\n${value}\n${after}`)
          expect(masked.split('\n').slice(before.split('\n').length)[0]).not.toContain(value)
        }
      }),
    )
  })
})

describe('secrets by their format', () => {
  const cases = [
    ['ghp_', `ghp_${'a1B2'.repeat(9)}`],
    ['ghs_', `ghs_${'a1B2'.repeat(9)}`],
    ['ghs_ as a JWT', `ghs_12345_eyJhbGciOi.${'x-_Y'.repeat(100)}.sig`],
    ['github_pat_', `github_pat_${'11ABCDE0Y0'.repeat(8)}`],
    ['an AWS key id', 'AKIAIOSFODNN7EXAMPLE'],
    ['an npm token', `npm_${'a1B2'.repeat(9)}`],
    ['a JWT', 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dBjftJeZ4CVP-mB92K27'],
  ] as const

  test.each(cases)('S02 %s', (_name, secret) => {
    expect(maskOf([]).text(`token=${secret}, next`)).toBe('token=***, next')
    expect(looksSecret(secret)).toBe(true)
  })

  test.each([
    ['authorization: bearer abc.def', 'authorization: bearer ***'],
    ['Authorization: Basic dXNlcjpwYXNz', 'Authorization: Basic ***'],
    ['"authorization": "token xyz"', '"authorization": "token ***"'],
    ["{ authorization: 'Bearer xyz', host: 'h' }", "{ authorization: 'Bearer ***', host: 'h' }"],
    ['Proxy-Authorization: abcdef', 'Proxy-Authorization: ***'],
    ['aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY', 'aws_secret_access_key = ***'],
    ['"SecretAccessKey": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"', '"SecretAccessKey": "***"'],
    ['https://user:secretpass@example.org/x', 'https://***@example.org/x'],
    ['postgres://u:p%40ss@db:5432/x', 'postgres://***@db:5432/x'],
  ])('S03 %s', (line, shown) => {
    expect(maskOf([]).text(line)).toBe(shown)
  })

  test('S02 a private key does not pass: as text, line by line, on one line, behind a prefix, cut off', () => {
    const mask = maskOf([])
    const text = (value: string): string => mask.text(value)
    const secretParts = /MIIE|Zk8Y|Proc-Type/
    expect(text(`before\n${KEY}\nafter`)).toMatch(/^before\n(?:\*\*\*\n)+after$/)
    const byLine = mask.lines()
    expect(
      `x\n${KEY}\ny`
        .split('\n')
        .map((line) => byLine(line))
        .join('\n'),
    ).not.toMatch(secretParts)
    expect(byLine('and after it all is shown')).toBe('and after it all is shown')
    expect(text(JSON.stringify({ key: KEY, next: 1 }))).not.toMatch(secretParts)
    expect(
      text(
        KEY.split('\n')
          .map((line) => `  | ${line}`)
          .join('\n'),
      ),
    ).not.toMatch(/MIIE/)
    expect(text(KEY.split('\n').slice(0, 4).join('\n'))).not.toMatch(secretParts)
  })

  test('two keys in a row do not pass, and prose about keys does', () => {
    const mask = maskOf([])
    const text = (value: string): string => mask.text(value)
    expect(text(`${KEY}\n${KEY}`)).not.toMatch(/MIIE|Zk8Y/)
    const prose = 'The header -----BEGIN PRIVATE KEY----- starts it.\nThen more text, with spaces.'
    expect(text(prose)).toContain('Then more text, with spaces.')
    const certificate =
      '-----BEGIN CERTIFICATE-----\nMIIDdzCCAl+gAwIBAgIEAgAAuTANBgkqhkiG9w0BAQ\n-----END CERTIFICATE-----'
    expect(text(certificate)).toBe(certificate)
  })

  test.each([
    'npm_config_registry',
    'a ghost_writer',
    'commit 4b825dc642cb6eb9a060e54bf8d69288fbee4904',
    'http://127.0.0.1:8080/a@b',
    'sha256:' + 'ab'.repeat(32),
  ])('innocent text stays: %s', (text) => {
    expect(maskOf([]).text(text)).toBe(text)
    expect(looksSecret(text)).toBe(false)
  })

  test('I17 a hostile line of 64 KiB takes no time', () => {
    const mask = maskOf(['secret-value'])
    for (const part of [
      '://',
      'a:',
      'authorization',
      'eyJ',
      '-----BEGIN ',
      'gh',
      'AKIA',
      'aws_secret_access_key    ',
      'A'.repeat(40) + ' ',
    ]) {
      const line = part.repeat(Math.ceil(65_536 / part.length))
      const started = performance.now()
      mask.text(line)
      expect(performance.now() - started).toBeLessThan(250)
    }
  })
})
