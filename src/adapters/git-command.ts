import { VersionControlError } from '../errors.ts'
import { childEnvironment } from './child-environment.ts'
import type { Environment } from './child-environment.ts'
import type { ProcessEnd, RunProcess } from './run-process.ts'

interface GitOptions {
  readonly input?: string
  /** Further variables, e.g. the author of a commit. */
  readonly env?: Readonly<Record<string, string>>
}

/** Runs one git command and gives its standard output. Errors: `VersionControlError` with git's own words. */
export interface Git {
  (args: readonly string[], options?: GitOptions): Promise<string>
  /** The same, but exit codes other than 0 are an answer: nothing. */
  answer(args: readonly string[], options?: GitOptions): Promise<string | undefined>
}

export interface GitPlace {
  readonly directory: string
  /** Explicit, so that no `.git` is searched for: a step of the user may have put one in its way. */
  readonly gitDirectory?: string
  readonly workTree?: string
  readonly config?: readonly (readonly [string, string])[]
  /** Value of `GIT_ALLOW_PROTOCOL`; without it nothing may go over the network. */
  readonly protocols?: string
}

export interface GitShell {
  readonly run: RunProcess
  readonly environment: Environment
  readonly signal: AbortSignal
}

/** Network and large trees take their time; a hanging one must not take the job's. */
const TIMEOUT_MS = 10 * 60_000

/** More than any list we ask for; beyond it the answer would be cut, so it is an error. */
const CAPTURE_BYTES = 64 * 1024 * 1024

/**
 * Git, so that a repository cannot make it run anything: argv only, no hooks, no file system monitor, no submodules, no
 * prompt, no signing, protocols by allow-list (an environment variable, since that overrides every configuration file).
 * The system's and the user's own configuration stay in force: proxies, certificates, credential helpers and git-lfs stand
 * there, and they belong to whoever runs Seamless. A repository's own configuration is never read (see `git-store.ts`).
 */
export function gitCommand(shell: GitShell, place: GitPlace): Git {
  const execute = (args: readonly string[], options: GitOptions = {}): Promise<ProcessEnd> =>
    shell.run({
      file: 'git',
      args: ['--no-pager', '--literal-pathspecs', ...args],
      title: `git ${args.join(' ')}`,
      directory: place.directory,
      environment: gitEnvironment(shell.environment, place, options.env),
      signal: shell.signal,
      timeoutMs: TIMEOUT_MS,
      input: options.input,
      captureBytes: CAPTURE_BYTES,
      isCaptureRaw: true,
    })
  const git = async (args: readonly string[], options?: GitOptions): Promise<string> =>
    stdoutOf(await execute(args, options))
  const answer = async (args: readonly string[], options?: GitOptions): Promise<string | undefined> => {
    const end = await execute(args, options)
    return end.kind === 'failed' && end.failure.why === 'exit' ? undefined : stdoutOf(end)
  }
  return Object.assign(git, { answer })
}

function stdoutOf(end: ProcessEnd): string {
  if (end.kind === 'failed') throw new VersionControlError(withOutput(end.failure.message, end.output))
  if (end.truncated)
    throw new VersionControlError('git answered with more than 64 MiB, which Seamless does not read.')
  return end.stdout
}

/** Git explains itself in several lines (`remote: …` comes before the last one), so all that fit are shown. */
function withOutput(message: string, output: string): string {
  const lines = output.trim().split('\n').slice(-12)
  const told = lines.length < 2 ? message : `${message}\n${lines.join('\n')}`
  return REFUSED.test(output) ? `${told}\n${CREDENTIALS}` : told
}

/** What git and GitHub say to someone without, or with the wrong, credentials. */
const REFUSED =
  /terminal prompts disabled|Authentication failed|Permission to .* denied|Write access .* not granted|Repository not found|Permission denied \(publickey|error: 403/i

const CREDENTIALS =
  'Give Seamless a token that may read and write the contents of the repository (github-token in a workflow, with ' +
  '"permissions: contents: write"), or let git have a credential helper or an ssh key.'

const HARDENED: readonly (readonly [string, string])[] = [
  ['core.hooksPath', '/dev/null'],
  ['core.fsmonitor', 'false'],
  ['core.untrackedCache', 'false'],
  ['core.protectNTFS', 'true'],
  ['core.quotePath', 'false'],
  ['core.autocrlf', 'false'],
  ['core.safecrlf', 'false'],
  ['core.pager', 'cat'],
  ['core.editor', 'false'],
  ['submodule.recurse', 'false'],
  ['fetch.recurseSubmodules', 'false'],
  ['push.recurseSubmodules', 'no'],
  ['push.gpgSign', 'false'],
  ['push.followTags', 'false'],
  ['commit.gpgSign', 'false'],
  ['log.showSignature', 'false'],
  ['i18n.logOutputEncoding', 'UTF-8'],
  ['gc.auto', '0'],
  ['maintenance.auto', 'false'],
  ['fetch.writeCommitGraph', 'false'],
  ['fetch.prune', 'false'],
  ['credential.interactive', 'false'],
]

/** What a step of the user does not get and our own git does: where keys, certificates and configuration are. */
const KEPT = [
  'SSH_AUTH_SOCK',
  'GIT_SSL_CAINFO',
  'GIT_SSL_CAPATH',
  'GIT_CONFIG_GLOBAL',
  'GIT_CONFIG_SYSTEM',
  'GIT_CONFIG_NOSYSTEM',
]

function gitEnvironment(
  environment: Environment,
  place: GitPlace,
  env: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const config = [...HARDENED, ...(place.config ?? [])]
  const entries = config.flatMap(([key, value], index) => [
    [`GIT_CONFIG_KEY_${index}`, key],
    [`GIT_CONFIG_VALUE_${index}`, value],
  ])
  return {
    ...childEnvironment(environment, { step: 'git' }),
    ...Object.fromEntries(
      KEPT.flatMap((name) => (environment[name] === undefined ? [] : [[name, environment[name]]])),
    ),
    LC_ALL: 'C',
    GIT_TERMINAL_PROMPT: '0',
    SSH_ASKPASS_REQUIRE: 'never',
    GIT_ALLOW_PROTOCOL: place.protocols ?? 'none',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_NO_REPLACE_OBJECTS: '1',
    ...(place.gitDirectory === undefined ? {} : { GIT_DIR: place.gitDirectory }),
    ...(place.workTree === undefined ? {} : { GIT_WORK_TREE: place.workTree }),
    ...env,
    GIT_CONFIG_COUNT: String(config.length),
    ...Object.fromEntries(entries),
  }
}
