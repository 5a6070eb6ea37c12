import { access, cp, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startLoad, type Load } from '../../demo/load/load.ts'
import { tally, type Tally } from '../../demo/load/tally.ts'
import { startMachine, type Machine } from '../../demo/machine.ts'
import { commitChange, createOrdersRepository, git } from '../../demo/orders-repository.ts'
import { createSandbox, type Sandbox } from '../../demo/sandbox.ts'

const RATE = 200
/** Long enough for every product to be asked for at least once at half the traffic, short enough to wait for. */
const HOLD_MS = 800

let sandbox: Sandbox
let repository: string
let machine: Machine
let load: Load
const commits = new Map<string, string>()

/** Runs a script of examples/ops for a version as Seamless runs it: in a checkout, with values in the environment. */
async function ops(script: string, version: string, weight = ''): Promise<string> {
  const values = {
    SEAMLESS_VERSION: version,
    SEAMLESS_SHA: commits.get(version) ?? '',
    SEAMLESS_WEIGHT: weight,
  }
  return sandbox.run({ file: `./ops/${script}.sh`, cwd: repository, env: { ...machine.env, ...values } })
}

async function status(): Promise<unknown> {
  return JSON.parse(await ops('status', ''))
}

/** What the load saw of what was sent while `work` was done; a moment is waited for the last answers. */
async function during(work: () => Promise<unknown>): Promise<Tally> {
  const from = Date.now()
  await work()
  const to = Date.now()
  await sleep(200)
  return tally(load.outcomes.filter(({ atMs }) => atMs >= from && atMs < to))
}

beforeAll(async () => {
  sandbox = await createSandbox()
  repository = join(sandbox.folder, 'orders')
  commits.set('1.0.0', await createOrdersRepository(sandbox, repository))
  commits.set('2.0.0', await commitChange(sandbox, repository, 'v2'))
  commits.set('3.0.0', await commitChange(sandbox, repository, 'v3'))
  machine = await startMachine(sandbox, 'state')
  for (const version of commits.keys()) await ops('build', version)
  await ops('deploy', '1.0.0')
  load = await startLoad(sandbox, machine.users, RATE)
})

afterAll(async () => {
  await load.stop()
  await sandbox.clean()
})

