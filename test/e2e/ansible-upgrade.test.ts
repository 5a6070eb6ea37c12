import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ansibleRows } from '../../src/cli/doctor/ansible-rows.ts'
import { parseConfig } from '../../src/config/parse.ts'
import { processRunner } from '../../src/adapters/run-process.ts'
import { maskOf } from '../../src/adapters/mask.ts'
import { hasAnsible } from '../support/ansible/ansible-world.ts'
import { type UpgradeWorld, upgradeWorld } from '../support/upgrade-world.ts'

const EXAMPLE = join(import.meta.dirname, '../../examples/ansible')
const example = exampleFiles()

function exampleFiles(): Record<string, string> {
  const files = readdirSync(EXAMPLE, { recursive: true, withFileTypes: true })
  const paths = files.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  return Object.fromEntries(paths.map((path) => [relative(EXAMPLE, path), readFileSync(path, 'utf8')]))
}

/* The example of docs/ansible.md through the whole loop; only its servers are folders of this machine. */
describe.skipIf(!hasAnsible())('the example, upgraded by a real Ansible', { timeout: 480_000 }, () => {
  let world: UpgradeWorld
  let servers: string
  beforeEach(async () => {
    const { 'seamless.yml': config = '', ...files } = example
    world = await upgradeWorld({
      config,
      environment: { DEPLOY_SSH_KEY: 'a private key', ANSIBLE_PIPELINING: 'true' },
    })
    servers = join(world.repository.folder, 'servers')
    for (const host of ['web1', 'web2']) mkdirSync(join(servers, host), { recursive: true })
    const local = (host: string): string => `${host} ansible_connection=local shop=${servers}/${host}`
    const hosts = `[web]\n${local('web1')}\n${local('web2')}\n`
    world.repository.commit({ ...files, 'inventory/production/hosts': hosts }, 'Version 1.0.0')
  })
  afterEach(() => world.remove())

  const read = (file: string): string[] =>
    ['web1', 'web2'].map((host) => readFileSync(join(servers, host, file), 'utf8').trim())
  const commit = (version: string, html: string): void => {
    const files = { VERSION: `${version}\n`, 'site/index.html': html, 'deploy.yml': example['deploy.yml']! }
    world.repository.commit(files, `Version ${version}`)
  }

  test('a good version is live on all servers; a bad one is taken back, a refused one is not begun', async () => {
    const first = await world.run()
    expect(first, first.message).toMatchObject({ decision: 'completed', reason: 'not_watched' })
    expect(read('VERSION')).toEqual(['1.0.0', '1.0.0'])

    commit('1.1.0', '<html><h1>Welcome back</h1></html>\n')
    const second = await world.run()
    expect(second, second.message).toMatchObject({ decision: 'completed', reason: 'not_watched' })
    expect(second.environments[0]).toMatchObject({ state: 'live', previous: { name: '1.0.0' } })
    expect(second.environments[0]?.difference).toMatch(
      /^Write which version it is on web1:\n[^]*-1\.0\.0\n\+1\.1\.0\n\nCopy the page on web1:\n[^]*\n\+\+\+ after: site\/index\.html\n[^]*\+<html><h1>Welcome back<\/h1><\/html>\n\nSee that it is whole on web1, web2: runs/,
    )
    expect(read('VERSION')).toEqual(['1.1.0', '1.1.0'])

    world.repository.commit({ VERSION: '1.2.0\n', 'deploy.yml': '- hosts: wbe\n  tasks: []\n' }, 'A typo')
    const refused = await world.run()
    expect(refused).toMatchObject({ decision: 'failed', reason: 'deploy_refused' })
    expect(refused.message).toBe(
      'production is as it was. deploy/production/apply: deploy.yml ran no task on any host: its "hosts" match nothing in the inventory. Nothing was changed.',
    )
    expect(refused.steps.map(({ step }) => step)).not.toContain('rollback/production')

    commit('2.0.0', '<html><h1>Welcome')
    const third = await world.run()
    expect(third, third.message).toMatchObject({ decision: 'rolled_back', reason: 'deploy_failed' })
    expect(third.message).toBe(
      'The deployment to production failed: deploy/production/apply: deploy.yml failed on 1 of 1 host (exit 2). web1 failed in "See that it is whole": non-zero return code. Changed: web1. production is back on 1.1.0.',
    )
    expect(read('VERSION')).toEqual(['1.1.0', '1.1.0'])
    expect(read('index.html').join()).toContain('Welcome back')
    expect(JSON.stringify([first, second, refused, third])).not.toContain('a private key')
  })

  test('doctor finds Ansible, the playbooks and the inventory, or says what is not there', async () => {
    const text = example['seamless.yml']!
    const rows = async (config: string, PATH = process.env['PATH'] ?? ''): Promise<unknown> => {
      const read = parseConfig(config, 'seamless.yml')
      if (!read.ok) throw new Error(JSON.stringify(read.errors))
      const run = processRunner({ mask: maskOf([]) })
      const { signal } = new AbortController()
      return ansibleRows(read.config, EXAMPLE, { run, folder: EXAMPLE, environment: { PATH }, signal })
    }
    expect(await rows(text)).toEqual([
      { what: 'ansible', state: 'ok', why: expect.stringMatching(/^2\.\d+/) },
      {
        what: 'playbooks of production',
        state: 'ok',
        why: 'deploy.yml, status.yml, inventory/production: all there.',
      },
    ])
    expect(await rows(text.replace('status.yml', 'state.yml'), '/nowhere')).toMatchObject([
      { what: 'ansible', state: 'missing', why: expect.stringContaining('is not installed') },
      {
        what: 'playbooks of production',
        state: 'missing',
        why: expect.stringContaining('"state.yml" does not'),
      },
    ])
  })
})
