import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Command } from '../../src/command/command.ts'
import { commandKinds } from '../../src/command/grammar.ts'
import { parseComment } from '../../src/command/parse-comment.ts'

const SHA = '0123456789abcdef0123456789abcdef01234567'

function command(body: string): Command {
  const parsed = parseComment(body)
  if (parsed.kind !== 'command') throw new Error(JSON.stringify(parsed))
  return parsed.command
}

function reply(body: string): { reason: string; text: string } {
  const parsed = parseComment(body)
  if (parsed.kind !== 'reply') throw new Error(JSON.stringify(parsed))
  return parsed
}

describe('the whole first line of a comment is a command', () => {
  test.each<[string, Command]>([
    ['/deploy', { kind: 'deploy' }],
    ['/deploy production', { kind: 'deploy', environment: 'production' }],
    ['/deploy production  \t', { kind: 'deploy', environment: 'production' }],
    ['/deploy\tproduction', { kind: 'deploy', environment: 'production' }],
    ['/deploy production\r\n\r\nIt is time.\r\n', { kind: 'deploy', environment: 'production' }],
    [`/deploy production --sha=${SHA}`, { kind: 'deploy', environment: 'production', sha: SHA }],
    [`/deploy --sha=${SHA} production`, { kind: 'deploy', environment: 'production', sha: SHA }],
    [`/deploy production ${SHA}`, { kind: 'deploy', environment: 'production', sha: SHA }],
    [`/deploy --sha=${SHA.toUpperCase()}`, { kind: 'deploy', sha: SHA }],
    [`/plan ${SHA}`, { kind: 'plan', sha: SHA }],
    ['/plan eu_west-1', { kind: 'plan', environment: 'eu_west-1' }],
    ['/rollback production', { kind: 'rollback', environment: 'production' }],
    ['/rollback', { kind: 'rollback' }],
    [
      '/lock production a reason of words, with --sha=x and more',
      { kind: 'lock', environment: 'production', reason: 'a reason of words, with --sha=x and more' },
    ],
    ['/lock production', { kind: 'lock', environment: 'production' }],
    [
      '/lock production because: the database moves',
      { kind: 'lock', environment: 'production', reason: 'the database moves' },
    ],
    ['/lock production because', { kind: 'lock', environment: 'production' }],
    ['/lock', { kind: 'lock' }],
    ['/promote', { kind: 'promote' }],
    ['/promote production', { kind: 'promote', environment: 'production' }],
    ['/accept production', { kind: 'accept', environment: 'production' }],
    ['/pause production', { kind: 'pause', environment: 'production' }],
    ['/continue production', { kind: 'continue', environment: 'production' }],
    ['/revert', { kind: 'revert' }],
    ['/autorevert on', { kind: 'autorevert', to: 'on' }],
    ['/autorevert  off ', { kind: 'autorevert', to: 'off' }],
    ['/unlock production', { kind: 'unlock', environment: 'production' }],
    ['/resolve production', { kind: 'resolve', environment: 'production' }],
    ['/unquarantine', { kind: 'unquarantine' }],
    ['/status', { kind: 'status' }],
    ['/help', { kind: 'help' }],
    ['/help deploy', { kind: 'help', about: 'deploy' }],
    ['/help /deploy', { kind: 'help', about: 'deploy' }],
  ])('%j', (body, expected) => {
    expect(command(body)).toEqual(expected)
  })

  test('what stands below it is prose', () => {
    const prose = [
      'please don’t /deploy before noon',
      ' /deploy staging',
      '> /rollback production',
      '`/deploy staging`',
      '```',
      '/deploy staging',
      '```',
      '~~~~ text',
      '~~~',
      '/deploy staging',
      '~~~~~  ',
      '<!--',
      '/deploy staging',
      '-->',
      '/usr/bin/env',
      '/hold',
      '/retest all',
    ]
    expect(command(['/deploy production', ...prose].join('\n'))).toEqual({
      kind: 'deploy',
      environment: 'production',
    })
  })
})