describe('the scripts of examples/ops, under load', () => {
  it('says what a release changes before it is made', async () => {
    const difference = await ops('diff', '2.0.0')
    expect(difference).toContain('slot green: 1.0.0 -> 2.0.0')
    expect(difference).toContain('+2.0.0')
    expect(difference).toContain('available: boolean')
  })

  it('brings users from version 1 to version 2 without one failed request', async () => {
    const seen = await during(async () => {
      await ops('deploy', '2.0.0')
      expect(await status()).toMatchObject({ version: '1.0.0', candidate: '2.0.0', weight: 0 })
      for (const weight of ['10', '50', '100']) {
        await ops('weight', '2.0.0', weight)
        await sleep(HOLD_MS)
      }
    })
    expect(seen).toMatchObject({ failed: 0 })
    expect(seen.requests).toBeGreaterThan(RATE * 3)
    expect([...seen.versions.keys()].sort()).toEqual(['1.0.0', '2.0.0'])
    expect(await status()).toMatchObject({ version: '2.0.0', weight: 100 })
  })

  it('changes nothing when a script is run again', async () => {
    const before = await status()
    await ops('deploy', '2.0.0')
    await ops('weight', '2.0.0', '100')
    expect(await status()).toEqual(before)
  })

  it('stops the old version, drained, when the next upgrade starts', async () => {
    const seen = await during(() => ops('deploy', '3.0.0'))
    expect(seen).toMatchObject({ failed: 0 })
    expect(await status()).toMatchObject({ version: '2.0.0', candidate: '3.0.0', weight: 0 })
  })

  it('lets version 3 fail users only while it has traffic', async () => {
    const canary = await during(async () => {
      await ops('weight', '3.0.0', '50')
      await sleep(HOLD_MS)
    })
    const taken = await during(() => ops('rollback', '2.0.0'))
    const after = await during(() => sleep(HOLD_MS))

    const bad = canary.versions.get('3.0.0')!
    expect(bad.failed).toBeGreaterThan(0)
    expect(bad.failed / bad.requests).toBeLessThan(0.25)
    expect([...canary.failures.keys(), ...taken.failures.keys()].every((code) => code === 500)).toBe(true)
    expect(canary.failed).toBe(bad.failed)
    expect(taken.failed).toBe(taken.versions.get('3.0.0')?.failed ?? 0)
    expect(after).toMatchObject({ failed: 0 })
    expect([...after.versions.keys()]).toEqual(['2.0.0'])
    expect(await status()).toEqual({ version: '2.0.0', slot: 'green', candidate: null, weight: 0 })
  })

  it('brings back a version that no longer runs, from its kept release', async () => {
    const seen = await during(() => ops('rollback', '1.0.0'))
    expect(seen).toMatchObject({ failed: 0 })
    expect(await status()).toEqual({ version: '1.0.0', slot: 'blue', candidate: null, weight: 0 })
    await expect(ops('rollback', '0.9.0')).rejects.toThrow('there is no release 0.9.0')
  })

  it('leaves the version that users have alone when a new one does not start', async () => {
    const broken = join(sandbox.folder, 'broken')
    await cp(repository, broken, { recursive: true })
    await sandbox.run({ file: 'bash', cwd: broken, args: ['-c', 'echo "process.exit(1)" > src/server.ts'] })
    await git(sandbox, broken, 'commit', '--quiet', '--all', '--message', 'Break it')
    const values = {
      SEAMLESS_VERSION: '4.0.0',
      SEAMLESS_SHA: await git(sandbox, broken, 'rev-parse', 'HEAD'),
    }
    const run = (script: string): Promise<string> =>
      sandbox.run({ file: `./ops/${script}.sh`, cwd: broken, env: { ...machine.env, ...values } })
    await run('build')
    const seen = await during(async () => {
      await expect(run('deploy')).rejects.toThrow('its process ended')
    })
    expect(seen).toMatchObject({ failed: 0 })
    expect(await status()).toMatchObject({ version: '1.0.0', candidate: null })
    // Taking it back begins with its traffic, of which it never had any.
    expect(await ops('weight', '4.0.0', '0')).toContain('has no traffic')
    await expect(ops('weight', '4.0.0', '10')).rejects.toThrow('deploy it first')
  })
})

describe('naive-deploy.sh, under the same load', () => {
  it('fails users while nothing runs', async () => {
    const state = join(sandbox.folder, 'naive')
    await mkdir(state)
    const naive = (version: string): Promise<string> =>
      sandbox.run({
        file: fileURLToPath(new URL('../../examples/naive-deploy.sh', import.meta.url)),
        args: [join(repository, 'build', `orders-${version}.tar`), version],
        env: { ORDERS_STATE: state, PORT: machine.slots[1].split(':')[2]! },
      })
    await naive('1.0.0')
    const stable = JSON.stringify({ stable: machine.slots[1] })
    await fetch(machine.admin, { method: 'PUT', body: stable })
    const seen = await during(() => naive('2.0.0'))
    expect(seen.failed).toBeGreaterThan(0)
    expect([...seen.failures.keys()]).toEqual([502])
  })
})

describe('the sandbox', () => {
  it('leaves no process and no file behind', async () => {
    const origins = [...machine.slots, machine.users, machine.admin]
    expect((await Promise.all(origins.map(answers))).some(Boolean)).toBe(true)
    await sandbox.clean()
    expect(await Promise.all(origins.map(answers))).toEqual([false, false, false, false])
    await expect(access(sandbox.folder)).rejects.toThrow('ENOENT')
  })
})

async function answers(origin: string): Promise<boolean> {
  return fetch(origin).then(
    () => true,
    () => false,
  )
}
