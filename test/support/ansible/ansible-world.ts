import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ansibleDeployer } from '../../../src/adapters/ansible-deploy.ts'
import { ansible } from '../../../src/config/ansible.ts'
import type { Deployer, StepOutcome } from '../../../src/ports/deployer.ts'
import type { StepContext, StepFailure } from '../../../src/ports/step.ts'
import { type StepWorld, stepWorld } from '../step-world.ts'

/** Whether the real one is here. */
export function hasAnsible(): boolean {
  try {
    execFileSync('ansible-playbook', ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** A checkout with playbooks, and some "hosts": folders on this machine that Ansible reaches without a network. */
export interface AnsibleWorld extends StepWorld {
  /** Where nobody but the deployer works: the hosts, a home, a PATH. */
  readonly outside: string
  deployer(more?: Readonly<Record<string, unknown>>, environment?: Readonly<Record<string, string>>): Deployer
  version(name: string, more?: Partial<StepContext>): StepContext
  /** What a file of a host says; nothing where there is none. */
  on(host: string, file: string): string | undefined
  /** A program that comes before those of the machine. */
  program(name: string, script: string): void
}

const HOSTS = ['web1', 'web2', 'web3']

/** Brings `VERSION` into a file of each host, and reads it there; all else is in the tests. */
export const playbooks = {
  'deploy.yml': `- hosts: web
  gather_facts: false
  tasks:
    - name: Write the release
      copy: { dest: "{{ folder }}/release", content: "{{ seamless_version }}\\n" }
`,
  'status.yml': `- hosts: web
  gather_facts: false
  tasks:
    - name: Read the release
      set_fact:
        seamless_live: "{{ lookup('file', folder ~ '/release') if (folder ~ '/release') is exists else '' }}"
`,
}

export function ansibleWorld(hosts: readonly string[] = HOSTS): AnsibleWorld {
  const world = stepWorld()
  const outside = join(world.directory, '..', 'outside')
  for (const folder of ['home', 'bin', ...hosts]) mkdirSync(join(outside, folder), { recursive: true })
  for (const [path, text] of Object.entries(playbooks)) world.write(path, text)
  world.write('inventory', inventory(hosts.map((host) => localHost(host, join(outside, host)))))
  const base = {
    PATH: `${join(outside, 'bin')}:${process.env['PATH']}`,
    HOME: join(outside, 'home'),
    // Half the processes for each task; nothing else of it changes.
    ANSIBLE_PIPELINING: 'true',
  }
  return {
    ...world,
    outside,
    deployer: (more = {}, environment = {}) => {
      const given = { playbook: 'deploy.yml', status: 'status.yml', inventory: 'inventory', timeout: '90s' }
      const settings = ansible.parse({ ...given, ...more })
      return ansibleDeployer(settings, { ...world.shell, environment: { ...base, ...environment } })
    },
    version: (name, more = {}) =>
      world.context({
        step: 'deploy/production/apply',
        ...more,
        values: { SEAMLESS_VERSION: name, SEAMLESS_ENVIRONMENT: 'production', ...more.values },
      }),
    on: (host, file) => {
      const path = join(outside, host, file)
      return existsSync(path) ? readFileSync(path, 'utf8').trimEnd() : undefined
    },
    program: (name, script) => {
      const path = join(outside, 'bin', name)
      writeFileSync(path, `#!/usr/bin/env bash\n${script}\n`)
      chmodSync(path, 0o755)
    },
  }
}

export function localHost(name: string, folder: string): string {
  return `${name} ansible_connection=local folder=${folder}`
}

export function inventory(hosts: readonly string[]): string {
  // Else Ansible looks for the newest Python of each host by itself, and warns that another may come.
  return `[web]\n${hosts.join('\n')}\n[web:vars]\nansible_python_interpreter=/usr/bin/python3\n`
}

export function done(outcome: StepOutcome | undefined): string {
  if (outcome?.kind === 'failed') throw new Error(outcome.failure.message)
  return outcome?.output ?? ''
}

export function failure(outcome: StepOutcome | undefined): StepFailure {
  if (outcome?.kind !== 'failed') throw new Error(`it went well: ${outcome?.output}`)
  return outcome.failure
}