describe('nothing is a command', () => {
  test.each([
    ['A09 within a sentence', 'please don’t /deploy yet'],
    ['A09 at the end of one', 'Do we\n/deploy production'],
    ['A10 in a fence', '```\n/deploy production\n```'],
    ['A10 in a tilde fence', '~~~\n/deploy production\n~~~'],
    ['A10 in indented code', '    /deploy production'],
    ['A10 in code indented by a tab', '\t/deploy production'],
    ['A10 in inline code', '`/deploy production`'],
    ['A10 in a quote', '> /deploy production'],
    ['A10 in a quote within a list', '- > /deploy production'],
    ['A10 in a list', '- /deploy production'],
    ['A10 in an HTML comment', '<!-- /deploy production -->'],
    ['A10 in an HTML comment of several lines', '<!--\n/deploy production\n-->'],
    ['not at the first column', ' /deploy production'],
    ['not in the first line', '\n/deploy production'],
    ['behind what cannot be seen', '\u200B/deploy production'],
    ['with nothing behind the slash', '/'],
    ['a path', '/deploy/production'],
    ['another bot’s', '/hold'],
    ['another bot’s', '/retest'],
    ['another bot’s', '/assign @ada'],
    ['another bot’s', '/approve'],
    ['another bot’s', '/approve no-issue'],
    ['another bot’s', '/approve cancel'],
    ['another bot’s', '/lgtm'],
    ['another bot’s', '/remove-label bug'],
    ['another bot’s', '/close'],
    ['another bot’s', '/merge'],
    ['nothing', ''],
  ])('%s: %j', (_, body) => {
    expect(parseComment(body)).toEqual({ kind: 'ignored' })
  })
})

