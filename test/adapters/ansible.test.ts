import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { parseEvents } from '../../src/adapters/ansible-events.ts'
import { hasTasks, hostResults } from '../../src/adapters/ansible-hosts.ts'
import { parseConfig } from '../../src/config/parse.ts'
import { type AnsibleWorld, ansibleWorld, done, failure } from '../support/ansible/ansible-world.ts'

/* What needs no Ansible: what it is started with, what the config refuses, what is made of its events. The real one is in
 * test/e2e/ansible.test.ts. */

function errorsOf(more: Readonly<Record<string, unknown>>): string[] {
  const section = { playbook: 'deploy.yml', inventory: 'inventory', ...more }
  const environments = { live: { deploy: { ansible: section } } }
  const read = parseConfig(JSON.stringify({ driver: 'action', environments }), 'seamless.yml')
  return read.ok
    ? []
    : read.errors.map(({ path, expected }) => `${path.replace('environments.live.deploy.', '')}: ${expected}`)
}

describe('the config', () => {
  test.each([
    { limit: 'web:!web3,~db[0-9]*:&eu' },
    { inventory: ['a', 'b/c.yml'] },
    { vars: { region: 'eu', count: 3, on: true, list: ['{{ x }}', 1] } },
    { env: { ANSIBLE_ROLES_PATH: 'roles' }, secrets: ['SSH_AUTH_SOCK'] },
  ])('takes %o', (more) => {
    expect(errorsOf(more)).toEqual([])
  })

  test.each([
    ['playbook', '--vault-password-file=x'],
    ['playbook', '../deploy.yml'],
    ['playbook', '/etc/deploy.yml'],
    ['rollback', '-x'],
    ['status', '../x'],
    ['inventory', 'web1,web2,'],
    ['inventory', '-i'],
    ['inventory', []],
    ['limit', '-x'],
    ['limit', '@/etc/passwd'],
    ['limit', 'a b'],
    ['tags', ['--list-hosts']],
    ['tags', ['a,b']],
    ['vars', { seamless_version: 'x' }],
    ['vars', { 'a-b': 'x' }],
    ['vars', { deep: { is: 'no' } }],
    ['env', { ANSIBLE_CONFIG: 'ansible.cfg' }],
    ['env', { ANSIBLE_CALLBACK_PLUGINS: 'plugins' }],
    ['vault', 'PATH'],
    ['key', '--x'],
  ])('I08 I14 refuses %s: %o', (key, value) => {
    const [first = '', ...others] = errorsOf({ [key]: value })
    expect(first).toMatch(new RegExp(`^ansible\\.${key}`))
    expect(others).toEqual([])
  })
})

