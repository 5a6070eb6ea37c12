import { expect, test } from 'vitest'
import { commandKinds, grammar, helpText, usage } from '../../src/command/grammar.ts'
import { parseComment } from '../../src/command/parse-comment.ts'

test('help lists every command once, as it is written, with one line each', () => {
  const rows = helpText()
    .split('\n')
    .filter((line) => line.startsWith('| `/'))
  expect(rows).toEqual(commandKinds.map((kind) => `| \`${usage(kind)}\` | ${grammar[kind].help} |`))
})

test.each(commandKinds)('help on /%s says how it is written, what it does, and who may', (kind) => {
  expect(helpText(kind)).toMatch(new RegExp(`^\`/${kind}( |\`).*: [A-Z].*\\. W.* may`))
})

test.each(commandKinds)('/%s alone is a command', (kind) => {
  expect(parseComment(`/${kind}`)).toEqual({ kind: 'command', command: { kind } })
})

test.each(commandKinds)('/%s as help writes it is a command', (kind) => {
  const written = usage(kind)
    .replace('[environment]', 'production')
    .replace('[--sha=<40 hex digits>]', `--sha=${'a'.repeat(40)}`)
    .replace('[reason]', 'the database moves')
    .replace('[command]', 'deploy')
  expect(parseComment(written)).toMatchObject({ kind: 'command', command: { kind } })
})
