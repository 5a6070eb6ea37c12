import { existsSync } from 'node:fs'
import { join } from 'node:path'

import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { runDeployer } from '../../src/adapters/run-deploy.ts'
import type { StepOutcome } from '../../src/ports/deployer.ts'
import type { StepFailure } from '../../src/ports/step.ts'
import { deployerContract } from '../contract/deployer.ts'
import { stepWorld } from '../support/step-world.ts'
import type { StepWorld } from '../support/step-world.ts'

const LINES = {
  deploy: 'printf %s "$SEAMLESS_VERSION" > live',
  rollback: 'printf %s "$SEAMLESS_VERSION" > live',
  status: 'cat live 2>/dev/null || true',
  diff: 'diff -u live <(printf %s "$SEAMLESS_VERSION") || true',
  timeoutMs: 10_000,
}

function failureOf(outcome: StepOutcome): StepFailure | undefined {
  return outcome.kind === 'failed' ? outcome.failure : undefined
}

deployerContract(() => {
  const world = stepWorld()
  const deploying = (deploy: string) => runDeployer({ ...LINES, deploy }, world.shell)
  return {
    deployer: runDeployer(LINES, world.shell),
    context: world.context,
    remove: world.remove,
    exits: async (code, line, context) =>
      failureOf(await deploying(`echo '${line}'; exit ${code}`).deploy(context)),
    hangs: async (context) => failureOf(await deploying('sleep 60').deploy(context)),
    prints: async (name, context) => failureOf(await deploying(`printenv ${name}; exit 1`).deploy(context)),
  }
})

let world: StepWorld
beforeEach(() => {
  world = stepWorld({ DEPLOY_KEY: 'the-deploy-key', GITHUB_TOKEN: 'x', 'INPUT_GITHUB-TOKEN': 'y' })
})
afterEach(() => world.remove())

const status = (line: string) => runDeployer({ ...LINES, status: line }, world.shell).status(world.context())

describe('what is live, as the status command says', () => {
  test.each([
    ['echo 1.2.3', { kind: 'live', version: '1.2.3' }],
    ['printf "  v1 \\n\\n"', { kind: 'live', version: 'v1' }],
    [`echo '{"version": "1.2.3", "pods": 3}'`, { kind: 'live', version: '1.2.3' }],
    [`printf '{\n "version": "1.2.3"\n}\n'`, { kind: 'live', version: '1.2.3' }],
    ['echo looking around >&2; echo 1.2.3', { kind: 'live', version: '1.2.3' }],
    ['true', { kind: 'empty' }],
    ['echo', { kind: 'empty' }],
    [`echo '{"version": null}'`, { kind: 'empty' }],
    [`echo '{"version": ""}'`, { kind: 'empty' }],
  ])('%s', async (line, live) => {
    expect(await status(line)).toEqual(live)
  })

  test.each([
    ['printf "1\\n2\\n"', /printed 2 lines \("1\\n2"\)\. It must print the live version alone/],
    [`echo '{"version": 3}'`, /printed JSON without a text "version"/],
    [`echo '{"verzion": "3"}'`, /printed JSON without a text "version"/],
    [`echo '{oops'`, /printed JSON without a text "version"/],
    ['printf "x%.0s" {1..300}', /printed no name of a version/],
    ['echo not logged in >&2; exit 4', /a\/step: .* failed \(exit 4\)\. It last said: not logged in/],
  ])('%s is unknown, never empty', async (line, why) => {
    expect(await status(line)).toEqual({ kind: 'unknown', why: expect.stringMatching(why) })
  })

  test('without a status command nobody knows', async () => {
    const { deploy, rollback, timeoutMs } = LINES
    const deployer = runDeployer({ deploy, rollback, timeoutMs }, world.shell)
    expect(await deployer.status(world.context())).toMatchObject({ kind: 'unknown' })
    expect('difference' in deployer).toBe(false)
  })
})

describe('a deploy command', () => {
  test('leaves running what it starts, also when that holds its output', async () => {
    const started = performance.now()
    const deployer = runDeployer({ ...LINES, deploy: 'sleep 60 & echo $! > pid' }, world.shell)
    expect((await deployer.deploy(world.context())).kind).toBe('done')
    expect(performance.now() - started).toBeLessThan(10_000)
    expect(
      (await runDeployer({ ...LINES, deploy: 'kill $(cat pid)' }, world.shell).deploy(world.context())).kind,
    ).toBe('done')
  })

  test('fails at the first command that fails, also within a pipe', async () => {
    for (const deploy of ['false; touch after', 'false | cat; touch after']) {
      expect((await runDeployer({ ...LINES, deploy }, world.shell).deploy(world.context())).kind).toBe(
        'failed',
      )
    }
    expect(existsSync(join(world.directory, 'after'))).toBe(false)
  })

  test('I13 S01 sees its declared secrets, which never show, and no others', async () => {
    const lines = {
      ...LINES,
      deploy: 'env; echo "$DEPLOY_KEY" | base64',
      secrets: ['DEPLOY_KEY'],
      env: { REGION: 'eu-1' },
    }
    const outcome = await runDeployer(lines, world.shell).deploy(
      world.context({ values: { SEAMLESS_VERSION: '1' } }),
    )
    const said = `${world.log.lines.join('\n')}\n${JSON.stringify(outcome)}`
    expect(said).toContain('a/step | DEPLOY_KEY=***')
    expect(said).toContain('a/step | REGION=eu-1')
    expect(said).not.toMatch(/the-deploy-key|GITHUB_TOKEN|INPUT_|dGhlLWRlcGxveS1r/)
  })

  test('S01 a status and a difference do not tell a secret either', async () => {
    const lines = {
      ...LINES,
      status: 'echo "$DEPLOY_KEY"',
      diff: 'echo "$DEPLOY_KEY"',
      secrets: ['DEPLOY_KEY'],
    }
    const deployer = runDeployer(lines, world.shell)
    expect(await deployer.status(world.context())).toEqual({ kind: 'live', version: '***' })
    expect(await deployer.difference?.(world.context())).toEqual({ kind: 'done', output: '***' })
  })

  test('a long difference is cut and says so', async () => {
    const deployer = runDeployer({ ...LINES, diff: 'seq 20000' }, world.shell)
    const shown = await deployer.difference?.(world.context())
    expect(shown).toMatchObject({
      kind: 'done',
      output: expect.stringMatching(/^1\n2\n[^]*\(cut after 64 KiB\)$/),
    })
  })
})