describe('what Ansible is started with', () => {
  let world: AnsibleWorld
  beforeEach(() => {
    world = ansibleWorld()
    world.program(
      'ansible-playbook',
      [
        `out=${world.outside}/seen; exec >"$out"; printf '%s\\n' "$@" > ${world.outside}/args`,
        'for arg; do case $arg in --extra-vars=@*|--vault-password-file=*|--private-key=*)',
        'file=${arg#*=}; file=${file#@}; stat -c "%a %n" "$(dirname "$file")" "$file"; cat "$file"; echo;; esac; done',
        'env; exit 1',
      ].join('\n'),
    )
  })
  afterEach(() => world.remove())

  const seen = (name = 'seen'): string => readFileSync(join(world.outside, name), 'utf8')

  test('are flags that no value can break out of, and files for nobody else, gone afterwards', async () => {
    const more = {
      inventory: ['inventory', 'status.yml'],
      limit: 'web',
      tags: ['a', 'b'],
      vars: { own: '{{ x }}' },
      vault: 'VAULT',
      key: 'SSH',
    }
    const environment = { VAULT: 'the-password', SSH: '-----BEGIN\r\nkey\r\n-----END' }
    failure(await world.deployer(more, environment).deploy(world.version('1.0.0')))
    const args = seen('args').trim().split('\n')
    const [variables = '', vault = '', key = ''] = args.slice(4, 7).map((arg) => arg.replace(/^.*?=@?/, ''))
    expect(args).toEqual([
      '--inventory=inventory',
      '--inventory=status.yml',
      '--limit=web',
      '--tags=a,b',
      `--extra-vars=@${variables}`,
      `--vault-password-file=${vault}`,
      `--private-key=${key}`,
      '--',
      'deploy.yml',
    ])
    const folder = dirname(variables)
    expect(seen()).toContain(`700 ${folder}\n600 ${variables}\n{"own":{"__ansible_unsafe":"{{ x }}"},`)
    expect(seen()).toContain('"seamless_version":{"__ansible_unsafe":"1.0.0"}')
    expect(seen()).toContain(`600 ${vault}\nthe-password\n`)
    expect(seen()).toContain(`600 ${key}\n-----BEGIN\nkey\n-----END\n\n`)
    expect(folder).not.toContain(world.directory)
    expect(existsSync(folder)).toBe(false)
  })

  test.each([
    [{}, 'LC_ALL=C.UTF-8'],
    [{ LC_ALL: 'C', LANG: 'de_CH.UTF-8' }, 'LC_ALL=C.UTF-8'],
    [{ LANG: 'de_CH.UTF-8' }, 'LANG=de_CH.UTF-8'],
    [{ ANSIBLE_CALLBACK_PLUGINS: '/opt/plugins' }, ':/opt/plugins'],
    [{ ANSIBLE_CONFIG: '/etc/ansible/ansible.cfg' }, '/ansible.cfg'],
  ])('in an environment with %o', async (environment, line) => {
    failure(await world.deployer({}, environment).deploy(world.version('1.0.0')))
    expect(seen()).toContain(`${line}\n`)
    expect(seen()).toMatch(/^ANSIBLE_CONFIG=\S+\/seamless-ansible-\w+\/ansible\.cfg$/m)
  })

  test('an agent for SSH is there where it is declared', async () => {
    const environment = { SSH_AUTH_SOCK: '/run/agent' }
    failure(await world.deployer({}, environment).deploy(world.version('1.0.0')))
    expect(seen()).not.toContain('SSH_AUTH_SOCK')
    failure(await world.deployer({ secrets: ['SSH_AUTH_SOCK'] }, environment).deploy(world.version('1.0.0')))
    expect(seen()).toContain('SSH_AUTH_SOCK=/run/agent\n')
  })

  test('nothing, where there is no Ansible: the message says how to install it', async () => {
    const refused = failure(await world.deployer({}, { PATH: '/nowhere' }).deploy(world.version('1.0.0')))
    expect(refused.message).toBe(
      'deploy/production/apply: ansible-playbook deploy.yml could not be started: ansible-playbook is not installed or not on the PATH. Install Ansible where Seamless runs ("pip install ansible-core", or "apt-get install ansible-core").',
    )
    expect(await world.deployer({}, { PATH: '/nowhere' }).status(world.version('1.0.0'))).toMatchObject({
      kind: 'unknown',
      why: expect.stringContaining('ansible-playbook is not installed'),
    })
  })

  test('an Ansible that ends well without having said anything is no success', async () => {
    world.program('ansible-playbook', 'exit 0')
    expect(failure(await world.deployer().deploy(world.version('1.0.0'))).why).toBe('report')
    world.program('ansible-playbook', `cat > $SEAMLESS_ANSIBLE_EVENTS <<'END'\n${event('ok', 'web1')}\nEND`)
    expect(done(await world.deployer().deploy(world.version('1.0.0')))).toBe('web1: 1 ok, 0 changed')
  })
})

function event(name: string, host: string, more: Readonly<Record<string, unknown>> = {}): string {
  const task = { host, task: 'Copy', action: 'copy', changed: false, hidden: false }
  return JSON.stringify({ event: name, ...task, ...more })
}

describe('what is made of events', () => {
  const results = (...lines: readonly string[]): unknown => hostResults(parseEvents(lines.join('\n')))

  test('a line that was not written to its end is passed over', () => {
    expect(parseEvents(`${event('start', 'a')}\n${event('ok', 'a').slice(0, 30)}`)).toHaveLength(1)
    expect(parseEvents('{}\n[]\nnull\n')).toEqual([])
  })

  test('a host that began what may change it and did not end it is perhaps changed', () => {
    expect(results(event('start', 'a'))).toMatchObject([{ host: 'a', changed: 'perhaps', running: 'Copy' }])
    expect(results(event('start', 'a', { action: 'ansible.builtin.setup' }))).toMatchObject([
      { changed: 'no' },
    ])
    expect(results(event('start', 'a'), event('ok', 'a'))).toMatchObject([{ changed: 'no' }])
  })

  test('a command that says that it changed nothing has only said so', () => {
    expect(results(event('ok', 'a', { action: 'ansible.builtin.shell' }))).toMatchObject([
      { changed: 'perhaps' },
    ])
  })

  test('a connection that broke in the middle is not one that never was', () => {
    const broke = { msg: 'Failed to connect to the host via ssh: Connection to web1 closed by remote host.' }
    expect(results(event('unreachable', 'a', broke))).toMatchObject([
      { state: 'unreachable', changed: 'perhaps' },
    ])
    const refused = {
      msg: 'Task failed: Failed to connect to the host via ssh: ssh: connect to host a port 22: x',
    }
    expect(results(event('unreachable', 'a', refused))).toMatchObject([{ changed: 'no' }])
  })

  test('why is said without what Ansible puts before it, and without the quoted playbook', () => {
    const msg = 'Task failed: Module failed: no\nsuch user\n\nThe error appears to be in …'
    const [host] = hostResults(
      parseEvents(event('failed', 'a', { msg, ignored: false, stdout: 'x\nlast\n' })),
    )
    expect(host?.fault?.why).toBe('no such user: last')
  })

  test('gathering facts alone is no task', () => {
    expect(hasTasks(parseEvents(event('ok', 'a', { action: 'gather_facts' })))).toBe(false)
    expect(hasTasks(parseEvents(event('skipped', 'a')))).toBe(true)
  })
})
