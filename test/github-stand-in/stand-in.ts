import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Octokit } from '@octokit/rest'
import {
  type GitHub,
  type GitHubOptions,
  type HubRepository,
  startGitHub,
} from '../support/github/start-github.ts'

const run = promisify(execFile)

/** The clock of these tests: moves only when it is told to. */
export class HandClock {
  private ms = Date.UTC(2026, 10, 23, 12)

  now(): number {
    return this.ms
  }

  advance(ms: number): void {
    this.ms += ms
  }
}

export interface World {
  hub: GitHub
  clock: HandClock
  repository: HubRepository
  octokit: Octokit
  token: string
  /** `owner` and `repo` of the repository, for octokit. */
  at: { owner: string; repo: string }
  folder: string
  end(): Promise<void>
}

const FILES = { 'a.txt': 'a1\na2\na3\n', 'b.txt': 'b\n' }

/** A GitHub with one repository of `acme` in which `dev` may write. */
export async function startWorld(options: GitHubOptions = {}): Promise<World> {
  const clock = new HandClock()
  const hub = await startGitHub({ clock, ...options })
  const repository = await hub.createRepository({
    owner: 'acme',
    name: 'shop',
    files: FILES,
    collaborators: { dev: 'write' },
  })
  const token = hub.token({ login: 'dev' })
  const folder = await mkdtemp(join(tmpdir(), 'seamless-clone-'))
  const end = async (): Promise<void> => {
    await rm(folder, { recursive: true, force: true })
    await hub.close()
  }
  const at = { owner: 'acme', repo: 'shop' }
  return { hub, clock, repository, octokit: client(hub, token), token, at, folder, end }
}

export function client(hub: GitHub, token?: string): Octokit {
  const log = { debug() {}, info() {}, warn() {}, error() {} }
  return new Octokit({ baseUrl: hub.apiUrl, log, ...(token ? { auth: token } : {}) })
}

/** The real git binary, without the machine's own configuration. */
export async function git(cwd: string, ...args: string[]): Promise<string> {
  const identity = [
    '-c',
    'user.name=Dev',
    '-c',
    'user.email=dev@example.test',
    '-c',
    'init.defaultBranch=main',
  ]
  const env = { PATH: process.env['PATH'], HOME: cwd, GIT_CONFIG_NOSYSTEM: '1', GIT_TERMINAL_PROMPT: '0' }
  const { stdout } = await run('git', [...identity, ...args], { cwd, env })
  return stdout.trim()
}
