import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { commandKinds, grammar, helpText, usage } from '../../src/command/grammar.ts'
import { parseComment } from '../../src/command/parse-comment.ts'
import { cell } from '../../src/report/markdown.ts'
import { requires } from '../../src/config/requires.ts'

test('help lists every command once, as it is written, with one line each', () => {
  const rows = helpText()
    .split('\n')
    .filter((line) => line.startsWith('| `/'))
  expect(rows).toEqual(commandKinds.map((kind) => `| ${cell(usage(kind))} | ${grammar[kind].help} |`))
})

test.each(commandKinds)('help on /%s says how it is written, what it does, and who may', (kind) => {
  expect(helpText(kind)).toMatch(new RegExp(`^\`/${kind}( |\`).*: [A-Z].*\\. W.* may`))
})

const sufficient = commandKinds.filter((kind) => !grammar[kind].takes.includes('switch'))

test.each(sufficient)('/%s alone is a command', (kind) => {
  expect(parseComment(`/${kind}`)).toEqual({ kind: 'command', command: { kind } })
})

test.each(commandKinds)('/%s as help writes it is a command', (kind) => {
  const written = usage(kind)
    .replace('[environment]', 'production')
    .replace('[--sha=<40 hex digits>]', `--sha=${'a'.repeat(40)}`)
    .replace('[reason]', 'the database moves')
    .replace('[command]', 'deploy')
    .replace('on|off', 'off')
  expect(parseComment(written)).toMatchObject({ kind: 'command', command: { kind } })
})

test('docs/commands.md has the commands, who may give them, and what they do', () => {
  const page = readFileSync(new URL('../../docs/commands.md', import.meta.url), 'utf8')
  const table = page.slice(page.indexOf('<!-- commands:'), page.indexOf('<!-- end of commands -->'))
  const rows = table.split('\n').filter((line) => line.startsWith('| `/'))
  expect(rows).toEqual(
    commandKinds.map((kind) => {
      const who = grammar[kind].default === 'known' ? 'whoever knows the repository' : grammar[kind].default
      return `| ${cell(usage(kind))} | ${who} | ${grammar[kind].help} |`
    }),
  )
})

test('docs/commands.md has every requirement with its default', () => {
  const page = readFileSync(new URL('../../docs/commands.md', import.meta.url), 'utf8')
  const table = page.slice(page.indexOf('| `requires` |')).split('\n\n')[0] ?? ''
  const told = [...table.matchAll(/^\| `([\w-]+)` \| (?:`([\w-]+)`|[^|]+) \|/gm)].slice(1)
  const defaults = Object.fromEntries(told.map(([, key = '', value]) => [camel(key), value]))
  const { base: _, ...rest } = requires.parse(undefined)
  expect(defaults).toEqual({
    ...Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, String(value)])),
    base: undefined,
  })
})

function camel(key: string): string {
  return key.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase())
}
