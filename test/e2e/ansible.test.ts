import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { StepContext, StepFailure } from '../../src/ports/step.ts'
import { deployerContract } from '../contract/deployer.ts'
import {
  type AnsibleWorld,
  ansibleWorld,
  done,
  failure,
  hasAnsible,
  inventory,
  localHost,
} from '../support/ansible/ansible-world.ts'

const STEP = 'deploy/production/apply'

describe.skipIf(!hasAnsible())('a real Ansible', { timeout: 120_000 }, () => {
  let world: AnsibleWorld
  beforeEach(() => {
    world = ansibleWorld()
  })
  afterEach(() => world.remove())

  const playbook = (name: string, ...tasks: readonly string[]): void =>
    world.write(name, `- hosts: web\n  gather_facts: false\n  tasks:\n    - ${tasks.join('\n    - ')}\n`)
  const copy = (file: string, content: string): string =>
    `copy: { dest: "{{ folder }}/${file}", content: "${content}" }`
  const outside = (host: string): string => join(world.outside, host)

  deployerContract(() => {
    const world = ansibleWorld(['web1'])
    const failing = async (script: string, context: StepContext): Promise<StepFailure | undefined> => {
      world.program('ansible-playbook', script)
      const outcome = await world.deployer().deploy(context)
      return outcome.kind === 'failed' ? outcome.failure : undefined
    }
    return {
      deployer: world.deployer(),
      context: world.context,
      remove: world.remove,
      exits: (code, line, context) => failing(`echo '${line}' >&2; exit ${code}`, context),
      hangs: (context) => failing('sleep 60', context),
      prints: (name, context) => failing(`printenv ${name}; exit 1`, context),
    }
  })

  describe('a release', () => {
    test('comes to every host, the log showing each task as it goes', async () => {
      const output = done(await world.deployer().deploy(world.version('1.0.0')))
      expect(output.split('\n').sort()).toEqual(['web1', 'web2', 'web3'].map((h) => `${h}: 1 ok, 1 changed`))
      for (const host of ['web1', 'web2', 'web3']) expect(world.on(host, 'release')).toBe('1.0.0')
      const log = world.log.lines.join('\n')
      expect(log).toMatch(/\| TASK \[Write the release\] \*+\n[^]*\| changed: \[web1\][^]*\| PLAY RECAP/)
    })

    test('is limited to hosts and tags', async () => {
      playbook(
        'deploy.yml',
        `${copy('release', '{{ seamless_version }}')}\n      tags: [app]`,
        copy('other', 'x'),
      )
      done(await world.deployer({ limit: 'web:!web3', tags: ['app', 'web'] }).deploy(world.version('1.0.0')))
      expect(['web1', 'web2', 'web3'].map((host) => world.on(host, 'release'))).toEqual([
        '1.0.0',
        '1.0.0',
        undefined,
      ])
      expect(world.on('web1', 'other')).toBeUndefined()
    })

    test('may leave the service running that it starts on this machine', async () => {
      playbook('deploy.yml', 'shell: sleep 300 >/dev/null 2>&1 & echo $! > {{ folder }}/pid')
      done(await world.deployer({ limit: 'web1' }).deploy(world.version('1.0.0')))
      const pid = Number(world.on('web1', 'pid'))
      expect(process.kill(pid, 0)).toBe(true)
      process.kill(pid)
    })

    test('that nothing matches is none: no success, and nothing was changed', async () => {
      world.write('deploy.yml', '- hosts: wbe\n  tasks: [{ debug: { msg: x } }]\n')
      expect(failure(await world.deployer({ tags: ['app'] }).deploy(world.version('1.0.0')))).toMatchObject({
        why: 'report',
        isUntouched: true,
        message: `${STEP}: deploy.yml ran no task on any host: its "hosts" match nothing in the inventory, or no task has a tag of app. Nothing was changed.`,
      })
    })

    test('knows the values of the run, the images by digest, and variables of its own', async () => {
      const values = ['version', 'previous', 'sha', 'environment', 'branch', 'image'].map(
        (v) => `seamless_${v}`,
      )
      const all = [...values, 'seamless_images', 'text', 'count', 'flags']
      playbook('deploy.yml', copy('all', all.map((name) => `{{ ${name} | to_json }}`).join('\\n')))
      const image = `registry:5000/shop/api@sha256:${'a'.repeat(64)}`
      const SEAMLESS_IMAGES = JSON.stringify({ 'registry:5000/shop/api': image })
      const given = { SEAMLESS_PREVIOUS: '0.9', SEAMLESS_SHA: 'abc', SEAMLESS_IMAGE: image, SEAMLESS_IMAGES }
      const vars = { text: 'a: "b"', count: 3, flags: [true, 'x'] }
      done(await world.deployer({ vars, limit: 'web1' }).deploy(world.version('1.0.0', { values: given })))
      expect(
        world
          .on('web1', 'all')
          ?.split('\n')
          .map((line) => JSON.parse(line)),
      ).toEqual([
        '1.0.0',
        '0.9',
        'abc',
        'production',
        '',
        image,
        { 'registry:5000/shop/api': image },
        'a: "b"',
        3,
        [true, 'x'],
      ])
    })
  })

  describe('what outside text and the commit may not do', () => {
    test("I09 values with braces stay data: in the run's, in variables, in lists", async () => {
      const evil = `{{ lookup('pipe', 'touch ${world.outside}/pwn') }}`
      playbook(
        'deploy.yml',
        copy('all', '{{ seamless_branch }} {{ own }} {{ list[0] }} {{ seamless_branch }}'),
      )
      const vars = { own: evil, list: [evil] }
      const context = world.version('1.0.0', { values: { SEAMLESS_BRANCH: evil } })
      done(await world.deployer({ vars, limit: 'web1' }).deploy(context))
      expect(world.on('web1', 'all')).toBe(Array.from({ length: 4 }, () => evil).join(' '))
      expect(existsSync(join(world.outside, 'pwn'))).toBe(false)
    })

    test('I09 an ansible.cfg of the commit is not read, wherever Ansible would look for it', async () => {
      const plugin = `from ansible.plugins.callback import CallbackBase\nopen('${world.outside}/pwn', 'w')\nclass CallbackModule(CallbackBase):\n    CALLBACK_TYPE = 'stdout'\n    CALLBACK_NAME = 'evil'\n`
      const config = '[defaults]\ncallback_plugins = evil\nstdout_callback = evil\ninventory = evil\n'
      world.write('evil/evil.py', plugin)
      world.write('ansible.cfg', config)
      world.write('../outside/home/.ansible.cfg', config)
      // As Ansible itself reads it, it would run.
      const environment = { PATH: process.env['PATH'], HOME: outside('home'), LC_ALL: 'C.UTF-8' }
      const args = ['--inventory=inventory', '--extra-vars=seamless_version=0', 'deploy.yml']
      execFileSync('ansible-playbook', args, { cwd: world.directory, env: environment, stdio: 'ignore' })
      expect(existsSync(join(world.outside, 'pwn'))).toBe(true)
      rmSync(join(world.outside, 'pwn'))
      done(await world.deployer().deploy(world.version('1.0.0')))
      done(await world.deployer({}, { ANSIBLE_CONFIG: 'ansible.cfg' }).deploy(world.version('1.0.0')))
      chmodSync(world.directory, 0o777)
      done(await world.deployer().deploy(world.version('1.0.0')))
      expect(existsSync(join(world.outside, 'pwn'))).toBe(false)
    })

    test('I14 a playbook or an inventory that a link leads out of the checkout is not run', async () => {
      writeFileSync(join(world.outside, 'out.yml'), '')
      symlinkSync(join(world.outside, 'out.yml'), join(world.directory, 'link.yml'))
      for (const more of [{ playbook: 'link.yml' }, { inventory: ['inventory', 'link.yml'] }]) {
        const { message, isUntouched } = failure(await world.deployer(more).deploy(world.version('1')))
        expect(message).toMatch(/^"link\.yml" is a link that leads out of /)
        expect(isUntouched).toBe(true)
      }
      expect(
        failure(await world.deployer({ playbook: 'no.yml' }).deploy(world.version('1'))).message,
      ).toMatch(/^"no\.yml" does not exist below /)
    })

    test('I13 S01 it sees its declared secrets and no others, and none of them shows', async () => {
      playbook(
        'deploy.yml',
        `debug: { msg: "{{ lookup('env', 'API_TOKEN') }} {{ lookup('env', 'REGION') }} [{{ lookup('env', 'OTHER_TOKEN') }}]" }`,
        copy('token', "{{ lookup('env', 'API_TOKEN') }}"),
        `fail: { msg: "bad: {{ lookup('env', 'API_TOKEN') }}" }`,
      )
      const environment = { API_TOKEN: 'the-api-token', OTHER_TOKEN: 'another-token' }
      const more = { secrets: ['API_TOKEN'], env: { REGION: 'eu-1' }, limit: 'web1' }
      const deployer = world.deployer(more, environment)
      const refused = failure(await deployer.deploy(world.version('1.0.0')))
      expect(world.on('web1', 'token')).toBe('the-api-token')
      expect(refused.message).toContain('failed in "fail": bad: ***.')
      const said = `${world.log.lines.join('\n')}\n${JSON.stringify(refused)}`
      expect(said).toContain('*** eu-1 []')
      expect(said).not.toMatch(/the-api-token|another-token/)
    })
  })

  describe('the difference', () => {
    test('is told once for hosts that change alike; no_log and secrets are not in it', async () => {
      playbook(
        'deploy.yml',
        `name: Write the release\n      ${copy('release', '{{ seamless_version }}')}`,
        `name: Write the token\n      ${copy('token', "{{ lookup('env', 'API_TOKEN') }}")}`,
        `name: Write the password\n      ${copy('password', 'correct-horse {{ item }}')}\n      loop: [a, b]\n      no_log: true`,
        'name: Restart\n      command: touch {{ folder }}/restarted',
      )
      writeFileSync(join(outside('web1'), 'release'), '0.9.0')
      writeFileSync(join(outside('web2'), 'release'), '1.0.0')
      const more = { secrets: ['API_TOKEN'], limit: 'web1,web2' }
      const deployer = world.deployer(more, { API_TOKEN: 'the-api-token' })
      const told = done(await deployer.difference?.(world.version('1.0.0')))
      // Since 2.19 Ansible says there which file of the host it would be.
      const shown = told.replaceAll(/^\+\+\+ after: .*\/web[12]\/.*$/gm, '+++ after')
      expect(shown).toContain(
        `Write the release on web1:\n--- before: ${outside('web1')}/release\n+++ after\n@@ -1 +1 @@\n-0.9.0\n\\ No newline at end of file\n+1.0.0\n\\ No newline at end of file\n\n`,
      )
      expect(shown).toContain('--- before\n+++ after\n@@ -0,0 +1 @@\n+***\n')
      expect(shown).toContain('Write the password on web1, web2: changes (hidden by no_log)\n')
      expect(shown).toContain('Restart on web1, web2: runs, and nobody knows what it changes')
      expect(told).not.toMatch(/correct-horse|the-api-token|ansible-local/)
      expect(world.on('web1', 'release')).toBe('0.9.0')
      expect(world.on('web1', 'restarted')).toBeUndefined()
    })

    test('that is none is empty, and one that cannot be shown says why', async () => {
      done(await world.deployer().deploy(world.version('1.0.0')))
      expect(done(await world.deployer().difference?.(world.version('1.0.0')))).toBe('')
      playbook(
        'deploy.yml',
        'command: date\n      register: now',
        'debug: { msg: "{{ now.stdout_lines[0] }}" }',
      )
      const { message } = failure(await world.deployer().difference?.(world.version('1.0.0')))
      expect(message).toMatch(
        /^deploy\/production\/apply: deploy\.yml failed on 3 of 3 hosts \(exit 2\)\. web[123], web[123], web[123] failed in "debug": .* That was in check mode, which changes nothing: a task that needs what an earlier one makes takes "when: not ansible_check_mode"\.$/,
      )
    })
  })

  describe('a failure', () => {
    test('on one host names it, its task and why, and which hosts are changed now', async () => {
      playbook(
        'deploy.yml',
        `name: Write the release\n      ${copy('release', '{{ seamless_version }}')}\n      when: inventory_hostname != 'web3'`,
        `name: Restart the service\n      command: sh -c 'echo no space left on device >&2; exit 3'\n      when: inventory_hostname != 'web1'`,
      )
      const refused = failure(await world.deployer().deploy(world.version('1.0.0')))
      expect(refused.message).toBe(
        `${STEP}: deploy.yml failed on 2 of 3 hosts (exit 2). web2, web3 failed in "Restart the service": non-zero return code: no space left on device. Changed: web1, web2. Perhaps changed: web3.`,
      )
      expect(refused.isUntouched).toBeUndefined()
      expect(refused.output).toContain('PLAY RECAP')
    })

    test('of one item of a loop says what the item said; what is ignored or rescued is none', async () => {
      playbook(
        'deploy.yml',
        `command: sh -c 'exit 7'\n      ignore_errors: true`,
        `block:\n        - fail: { msg: first }\n      rescue:\n        - ${copy('rescued', 'yes')}`,
        `name: Check {{ seamless_version }}\n      assert: { that: "item != 'b'", fail_msg: "{{ item }} is bad" }\n      loop: [a, b, c]\n      when: inventory_hostname == 'web2'`,
      )
      const { message } = failure(await world.deployer().deploy(world.version('1.0.0')))
      expect(message).toBe(
        `${STEP}: deploy.yml failed on 1 of 3 hosts (exit 2). web2 failed in "Check 1.0.0": b is bad. Changed: web1, web2, web3.`,
      )
    })

    test('by no_log says where and keeps why to itself', async () => {
      playbook('deploy.yml', `shell: cat {{ folder }}/password; exit 1\n      no_log: true`)
      writeFileSync(join(outside('web1'), 'password'), 'correct-horse')
      const refused = failure(await world.deployer({ limit: 'web1' }).deploy(world.version('1.0.0')))
      expect(refused.message).toBe(
        `${STEP}: deploy.yml failed on 1 of 1 host (exit 2). web1 failed in "shell": what it said is hidden by no_log. Perhaps changed: web1.`,
      )
      expect(JSON.stringify([refused, world.log.lines])).not.toContain('correct-horse')
    })

    const remote = (name: string): string => `${name} ansible_host=127.0.0.1 ansible_port=1`

    test('to reach a host leaves the others their release, and says so', async () => {
      world.write(
        'inventory',
        inventory([localHost('web1', outside('web1')), `${remote('web2')} folder=/no`]),
      )
      const refused = failure(await world.deployer().deploy(world.version('1.0.0')))
      expect(refused.message).toBe(
        `${STEP}: deploy.yml failed on 1 of 2 hosts (exit 4). web2 unreachable in "Write the release": Failed to connect to the host via ssh: ssh: connect to host 127.0.0.1 port 1: Connection refused. Changed: web1. Not changed: web2.`,
      )
      expect(world.on('web1', 'release')).toBe('1.0.0')
    })

    test('to reach any host changes nothing, and there is nothing to take back', async () => {
      world.write('inventory', inventory([`${remote('web1')} folder=/no`]))
      const refused = failure(await world.deployer().deploy(world.version('1.0.0')))
      expect(refused.isUntouched).toBe(true)
      expect(refused.message).toMatch(/Connection refused\. Nothing was changed\.$/)
    })

    test.each([
      [
        'deploy@127.0.0.1: Permission denied (publickey).',
        {},
        'Name the variable with a private key under "key" of ansible, or declare SSH_AUTH_SOCK under "secrets" to use an agent.',
      ],
      [
        'deploy@127.0.0.1: Permission denied (publickey).',
        { key: 'DEPLOY_SSH' },
        `The key in DEPLOY_SSH is not one of the host's, or the user is not the one it belongs to ("ansible_user").`,
      ],
      [
        'Host key verification failed.',
        {},
        "Write the host's key into known_hosts where Seamless runs (ssh-keyscan), having compared it.",
      ],
    ])('to log in: %s %o', async (said, more, advice) => {
      // A server that refuses, as its client tells it.
      world.program('ssh', `echo '${said}' >&2; exit 255`)
      world.write('inventory', inventory([`${remote('web1')} folder=/no`]))
      const environment = { DEPLOY_SSH: 'a key' }
      const refused = failure(await world.deployer(more, environment).deploy(world.version('1.0.0')))
      expect(refused.message).toBe(
        `${STEP}: deploy.yml failed on 1 of 1 host (exit 4). web1 unreachable in "Write the release": Failed to connect to the host via ssh: ${said} ${advice} Nothing was changed.`,
      )
      expect(refused.isUntouched).toBe(true)
    })

    test('to end in time names the task and the hosts that it was in', async () => {
      playbook(
        'deploy.yml',
        `name: Wait for the service\n      command: sleep 60\n      when: inventory_hostname != 'web3'`,
      )
      const refused = failure(await world.deployer({ timeout: '10s' }).deploy(world.version('1.0.0')))
      expect(refused).toMatchObject({
        why: 'timeout',
        message: `${STEP}: ansible-playbook deploy.yml timed out after 10s and was stopped. Raise its "timeout" if it needs longer. It was in "Wait for the service" on web1, web2. Perhaps changed: web1, web2. Not changed: web3.`,
      })
      // Shown while it ran.
      expect(world.log.lines.join('\n')).toContain('TASK [Wait for the service]')
    })

    test('by being killed half way says how far it came', async () => {
      const { PATH = '' } = process.env
      world.program(
        'ansible-playbook',
        `echo $$ > ${world.outside}/pid; PATH='${PATH}' exec ansible-playbook "$@"`,
      )
      playbook(
        'deploy.yml',
        copy('release', '{{ seamless_version }}'),
        `name: Out of memory\n      shell: kill -9 $(cat ${world.outside}/pid); sleep 5\n      when: inventory_hostname == 'web2'`,
      )
      const refused = failure(await world.deployer({ limit: 'web2' }).deploy(world.version('1.0.0')))
      expect(refused).toMatchObject({
        why: 'signal',
        message: `${STEP}: ansible-playbook deploy.yml was ended by SIGKILL. Often that is the machine out of memory. It was in "Out of memory" on web2. Changed: web2.`,
      })
      expect(refused.isUntouched).toBeUndefined()
    })
  })

  describe('a playbook that Ansible refuses changes nothing, and the message says what to do', () => {
    const refusal = async (more: Readonly<Record<string, unknown>> = {}): Promise<string> => {
      const refused = failure(await world.deployer(more, { VAULT: 'not it' }).deploy(world.version('1.0.0')))
      expect(refused.isUntouched).toBe(true)
      return refused.message
    }

    test('no YAML', async () => {
      world.write('deploy.yml', 'hosts: : :\n')
      expect(await refusal()).toMatch(
        /^deploy\/production\/apply: deploy\.yml was not begun \(exit 4\)\. Ansible says: .+ \(deploy\.yml, line 1, column 8\)\. Nothing was changed\.$/,
      )
    })

    test('a module that is not there', async () => {
      playbook('deploy.yml', 'acme.shop.release: {}')
      expect(await refusal()).toContain(
        `Ansible says: couldn't resolve module/action 'acme.shop.release'. This often indicates a misspelling, missing collection, or incorrect module path (deploy.yml, line 4, column 7). Install its collection where Seamless runs ("ansible-galaxy collection install"). Nothing was changed.`,
      )
    })

    test('an inventory that cannot be read is never "localhost"', async () => {
      world.write('inventory', '- hosts: x\n')
      expect(await refusal()).toMatch(
        /Ansible says: Completely failed to parse inventory source .*inventory\. Nothing/,
      )
    })

    test('a limit that leaves no host', async () => {
      expect(await refusal({ limit: 'db' })).toMatch(
        /Ansible says: Specified inventory, host pattern and\/or --limit /,
      )
    })

    test('a vault without its password, and with a wrong one', async () => {
      writeFileSync(join(world.outside, 'password'), 'the-password')
      world.write('secrets.yml', 'release: from the vault\n')
      const args = ['encrypt', `--vault-password-file=${world.outside}/password`, 'secrets.yml']
      execFileSync('ansible-vault', args, { cwd: world.directory, stdio: 'ignore' })
      world.write(
        'deploy.yml',
        `- hosts: web1\n  gather_facts: false\n  vars_files: [secrets.yml]\n  tasks:\n    - ${copy('release', '{{ release }}')}\n`,
      )
      expect(await refusal()).toMatch(
        /no vault secrets found\. Name the variable with its password under "vault" of ansible\. Nothing was changed\.$/,
      )
      expect(await refusal({ vault: 'VAULT' })).toMatch(
        /Decryption failed .* VAULT has not the password that it was encrypted with\. Nothing was changed\.$/,
      )
      done(await world.deployer({ vault: 'VAULT' }, { VAULT: 'the-password' }).deploy(world.version('1.0.0')))
      expect(world.on('web1', 'release')).toBe('from the vault')
      const unset = failure(await world.deployer({ vault: 'VAULT' }).deploy(world.version('1.0.0')))
      expect(unset.message).toMatch(
        /^deploy\/production\/apply declares the secret VAULT, but the environment/,
      )
    })
  })

  describe('a rollback', () => {
    test('is the declared playbook, with the version that it returns to', async () => {
      playbook('back.yml', copy('release', '{{ seamless_version }} instead of {{ seamless_previous }}'))
      const values = { SEAMLESS_PREVIOUS: '2.0.0', SEAMLESS_SHA: 'a'.repeat(40) }
      const context = world.version('1.0.0', { commit: 'b'.repeat(40), values })
      done(await world.deployer({ rollback: 'back.yml', limit: 'web1' }).rollback(context))
      expect(world.on('web1', 'release')).toBe('1.0.0 instead of 2.0.0')
    })

    test("is else the old version's own playbook, and never another commit's under its name", async () => {
      const sha = 'a'.repeat(40)
      const of = (commit: string) => world.version('1.0.0', { commit, values: { SEAMLESS_SHA: sha } })
      expect(failure(await world.deployer().rollback(of('b'.repeat(40))))).toMatchObject({
        isUntouched: true,
        message: `${STEP}: there is nothing to go back to 1.0.0 by: its commit aaaaaaaaaaaa is not checked out, and the config names no "rollback" playbook. Nothing was changed.`,
      })
      expect(world.on('web1', 'release')).toBeUndefined()
      done(await world.deployer().rollback(of(sha)))
      expect(world.on('web1', 'release')).toBe('1.0.0')
    })
  })

  describe('what is live', () => {
    const status = (more: Readonly<Record<string, unknown>> = {}): Promise<unknown> =>
      world.deployer(more).status(world.version('2.0.0', { step: 'deploy/production/status' }))
    const write = (...releases: readonly string[]): void =>
      releases.forEach((text, index) => writeFileSync(join(outside(`web${index + 1}`), 'release'), text))

    test('is what all hosts say', async () => {
      expect(await status()).toEqual({ kind: 'empty' })
      write('1.0.0', '1.0.0', '1.0.0')
      expect(await status()).toEqual({ kind: 'live', version: '1.0.0' })
    })

    test.each([
      [
        'hosts that do not agree',
        undefined,
        'the hosts do not agree: web1 has 1.0.0, web2 has 2.0.0, web3 has nothing.',
      ],
      [
        'hosts that say nothing',
        "- hosts: web\n  gather_facts: false\n  tasks:\n    - set_fact: { seamless_live: '1.0.0' }\n      when: inventory_hostname == 'web1'\n",
        'status.yml set no fact "seamless_live" on web2, web3. It must set it on each host (set_fact), to the version that runs there or to "".',
      ],
      ['no host', '- hosts: wbe\n  tasks: []\n', 'status.yml ran on no host of the inventory.'],
      [
        'what is no version',
        '- hosts: web\n  gather_facts: false\n  tasks:\n    - set_fact: { seamless_live: "a\\nb" }\n',
        'status.yml set "seamless_live" to what is no name of a version ("a\\nb").',
      ],
      [
        'a host that fails',
        '- hosts: web1\n  gather_facts: false\n  tasks:\n    - fail: { msg: gone }\n',
        'status.yml failed on 1 of 1 host (exit 2). web1 failed in "fail": gone. Nothing was changed.',
      ],
    ])('is unknown with %s', async (_, text, why) => {
      write('1.0.0', '2.0.0')
      if (text !== undefined) world.write('status.yml', text)
      expect(await status()).toEqual({ kind: 'unknown', why: `deploy/production/status: ${why}` })
    })

    test('is unknown without a playbook for it', async () => {
      const why = 'The config has no "status" playbook for this environment.'
      expect(await status({ status: undefined })).toEqual({ kind: 'unknown', why })
      expect(await status({ status: 'no.yml' })).toMatchObject({ kind: 'unknown' })
    })
  })
})
