import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { initCommand } from '../../src/cli/init-command.ts'
import type { CliShell } from '../../src/cli/run-cli.ts'
import { parseConfig } from '../../src/config/parse.ts'
import { UsageError } from '../../src/errors.ts'
import { type GitRepository, gitRepository } from '../support/git-repository.ts'

let repository: GitRepository
let said: string[]

beforeEach(() => {
  repository = gitRepository()
  said = []
})
afterEach(() => repository.remove())

function say(text: string): void {
  said.push(text)
}

function shell(folder: string, force = false): CliShell {
  const line = { command: 'init', config: '', stage: 'all', explain: false, force, json: false } as const
  const terminal = { out: say, line: say, live: () => undefined, isLive: false }
  return { line, folder, environment: repository.environment, terminal, signal: new AbortController().signal }
}

const CONFIG = '.github/seamless.yml'
const WORKFLOW = '.github/workflows/seamless.yml'

test('a config and a workflow are written, and it is said what they were told from', async () => {
  repository.commit({ VERSION: '1.0.0\n', 'deploy.sh': '#!/bin/sh\n', Makefile: 'test:\n\ttrue\n' })
  chmodSync(join(repository.clone, 'deploy.sh'), 0o755)
  // Not committed yet, but not ignored: it counts. What is ignored does not.
  writeFileSync(join(repository.clone, 'app.py'), 'route("/healthz")')
  writeFileSync(join(repository.clone, '.gitignore'), 'status.sh\n')
  writeFileSync(join(repository.clone, 'status.sh'), '')

  expect(await initCommand(shell(repository.clone))).toBe(0)

  expect(said.join('\n')).toMatchInlineSnapshot(`
    "Found:
      default branch  main         the repository says so
      version         VERSION      there is VERSION
      test            make test    Makefile has a target "test"
      deploy          ./deploy.sh  there is deploy.sh
      answers         /healthz     app.py names it

    Wrote:
      .github/seamless.yml
      .github/workflows/seamless.yml

    Yours to do:
      - The tests write no JUnit report: with one (\`junit\`), failures are named, and known ones are told from new ones.
      - Nothing here rolls back: the deploy command is called with the last healthy SEAMLESS_VERSION. See that it can bring back an old version.
      - Nothing here says what is live: add \`status\`, a command that prints the live version, so that a lost run is not a riddle.
      - No metrics of requests were found: with a counter of requests and of failed ones Seamless sees what users notice. See docs/config.md, \`health\`.
      - Set the Actions variable SEAMLESS_SOURCE_SITE_URL to the address at which users reach the service.
      - If production has secrets or reviewers of its own on GitHub, give production-rollback the same secrets and no reviewers: a rollback must not wait for them.
      - Read both files, then "seamless plan" shows what would run, and "seamless doctor" what is still missing."
  `)
  const text = readFileSync(join(repository.clone, CONFIG), 'utf8')
  expect(parseConfig(text, CONFIG).ok).toBe(true)
  expect(existsSync(join(repository.clone, WORKFLOW))).toBe(true)
})

test('what is there is never overwritten, unless it is asked for; and then nothing else is written either', async () => {
  repository.commit({ 'deploy.sh': '', [WORKFLOW]: 'mine\n' })
  await expect(initCommand(shell(repository.clone))).rejects.toThrow(UsageError)
  expect(readFileSync(join(repository.clone, WORKFLOW), 'utf8')).toBe('mine\n')
  expect(existsSync(join(repository.clone, CONFIG))).toBe(false)

  expect(await initCommand(shell(repository.clone, true))).toBe(0)
  expect(readFileSync(join(repository.clone, WORKFLOW), 'utf8')).toContain('name: Seamless')
})

test('for a service in a folder, the config goes there and the workflow to the top', async () => {
  repository.commit({ 'services/orders/deploy.sh': '', 'other/deploy.sh': '' })
  const folder = join(repository.clone, 'services', 'orders')
  await initCommand(shell(folder))
  expect(existsSync(join(folder, CONFIG))).toBe(true)
  expect(readFileSync(join(repository.clone, WORKFLOW), 'utf8')).toContain(
    'working-directory: services/orders',
  )
})

test('the default branch is that of the remote, whatever branch one stands on', async () => {
  repository.commit({ 'deploy.sh': '' })
  repository.git(['push', '--quiet', 'origin', 'main:trunk'])
  repository.git(['symbolic-ref', 'HEAD', 'refs/heads/trunk'], { cwd: repository.origin })
  repository.git(['remote', 'set-head', 'origin', '--auto'])
  repository.git(['checkout', '--quiet', '-b', 'feature'])
  await initCommand(shell(repository.clone))
  expect(readFileSync(join(repository.clone, WORKFLOW), 'utf8')).toContain('branches: [trunk]')
})

test('outside a repository it says so', async () => {
  const folder = join(repository.folder, 'elsewhere')
  mkdirSync(folder)
  await expect(initCommand(shell(folder))).rejects.toThrow('is not in a git repository')
})
