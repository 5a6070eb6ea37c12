import { execFile, spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { basicConfig, mark, type UpgradeWorld, upgradeWorld } from '../support/upgrade-world.ts'

const command = new URL('../../src/cli.ts', import.meta.url).pathname
const worlds: UpgradeWorld[] = []
const world = async (...options: Parameters<typeof upgradeWorld>): Promise<UpgradeWorld> => {
  const made = await upgradeWorld(...options)
  worlds.push(made)
  return made
}
afterEach(() => {
  for (const made of worlds.splice(0)) made.remove()
})

interface Said {
  readonly code: number
  readonly out: string
  readonly err: string
}

function seamless(cwd: string, args: readonly string[], environment: Record<string, string>): Promise<Said> {
  return new Promise((resolve) => {
    execFile(process.execPath, [command, ...args], { cwd, env: environment }, (error, out, err) => {
      resolve({ code: error === null ? 0 : Number(error.code), out, err })
    })
  })
}
const here = (made: UpgradeWorld, ...args: string[]): Promise<Said> =>
  seamless(made.repository.clone, args, made.environment)

describe('the command', () => {
  it('runs: one line per step, the receipt at the end, and exit code 0', async () => {
    const made = await world()
    const { code, out, err } = await here(made, 'run')
    expect(code, err).toBe(0)
    expect(out).toContain('Done: 1.0.0 in production')
    expect(err).toMatch(/^✓ deploy\/production\/apply [\d.]+ m?s$/m)
    expect(out + err).not.toContain('\u001B')
  })

  it('prints nothing but JSON on standard output with --json', async () => {
    const made = await world()
    const run = await here(made, 'run', '--json')
    expect(JSON.parse(run.out)).toMatchObject({ decision: 'completed' })
    const plan = await here(made, 'plan', '--json')
    expect(JSON.parse(plan.out)).toMatchObject({ environments: ['production'] })
    const shown = await here(made, 'show', '.seamless/receipt.json', '--json', '--explain')
    expect(JSON.parse(shown.out)).toMatchObject({ decision: 'completed' })
    expect(shown.err).toContain('Nothing was judged')
  })

  it('ends with 1 for what was taken back and 2 for usage', async () => {
    const made = await world()
    await here(made, 'run')
    made.repository.commit({ VERSION: '1.1.0\n', 'broken-deploy': '' }, 'Break')
    expect((await here(made, 'run')).code).toBe(1)
    for (const args of [
      ['rn'],
      ['run', '--enviroment', 'x'],
      ['run', '--sha', 'abc'],
      ['show'],
      ['run', '--stage=deplyo'],
    ]) {
      const { code, err } = await here(made, ...args)
      expect(code, args.join(' ')).toBe(2)
      expect(err).toMatch(/^seamless: /)
    }
  })

  it('says where it is when there is no repository, no config, or one further up', async () => {
    const made = await world()
    const empty = mkdtempSync(join(tmpdir(), 'seamless-none-'))
    expect((await seamless(empty, ['run'], made.environment)).err).toContain('is not in a git repository')
    rmSync(empty, { recursive: true })
    mkdirSync(join(made.repository.clone, 'sub'))
    const below = await seamless(join(made.repository.clone, 'sub'), ['run'], made.environment)
    expect(below.code).toBe(2)
    expect(below.err).toContain(`There is one in ${made.repository.clone}: run it there.`)
  })

  it('works on a detached HEAD and without a remote', async () => {
    const made = await world()
    made.repository.git(['checkout', '--quiet', '--detach'])
    made.repository.git(['remote', 'remove', 'origin'])
    const { code, err } = await here(made, 'run')
    expect(code, err).toBe(0)
  })

  it('says before the first commit what is missing', async () => {
    const made = await world()
    const folder = join(made.repository.folder, 'new')
    made.repository.git(['init', '--quiet', folder], { cwd: made.repository.folder })
    mkdirSync(join(folder, '.github'))
    writeFileSync(join(folder, '.github/seamless.yml'), basicConfig)
    const { code, err } = await seamless(folder, ['plan'], made.environment)
    expect(code).toBe(2)
    expect(err).toContain('Commit something first')
  })

  it('says that changes that are not committed are no part of it', async () => {
    const made = await world()
    writeFileSync(join(made.repository.clone, 'VERSION'), '9.9.9\n')
    const { out, err } = await here(made, 'plan')
    expect(err).toContain('1 file with changes that are not committed')
    expect(out).not.toContain('9.9.9')
  })

  it('refuses a second run in the same checkout while the first is at it', async () => {
    const made = await world({
      config: basicConfig.replace('deploy: bash ops/deploy.sh', 'deploy: sleep 2; bash ops/deploy.sh'),
    })
    const first = here(made, 'run')
    await until(() => existsSync(join(made.repository.clone, '.seamless/run.lock')))
    const second = await here(made, 'run')
    expect(second.code).toBe(2)
    expect(second.err).toContain('Another run is under way')
    expect((await first).code).toBe(0)
  })
})

describe('Ctrl-C', () => {
  const slow = basicConfig
    .replace(
      'deploy: bash ops/deploy.sh',
      'deploy: bash ops/deploy.sh; touch "$WORLD/deploying"; if [ -f slow ]; then sleep 60; fi',
    )
    .replace(
      'rollback: bash ops/rollback.sh',
      'rollback: bash ops/rollback.sh; touch "$WORLD/rolling"; if [ -f "$WORLD/slow-back" ]; then sleep 60; echo too late > "$WORLD/live"; fi',
    )

  async function interrupted(made: UpgradeWorld): Promise<ReturnType<typeof spawn>> {
    await made.run()
    rmSync(join(made.repository.folder, 'deploying'))
    made.repository.commit({ VERSION: '1.1.0\n', slow: '' }, 'Slow')
    const child = spawn(process.execPath, [command, 'run'], {
      cwd: made.repository.clone,
      env: made.environment,
      stdio: 'ignore',
    })
    await until(() => existsSync(join(made.repository.folder, 'deploying')))
    child.kill('SIGINT')
    return child
  }
  const ended = (child: ReturnType<typeof spawn>): Promise<number | null> =>
    new Promise((resolve) => child.once('exit', resolve))

  it('takes back what was begun, and ends with 1', async () => {
    const made = await world({ config: slow })
    const child = await interrupted(made)
    expect(await ended(child)).toBe(1)
    expect(made.read('live')).toBe('1.0.0')
    const kept = JSON.parse(
      readFileSync(join(made.repository.clone, '.seamless/receipt.json'), 'utf8'),
    ) as object
    expect(kept).toMatchObject({ decision: 'cancelled', environments: [{ state: 'rolled_back' }] })
  })

  it('twice ends at once, with everything it had started; the next run finishes', async () => {
    const made = await world({ config: slow })
    mark(made, 'slow-back')
    const child = await interrupted(made)
    await until(() => existsSync(join(made.repository.folder, 'rolling')))
    child.kill('SIGINT')
    expect(await ended(child)).toBe(130)
    rmSync(join(made.repository.folder, 'slow-back'))
    const { code, out } = await here(made, 'run')
    expect(code).toBe(1)
    expect(out).toContain('Rolled back')
    expect(made.read('live')).toBe('1.0.0')
  })
})

async function until(isSo: () => boolean): Promise<void> {
  const endMs = Date.now() + 15_000
  while (!isSo()) {
    if (Date.now() > endMs) throw new Error('It never came.')
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
