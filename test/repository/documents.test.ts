import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, it, test } from 'vitest'
import { readSourceFile } from '../../app/sources/source-file.ts'
import { parseCommandLine } from '../../src/cli/command-line.ts'
import { parseConfig } from '../../src/config/parse.ts'
import { REVERTS_A_DAY } from '../../src/revert/decide.ts'
import { documents, read, snippets, top } from './tree.ts'

const manifest = JSON.parse(read('package.json')) as {
  scripts: Record<string, string>
  engines: { node: string }
}
const readme = read('README.md')

test('the README begins with the two commands', () => {
  const fence = /```bash\n([\s\S]*?)```/.exec(readme)?.[1] ?? ''
  const commands = fence
    .trim()
    .split('\n')
    .map((line) => line.replace(/ +#.*/, ''))
  expect(commands).toEqual(['npm ci && npm run demo', 'npm ci && npm test'])
  expect(readme.indexOf(fence)).toBeLessThan(100)
})

describe.each([...documents()])('%s', (path, text) => {
  it('names only scripts that package.json has', () => {
    const named = [...text.matchAll(/npm run ([\w:-]+)/g)].map(([, script = '']) => script)
    expect(named.filter((script) => !(script in manifest.scripts))).toEqual([])
  })

  it('links only to what is there', () => {
    const links = [...text.matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)].map(([, link = '']) => link)
    const local = links.filter((link) => !link.startsWith('https://'))
    expect(local.filter((link) => !existsSync(join(top, dirname(path), link)))).toEqual([])
  })

  it('names files of this repository that are there', () => {
    const named = [...text.matchAll(/`((?:examples|docs|src|test|scripts|bench|demo)\/[\w./-]+)`/g)]
    expect(named.map(([, file = '']) => file).filter((file) => !existsSync(join(top, file)))).toEqual([])
  })

  it('shows commands of seamless that can be given', () => {
    const shown = [...text.matchAll(/^seamless (.+)$/gm), ...text.matchAll(/`seamless ([a-z][^`]*)`/g)]
    const lines = shown.map(([, line = '']) => line.replace(/ +#.*/, '').trim().split(/ +/))
    // "seamless rollback --environment <name>" stands for one.
    for (const line of lines) expect(() => parseCommandLine(line), line.join(' ')).not.toThrow()
  })
})

describe('snippets', () => {
  const yaml = snippets().filter(({ language }) => language === 'yaml')

  const configs = yaml.filter(({ text }) => /^(?:driver|health):/m.test(text))
  const workflows = yaml.filter(({ text }) => /^ +steps:/m.test(text))
  const sources = yaml.filter(({ text }) => /^- repositories:/m.test(text))

  it.each(configs)('of a configuration in $document can be read', ({ text }) => {
    const whole = text.startsWith('health:') ? withHealth(text) : text
    const read = parseConfig(whole, 'seamless.yml')
    expect(read.ok ? [] : read.errors).toEqual([])
  })

  it.each(workflows)('of a workflow in $document is from examples/workflow.yml', ({ text }) => {
    expect(read('examples/workflow.yml')).toContain(text)
  })

  it.each(sources)('of the App’s sources in $document can be read', async ({ text }) => {
    const folder = await mkdtemp(join(tmpdir(), 'seamless-sources-'))
    await writeFile(join(folder, 'secret'), 'a-secret')
    // Their secrets are where this machine has none.
    const file = join(folder, 'sources.yml')
    await writeFile(file, text.replaceAll(/(token|password)-file: .+/g, `$1-file: ${join(folder, 'secret')}`))
    const named = [...text.matchAll(/(?:token|password)-variable: (\w+)/g)].map(([, name = '']) => name)
    const read = await readSourceFile(file, Object.fromEntries(named.map((name) => [name, 'a-secret'])))
    await rm(folder, { recursive: true })
    expect(read.ok ? [] : read.errors).toEqual([])
  })

  it('of other kinds there are none, but for the editor’s line', () => {
    const known = new Set([...configs, ...workflows, ...sources])
    const others = yaml.filter((one) => !known.has(one))
    expect(others.map(({ text }) => text.replace(/schema=\S+/, 'schema='))).toEqual([
      '# yaml-language-server: $schema=\n',
    ])
  })
})

/** An environment around what a document shows of its `health`. */
function withHealth(text: string): string {
  const indented = text.trimEnd().replaceAll(/^/gm, '    ')
  const environment = `  live:\n    deploy: { run: { deploy: a, rollback: b } }\n    revert: off\n${indented}\n`
  return `driver: action\nsources: { main: { type: prometheus } }\nenvironments:\n${environment}`
}

describe('what the README says in words', () => {
  it.each([
    ['the reverts of a day', `at most ${['no', 'one', 'two', 'three', 'four'][REVERTS_A_DAY]} a day`],
    ['the Node of the command', `Node.js ${/\d+/.exec(manifest.engines.node)?.[0]} or newer`],
  ])('%s', (_, words) => {
    expect(readme.replaceAll(/\s+/g, ' ')).toContain(words)
  })
})
