import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

/** A real origin and a real clone of it in a temporary folder. */
export interface GitRepository {
  readonly folder: string
  readonly origin: string
  readonly clone: string
  /** The home folder that git reads its global configuration from. */
  readonly home: string
  /** What a shell would see there: no configuration of this machine's user. */
  readonly environment: Record<string, string>
  git(args: readonly string[], options?: { cwd?: string; input?: string }): string
  /** Writes files into the clone, commits and pushes them; returns the commit. */
  commit(files: Readonly<Record<string, string>>, message?: string): string
  remove(): void
}

export interface GitRepositoryOptions {
  /** Options of `git init` for the origin, e.g. `--object-format=sha256`. */
  readonly init?: readonly string[]
}

export function gitRepository({ init = [] }: GitRepositoryOptions = {}): GitRepository {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'seamless-git-')))
  const [origin, clone, home] = [join(folder, 'origin.git'), join(folder, 'clone'), join(folder, 'home')]
  mkdirSync(home)
  const environment = { PATH: process.env['PATH'] ?? '', HOME: home, GIT_CONFIG_NOSYSTEM: '1', LC_ALL: 'C' }
  const author = Object.fromEntries(
    ['AUTHOR', 'COMMITTER'].flatMap((who) => [
      [`GIT_${who}_NAME`, 'A Developer'],
      [`GIT_${who}_EMAIL`, 'dev@example.org'],
    ]),
  )
  const git: GitRepository['git'] = (args, { cwd = clone, input } = {}) =>
    execFileSync('git', [...args], {
      cwd,
      env: { ...environment, ...author, GIT_TERMINAL_PROMPT: '0' },
      encoding: 'utf8',
      stdio: ['pipe', 'pipe', 'pipe'],
      ...(input !== undefined && { input }),
    }).trim()
  git(['init', '--quiet', '--bare', '--initial-branch=main', ...init, origin], { cwd: folder })
  git(['init', '--quiet', '--initial-branch=main', ...init, clone], { cwd: folder })
  git(['remote', 'add', 'origin', origin])
  const commit: GitRepository['commit'] = (files, message = 'Change') => {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(clone, path)), { recursive: true })
      writeFileSync(join(clone, path), text)
    }
    git(['add', '--all'])
    git(['commit', '--quiet', '--allow-empty', '-m', message])
    git(['push', '--quiet', 'origin', 'HEAD'])
    return git(['rev-parse', 'HEAD'])
  }
  const remove = (): void => rmSync(folder, { recursive: true, force: true })
  return { folder, origin, clone, home, environment, git, commit, remove }
}