describe('what means a command but is none is told how to be one', () => {
  test.each([
    ['/depoly production', '/deploy'],
    ['/deplo production', '/deploy'],
    ['/Deploy production', '/deploy'],
    ['/deploy: production', '/deploy'],
    ['/roll-back', '/rollback'],
    ['/rolback production', '/rollback'],
    ['/unqarantin', '/unquarantine'],
    ['/stauts', '/status'],
    ['/halp', '/help'],
    ['/contniue production', '/continue'],
    ['/promot', '/promote'],
    ['/auto-revert off', '/autorevert'],
    ['/resume production', '/continue'],
    ['/unpause', '/continue'],
    ['/abort', '/rollback'],
    ['/approve production', '/accept'],
  ])('%j means %s', (body, meant) => {
    expect(reply(body)).toEqual({
      kind: 'reply',
      reason: 'command_unknown',
      text: `\`${body.split(' ')[0]}\` is no command. Did you mean \`${meant}\`? \`/help\` lists all.`,
    })
  })

  test.each([
    ['T05 /deploy production abc1234', /^`abc1234` is not a whole commit id.*Give all 40 hex digits/],
    ['T05 /deploy 0abc123', /^`0abc123` is not a whole commit id/],
    ['T05 /deploy production --sha=abc1234', /^`abc1234` is not a whole commit id/],
    ['T05 /deploy production --sha=main', /^`main` is not a whole commit id/],
    ['T05 /deploy production --sha=', /^` ` is not a whole commit id/],
    [`T05 /deploy production --sha=${SHA}0`, /is not a whole commit id/],
    ['/deploy production --force', /^It has no option `--force`; a commit is named by `--sha=…`/],
    [`/rollback production --sha=${SHA}`, /^It has no option `--sha=0123/],
    [`/deploy ${SHA} --sha=${SHA}`, /^It names two commits/],
    ['/deploy production now', /^`now` is one word too many/],
    ['/deploy eu/west', /^`eu\/west` cannot be the name of an environment/],
    ['/deploy @acme/ops', /^`@acme\/ops` cannot be the name of an environment/],
    ['/deploy $(reboot)', /^`\$\(reboot\)` cannot be/],
    ['/unquarantine production', /^`production` is one word too many/],
    ['/status production', /^`production` is one word too many/],
    ['/autorevert', /^It says neither `on` nor `off`/],
    ['/autorevert maybe', /^`maybe` is neither `on` nor `off`/],
    ['/autorevert on off', /^`off` is one word too many/],
    ['/autorevert production off', /^`production` is neither/],
    ['/revert production', /^`production` is one word too many/],
    ['/promote production now', /^`now` is one word too many/],
    [`/accept ${SHA}`, /cannot be the name of an environment/],
    ['/help me', /^There is no help on `me`/],
    [`/lock production ${'so long '.repeat(40)}`, /^The reason has more than 300 characters/],
  ])('%s', (titled, text) => {
    const body = titled.replace(/^T05 /, '')
    expect(reply(body).reason).toBe('command_malformed')
    expect(reply(body).text).toMatch(text)
    expect(reply(body).text).toMatch(/It is written `\/\w+.*`\. Nothing was done\.$/)
  })

  test.each([
    '/deploy staging\n/deploy production',
    '/deploy staging\r\n\r\n/rollback production\r\n',
    '/help\n/unlock production',
    '/deploy staging\n/depoly production',
    '/deploy staging\n/deploy one two three',
    '/depoly staging\n/deploy production',
    // A code span over several lines, and a quote's last line without its mark, are not told apart: refused, to be safe.
    '/deploy staging\n`code\n/deploy production\n`',
    '/deploy staging\n> quoted\n/deploy production',
    '/deploy staging\n```\ncode\n```\n/deploy production',
    '/deploy staging\n<!-- seen --> \n/deploy production',
    '/deploy staging\n- ```\n/deploy production',
    '/deploy staging\n``` `\n/deploy production',
  ])('A11 of two commands in one comment neither runs: %j', (body) => {
    expect(reply(body)).toMatchObject({ reason: 'command_twice', text: /none was run/ })
  })
})

describe('whatever is written', () => {
  const hostile = fc.array(
    fc.oneof(
      fc.constantFrom(...commandKinds.map((kind) => `/${kind}`), 'production', `--sha=${SHA}`, SHA),
      fc.constantFrom(
        ' ',
        '\n',
        '\r\n',
        '\r',
        '\t',
        '`',
        '```',
        '~~~',
        '> ',
        '<!--',
        '-->',
        '    ',
        '\u2028',
      ),
      fc.string({ unit: 'binary', maxLength: 6 }),
    ),
    { maxLength: 30 },
  )

  test('it never throws, and what it answers is inert and short', () => {
    fc.assert(
      fc.property(hostile, (pieces) => {
        const parsed = parseComment(pieces.join(''))
        const text = parsed.kind === 'reply' ? parsed.text : ''
        expect(text.length).toBeLessThan(1000)
        const outsideCode = text.replaceAll(/(`+)(?!`).*?(?<!`)\1(?!`)/g, '')
        expect(outsideCode).not.toMatch(/[`<>@#\n[]|https?:/)
      }),
      { numRuns: 3000 },
    )
  })

  test('only a first line that begins with a command’s name is one', () => {
    fc.assert(
      fc.property(hostile, (pieces) => {
        const body = pieces.join('')
        if (parseComment(body).kind !== 'command') return
        expect(body).toMatch(
          /^\/(?:deploy|plan|rollback|revert|promote|accept|pause|continue|lock|unlock|resolve|unquarantine|autorevert|status|help)(?:\s|$)/,
        )
      }),
      { numRuns: 3000 },
    )
  })

  test('quoting a comment takes every command out of it', () => {
    const quote = fc.constantFrom(
      (lines: string[]) => lines.map((line) => `> ${line}`),
      (lines: string[]) => lines.map((line) => `    ${line}`),
      (lines: string[]) => ['`'.repeat(200), ...lines, '`'.repeat(200)],
      (lines: string[]) => ['~'.repeat(200), ...lines, '~'.repeat(200)],
      (lines: string[]) => ['<!--', ...lines.map((line) => line.replaceAll('-->', '')), '-->'],
    )
    fc.assert(
      fc.property(hostile, quote, (pieces, quoted) => {
        const lines = pieces.join('').split(/\r\n|\r|\n/)
        expect(parseComment(quoted(lines).join('\n'))).toEqual({ kind: 'ignored' })
        const after = parseComment(['/status', ...quoted(lines)].join('\n'))
        expect(after).toEqual({ kind: 'command', command: { kind: 'status' } })
      }),
      { numRuns: 2000 },
    )
  })

  test.each([
    ['slips', '/deploy\n', '/dexxxy\n'],
    ['long slips', '/deploy\n', '/unquarXXXXne\n'],
    ['backticks', '/deploy ', '`'],
    ['fences', '/deploy\n', '```\n'],
    ['fences of both kinds', '/deploy\n', '```\n~~~\n'],
    ['words', '/lock a ', 'b '],
    ['spaces', '/deploy', ' \t'],
    ['a word', '/', 'a'],
    ['comments', '/deploy\n', '<!--\n'],
    ['empty lines', '/deploy', '\r\n'],
  ])('I17 64 KiB of %s are read in less than 50 ms', (_, head, piece) => {
    const body = (head + piece.repeat(65_536)).slice(0, 65_536)
    expect(cost(() => parseComment(body))).toBeLessThan(50)
  })
})

/** Processor time of the best of five readings, in ms: the machine may be busy with something else. */
function cost(work: () => unknown): number {
  const costs = [1, 2, 3, 4, 5].map(() => {
    const before = process.cpuUsage()
    work()
    const { user, system } = process.cpuUsage(before)
    return (user + system) / 1000
  })
  return Math.min(...costs)
}
