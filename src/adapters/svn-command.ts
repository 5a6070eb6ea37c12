import { VersionControlError } from '../errors.ts'
import { childEnvironment, type Environment } from './child-environment.ts'
import type { ProcessEnd, RunProcess } from './run-process.ts'
import { type SvnAccount, svnAccount } from './svn-account.ts'
import { adviceFor, withoutAnswer } from './svn-advice.ts'

/** Runs one svn command and gives its standard output. Errors: `VersionControlError` with svn's own words. */
export interface Svn {
  (args: readonly string[]): Promise<string>
  /** The same, but "there is nothing of that name" is an answer: nothing. */
  answer(args: readonly string[]): Promise<string | undefined>
}

export interface SvnShell {
  readonly run: RunProcess
  readonly environment: Environment
  readonly signal: AbortSignal
  /** How long one command may take; default 10 minutes. */
  readonly timeoutMs?: number | undefined
}

/** Network and large trees take their time; a hanging one must not take the job's. */
const TIMEOUT_MS = 10 * 60_000

/** More than any list we ask for; beyond it the answer would be cut, so it is an error. */
const CAPTURE_BYTES = 64 * 1024 * 1024

/**
 * Subversion, so that neither a repository nor a working copy can make it run anything: argv only, no externals (at the
 * calls), no editor, no diff or merge program, no prompt, nothing kept of credentials. A password goes by standard input,
 * since arguments can be read by every user of the machine.
 */
export function svnCommand(shell: SvnShell, directory: string): Svn {
  const { timeoutMs = TIMEOUT_MS } = shell
  let account: Promise<SvnAccount> | undefined
  const execute = async (args: readonly string[]): Promise<ProcessEnd> => {
    const { args: configured, password } = await (account ??= svnAccount(shell.environment, directory))
    return shell.run({
      file: 'svn',
      args: [...SAFE, ...configured, ...args],
      title: `svn ${args.join(' ')}`,
      directory,
      environment: svnEnvironment(shell.environment),
      signal: shell.signal,
      timeoutMs,
      input: password,
      secrets: password === undefined ? [] : [password],
      captureBytes: CAPTURE_BYTES,
      isCaptureRaw: true,
    })
  }
  const svn = async (args: readonly string[]): Promise<string> => stdoutOf(await execute(args), args)
  const answer = async (args: readonly string[]): Promise<string | undefined> => {
    const end = await execute(args)
    return end.kind === 'failed' && isAbsent(end.output) ? undefined : stdoutOf(end, args)
  }
  return Object.assign(svn, { answer })
}

const SAFE = [
  '--non-interactive',
  '--no-auth-cache',
  ...[
    'config:helpers:editor-cmd=false',
    'config:miscellany:enable-auto-props=no',
    'config:miscellany:preserved-conflict-file-exts=',
    'config:miscellany:interactive-conflicts=no',
  ].flatMap((option) => ['--config-option', option]),
]

/** What svn says of a path that is not there: as a warning of `info`, or as the error of other commands. */
function isAbsent(output: string): boolean {
  return /\b[EW](?:170000|160013|160006|155010|155007)\b/.test(output)
}

function stdoutOf(end: ProcessEnd, args: readonly string[]): string {
  if (end.kind === 'failed') throw new VersionControlError(explained(end, args))
  if (end.truncated)
    throw new VersionControlError('svn answered with more than 64 MiB, which Seamless does not read.')
  return end.stdout
}

/** svn explains itself in several lines, the general one first, so all that fit are shown; what it answered before is not. */
function explained(
  { failure, output }: Extract<ProcessEnd, { kind: 'failed' }>,
  args: readonly string[],
): string {
  if (failure.why === 'timeout') return withoutAnswer(args)
  const said = output.trim().split('\n')
  const lines = (args.includes('--xml') ? said.filter((line) => line.startsWith('svn: ')) : said).slice(-12)
  const told = lines.length < 2 ? failure.message : `${failure.message}\n${lines.join('\n')}`
  const advice = failure.why === 'spawn' ? INSTALL : adviceFor(output)
  return advice === undefined ? told : `${told}\n${advice}`
}

const INSTALL = 'Install Subversion 1.10 or newer where Seamless runs (apt-get install subversion).'

/** What a step of the user does not get and our own svn does: where ssh keys are. */
const KEPT = ['SSH_AUTH_SOCK']

function svnEnvironment(environment: Environment): Record<string, string> {
  const {
    SVN_EDITOR: _editor,
    EDITOR: _any,
    VISUAL: _visual,
    ...plain
  } = childEnvironment(environment, { step: 'svn' })
  return {
    ...plain,
    ...Object.fromEntries(
      KEPT.flatMap((name) => (environment[name] === undefined ? [] : [[name, environment[name]]])),
    ),
    // Messages in English, and names of files that are not: svn refuses those in the C locale.
    LC_ALL: 'C.UTF-8',
  }
}
