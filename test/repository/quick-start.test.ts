import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { Ajv } from 'ajv'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { read, top } from './tree.ts'

/** The commands of the README's "Start with the command", in their order. */
const shown = /## Start with the command[\s\S]*?```bash\n([\s\S]*?)```/.exec(read('README.md'))?.[1] ?? ''
const commands = shown
  .trim()
  .split('\n')
  .map((line) => line.replace(/ +#.*/, '').trim().split(' '))

/** A small service of a newcomer: a script that deploys, a test, nothing that is watched. */
const SERVICE = {
  VERSION: '1.0.0\n',
  'package.json': '{ "name": "shop", "scripts": { "test": "node --test" } }\n',
  'shop.test.js': "require('node:test')('sells', () => {})\n",
  'ops/deploy.sh': '#!/usr/bin/env bash\nset -eu\necho "$SEAMLESS_VERSION" > "$HOME/live"\n',
  'ops/status.sh': '#!/usr/bin/env bash\ncat "$HOME/live" 2>/dev/null || true\n',
}

describe('a newcomer who does what the README says, in a repository of their own', () => {
  let home = ''
  let repository = ''
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'seamless-newcomer-'))
    repository = join(home, 'shop')
    git(home, 'init', '--quiet', '--bare', '--initial-branch=main', 'origin.git')
    git(home, 'clone', '--quiet', 'origin.git', 'shop')
    for (const [path, text] of Object.entries(SERVICE)) {
      mkdirSync(dirname(join(repository, path)), { recursive: true })
      writeFileSync(join(repository, path), text)
      if (path.endsWith('.sh')) chmodSync(join(repository, path), 0o755)
    }
    commit('A service')
  })
  afterEach(() => rmSync(home, { recursive: true, force: true }))

  function environment(): Record<string, string> {
    const who = { NAME: 'New', EMAIL: 'new@users.noreply.github.com' }
    const names = Object.entries(who).flatMap(([key, value]) => [
      [`GIT_AUTHOR_${key}`, value],
      [`GIT_COMMITTER_${key}`, value],
    ])
    return { PATH: process.env['PATH'] ?? '', HOME: home, ...Object.fromEntries(names) }
  }

  function git(cwd: string, ...args: string[]): void {
    execFileSync('git', args, { cwd, env: environment(), stdio: 'pipe' })
  }

  function commit(message: string): void {
    git(repository, 'add', '--all')
    git(repository, 'commit', '--quiet', '--message', message)
    git(repository, 'push', '--quiet', 'origin', 'HEAD:main')
  }

  function call([name, ...args]: readonly string[]): { status: number | null; text: string } {
    expect(name).toBe('seamless')
    const cli = join(top, 'dist/cli.js')
    const ended = spawnSync(process.execPath, [cli, ...args], {
      cwd: repository,
      env: environment(),
      encoding: 'utf8',
    })
    return { status: ended.status, text: ended.stdout + ended.stderr }
  }

  it('comes from init to a receipt that can be checked, with every command on the way', () => {
    const said = new Map<string, string>()
    for (const command of commands) {
      const { status, text } = call(command)
      expect([command.join(' '), status, text]).toEqual([command.join(' '), 0, text])
      said.set(command[1] ?? '', text)
      if (command[1] === 'init') commit('Adopt Seamless')
    }
    expect([...said.keys()]).toEqual(['init', 'doctor', 'validate', 'plan', 'run', 'show'])
    expect(said.get('plan')).toContain('$ ./ops/deploy.sh')
    expect(said.get('run')).toContain('Done: 1.0.0 in production')
    expect(readFileSync(join(home, 'live'), 'utf8')).toBe('1.0.0\n')

    const validate = new Ajv({ strict: false }).compile(JSON.parse(read('receipt.schema.json')) as object)
    const receipt: unknown = JSON.parse(readFileSync(join(repository, '.seamless/receipt.json'), 'utf8'))
    validate(receipt)
    expect(validate.errors).toBeNull()
    expect(receipt).toMatchObject({ decision: 'completed', reason: 'not_watched' })
    expect(validate({ ...(receipt as object), decision: 'perhaps' })).toBe(false)
  })

  it('is told nothing is to do when all is done, and has no state of Seamless in git', () => {
    call(['seamless', 'init'])
    commit('Adopt Seamless')
    expect(call(['seamless', 'run']).status).toBe(0)
    const again = call(['seamless', 'run'])
    expect(again).toMatchObject({ status: 0, text: expect.stringContaining('Nothing to do') })
    const status = execFileSync('git', ['status', '--porcelain'], { cwd: repository, encoding: 'utf8' })
    expect(status).toBe('')
  })
})
