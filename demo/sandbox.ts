import { spawn, type ChildProcessByStdio } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, delimiter, dirname, join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'

interface Command {
  readonly file: string
  readonly args?: readonly string[]
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
}

/** A temporary folder and all processes that work in it: both are gone after `clean`, wherever the rest was. */
export interface Sandbox {
  readonly folder: string
  /** What every process of the sandbox gets: the Node that runs this, no configuration of the user's own git. */
  readonly env: Readonly<Record<string, string>>
  /** Runs a command to its end; its output, or an error that holds it. */
  run(command: Command): Promise<string>
  /** Starts a process that ends with the sandbox at the latest; a group of its own, so that Ctrl-C reaches it by `stop` only. */
  start(command: Command): Started
  /** Ends what was started, and what scripts started and noted in files named `pid`. Nothing can be started any more. */
  stop(): Promise<void>
  /** Stops, then removes the folder. */
  clean(): Promise<void>
}

type Started = ChildProcessByStdio<Writable, Readable, Readable>

/** Longer than Seamless takes to undo what it was doing. */
const END_MS = 8000

export async function createSandbox(): Promise<Sandbox> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'seamless-demo-')))
  const env = environment(folder)
  await mkdir(env.TMPDIR)
  const started = new Set<Started>()
  let stopped: Promise<void> | undefined

  function start({ file, args = [], cwd = folder, env: more }: Command): Started {
    if (stopped) throw new Error(`${file} is not started: the sandbox is closed`)
    const options = { cwd, env: { ...env, ...more }, detached: true }
    const child = spawn(file, args, { ...options, stdio: ['pipe', 'pipe', 'pipe'] })
    child.stdin.on('error', () => undefined)
    started.add(child)
    child.once('exit', () => started.delete(child))
    return child
  }

  async function run(command: Command): Promise<string> {
    const child = start(command)
    child.stdin.end()
    const [output, errors, [code, signal]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'close') as Promise<[number | null, string | null]>,
    ])
    if (code === 0) return output
    const line = [command.file, ...(command.args ?? [])].join(' ')
    throw new Error(`${line} failed (${signal ?? `exit ${code}`}): ${errors.trim()}\n${output.trim()}`)
  }

  async function stopAll(): Promise<void> {
    // The last one first: what works with the others ends while they are still there.
    for (const child of [...started].reverse()) await end(child)
    await Promise.all((await notedProcesses(folder)).map(endProcess))
  }

  const stop = (): Promise<void> => (stopped ??= stopAll())
  return {
    folder,
    env,
    run,
    start,
    stop,
    clean: async () => {
      await stop()
      await rm(folder, { recursive: true, force: true, maxRetries: 5 })
    },
  }
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

async function end(child: Started): Promise<void> {
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
