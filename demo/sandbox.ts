import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, delimiter, dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'

export interface Command {
  readonly file: string
  readonly args?: readonly string[]
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
}

/** A temporary folder and all processes that work in it: both are gone after `clean`, however the rest went. */
export interface Sandbox {
  readonly folder: string
  /** What every process of the sandbox gets: the Node that runs this, no configuration of the user's own git. */
  readonly env: Readonly<Record<string, string>>
  /** Runs a command to its end; its output, or an error that holds it. */
  run(command: Command): Promise<string>
  /** Starts a process that ends with the sandbox at the latest; a group of its own, so that Ctrl-C reaches it by `clean` only. */
  start(command: Command): ChildProcess
  /** Ends what was started, and what scripts started and noted in files named `pid`; then removes the folder. */
  clean(): Promise<void>
}

/** Longer than Seamless takes to undo what it was doing. */
const END_MS = 8000

export async function createSandbox(): Promise<Sandbox> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'seamless-demo-')))
  const env = environment(folder)
  await mkdir(env.TMPDIR)
  const started = new Set<ChildProcess>()

  async function run({ file, args = [], cwd = folder, env: more }: Command): Promise<string> {
    const options = { cwd, env: { ...env, ...more }, maxBuffer: 16 * 1024 * 1024 }
    const { stdout } = await promisify(execFile)(file, args, options)
    return stdout
  }

  function start({ file, args = [], cwd = folder, env: more }: Command): ChildProcess {
    const options = { cwd, env: { ...env, ...more }, detached: true }
    const child = spawn(file, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
    started.add(child)
    child.once('exit', () => started.delete(child))
    return child
  }

  async function clean(): Promise<void> {
    // The last one first: what works with the others ends while they are still there.
    for (const child of [...started].reverse()) await end(child)
    await Promise.all((await notedProcesses(folder)).map(endProcess))
    await rm(folder, { recursive: true, force: true })
  }

  let cleaned: Promise<void> | undefined
  return { folder, env, run, start, clean: () => (cleaned ??= clean()) }
}

function environment(folder: string): Record<string, string> & { readonly TMPDIR: string } {
  const path = [dirname(process.execPath), process.env['PATH'] ?? ''].join(delimiter)
  const who = { NAME: 'Orders team', EMAIL: 'orders@users.noreply.github.com' }
  return {
    PATH: path,
    HOME: folder,
    TMPDIR: join(folder, 'tmp'),
    LC_ALL: 'C',
    // The scripts start Node often: with it, a start takes a third of the time.
    NODE_COMPILE_CACHE: join(folder, 'node-cache'),
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    ...Object.fromEntries(
      ['AUTHOR', 'COMMITTER'].flatMap((role) => Object.entries(who).map(([k, v]) => [`GIT_${role}_${k}`, v])),
    ),
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGTERM')
  const late = new AbortController()
  await Promise.race([
    exited,
    sleep(END_MS, undefined, { signal: late.signal }).then(() => child.kill('SIGKILL')),
  ])
  late.abort()
  await exited
}

async function notedProcesses(folder: string): Promise<number[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile() && basename(entry.name) === 'pid')
  const texts = await Promise.all(files.map((file) => readFile(join(file.parentPath, file.name), 'utf8')))
  return texts.map(Number).filter((pid) => Number.isInteger(pid) && pid > 1)
}

async function endProcess(pid: number): Promise<void> {
  const deadline = Date.now() + END_MS
  for (
    let signal: NodeJS.Signals | 0 = 'SIGTERM';
    alive(pid, signal);
    signal = Date.now() < deadline ? 0 : 'SIGKILL'
  ) {
    await sleep(20)
  }
}

/** Sends the signal; whether there was anyone to get it. */
function alive(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(pid, signal)
    return !isZombie(pid)
  } catch {
    return false
  }
}

/** Ended, but its parent has not waited for it; where there is no /proc, a good init has. */
function isZombie(pid: number): boolean {
  try {
    return /^State:\s*Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}
