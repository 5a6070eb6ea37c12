import { spawn } from 'node:child_process'
import type { ChildProcessByStdio } from 'node:child_process'
import { once } from 'node:events'
import type { Readable, Writable } from 'node:stream'

import type { StepFailure } from '../ports/step.ts'
import type { Mask } from './mask.ts'
import { lineReader, outputTail } from './output-lines.ts'
import type { Tail } from './output-lines.ts'
import { failureMessage } from './process-failure.ts'
import type { Stop } from './process-failure.ts'
import { endGroup, signalGroup } from './process-group.ts'

export interface Command {
  readonly file: string
  /** Never a shell line: each element reaches the program as it is. */
  readonly args: readonly string[]
  readonly directory: string
  /** The whole environment of the child: nothing is inherited beside it. */
  readonly environment: Readonly<Record<string, string>>
  readonly signal: AbortSignal
  readonly timeoutMs: number
  /** What the messages call it: a step's name and its line; default: the program and its arguments. */
  readonly title?: string | undefined
  readonly input?: string | undefined
  /** Each line of standard output and error as it comes, masked. */
  readonly onLine?: ((line: string) => void) | undefined
  /** Secrets that only this command sees; the runner's mask knows the others. */
  readonly secrets?: readonly string[] | undefined
  /** How much of standard output `stdout` may hold; default 0. */
  readonly captureBytes?: number | undefined
  /** Whether `stdout` keeps secrets as they came: for what is read by us and shown to nobody. Default false. */
  readonly isCaptureRaw?: boolean | undefined
  /** What happens to processes that the command leaves behind when it ends well; default `end`. */
  readonly background?: 'end' | 'keep' | undefined
}

export type ProcessEnd = {
  /** The first `captureBytes` of standard output, masked unless `isCaptureRaw`. */
  readonly stdout: string
  /** Whether there was more than `captureBytes`. */
  readonly truncated: boolean
  /** The last lines of standard output and error together, masked and bounded (64 lines, 16 KiB). */
  readonly output: string
} & (
  | { readonly kind: 'done' }
  | { readonly kind: 'failed'; readonly failure: StepFailure; readonly exitCode?: number }
)

/** Runs one command to its end; it never rejects: whatever goes wrong is how the command ended. */
export type RunProcess = (command: Command) => Promise<ProcessEnd>

/** Between SIGTERM and SIGKILL. GitHub gives a cancelled job 7.5 s before its own SIGTERM, so this must be less. */
const GRACE_MS = 5000

/** How long output may still arrive after the command ended: a process that it left running may hold the pipe for ever. */
const DRAIN_MS = 300

/** The only place that starts processes. */
export function processRunner({ mask, graceMs = GRACE_MS }: { mask: Mask; graceMs?: number }): RunProcess {
  const groups = new Set<number>()
  let running = 0
  const endAll = (): void => groups.forEach((group) => signalGroup(group, 'SIGKILL'))
  return async (command) => {
    // Registered while something runs only, so that a runner that is no longer used can be collected.
    if (running++ === 0) process.on('exit', endAll)
    try {
      return await runCommand(command, { mask: mask.with(command.secrets ?? []), graceMs, groups })
    } finally {
      if (--running === 0) process.off('exit', endAll)
    }
  }
}

interface Runner {
  readonly mask: Mask
  readonly graceMs: number
  readonly groups: Set<number>
}

type Child = ChildProcessByStdio<Writable | null, Readable, Readable>

async function runCommand(command: Command, runner: Runner): Promise<ProcessEnd> {
  const tail = outputTail()
  const failed = (stop: Stop, stdout = captured(0)): ProcessEnd =>
    failedEnd(command, stop, { mask: runner.mask, tail, stdout })
  if (command.signal.aborted) return failed({ why: 'cancelled' })
  let child: Child
  try {
    child = start(command)
    await once(child, 'spawn')
  } catch (error) {
    return failed({ why: 'spawn', cause: error as NodeJS.ErrnoException })
  }
  const group = child.pid ?? 0
  runner.groups.add(group)
  try {
    const stdout = captured(command.captureBytes ?? 0, command.isCaptureRaw ? undefined : runner.mask)
    const closed = readOutput(child, { command, mask: runner.mask, tail, stdout })
    const stop = await untilStopped(child, command, (pid) => endGroup(pid, runner.graceMs))
    if (stop.why !== 'done' || command.background !== 'keep') await endGroup(group, runner.graceMs)
    await drain(child, closed)
    if (stop.why !== 'done') return failed(stop, stdout)
    return { kind: 'done', stdout: stdout.text(), truncated: stdout.truncated(), output: tail.text() }
  } finally {
    runner.groups.delete(group)
  }
}

function start(command: Command): Child {
  const child = spawn(command.file, [...command.args], {
    cwd: command.directory,
    env: { ...command.environment },
    // A group of its own, so that everything it starts can be ended with it; and no terminal to ask questions on.
    detached: true,
    stdio: [command.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  }) as Child
  // A child that does not read its input closes it; that is its business.
  child.stdin?.on('error', () => undefined).end(command.input)
  return child
}

function readOutput(
  child: Child,
  { command, mask, tail, stdout }: { command: Command; mask: Mask; tail: Tail; stdout: Captured },
): Promise<unknown> {
  const onLine = (line: string): void => {
    tail.add(line)
    command.onLine?.(line)
  }
  child.stdout.on('data', (bytes: Buffer) => stdout.add(bytes))
  for (const stream of [child.stdout, child.stderr]) {
    const reader = lineReader(mask, onLine)
    const decoder = new TextDecoder()
    stream.on('data', (bytes: Buffer) => reader.write(decoder.decode(bytes, { stream: true })))
    stream.once('close', () => {
      reader.write(decoder.decode())
      reader.end()
    })
  }
  return once(child, 'close')
}

/** Waits for the command's own end, and stops it at its timeout or when the run is cancelled, whichever is first. */
async function untilStopped(
  child: Child,
  { signal, timeoutMs }: Command,
  end: (group: number) => Promise<void>,
): Promise<Stop> {
  const exited = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>
  let stopped: Stop | undefined
  const stop = (reason: Stop): void => {
    stopped ??= reason
    void end(child.pid ?? 0)
  }
  const onAbort = (): void => stop({ why: 'cancelled' })
  const timer = setTimeout(() => stop({ why: 'timeout', timeoutMs }), timeoutMs)
  signal.addEventListener('abort', onAbort, { once: true })
  if (signal.aborted) onAbort()
  const [code, killedBy] = await exited
  clearTimeout(timer)
  signal.removeEventListener('abort', onAbort)
  if (stopped) return stopped
  if (killedBy) return { why: 'signal', signal: killedBy }
  return code === 0 ? { why: 'done' } : { why: 'exit', code: code ?? -1 }
}

async function drain(child: Child, closed: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const tooLong = new Promise((resolve) => (timer = setTimeout(resolve, DRAIN_MS)))
  await Promise.race([closed, tooLong])
  clearTimeout(timer)
  if (child.stdout.closed && child.stderr.closed) return
  child.stdout.destroy()
  child.stderr.destroy()
  await closed
}

interface Captured {
  add(bytes: Buffer): void
  text(): string
  truncated(): boolean
}

function captured(limit: number, mask?: Mask): Captured {
  const chunks: Buffer[] = []
  let room = limit
  let truncated = false
  return {
    add: (bytes) => {
      truncated ||= bytes.length > room
      if (room > 0) chunks.push(bytes.subarray(0, room))
      room -= Math.min(room, bytes.length)
    },
    text: () => {
      const text = Buffer.concat(chunks).toString('utf8')
      return mask ? mask.text(text) : text
    },
    truncated: () => truncated,
  }
}

function failedEnd(
  command: Command,
  stop: Stop,
  { mask, tail, stdout }: { mask: Mask; tail: Tail; stdout: Captured },
): ProcessEnd {
  const output = tail.text()
  const message = mask.text(failureMessage(command, stop, output))
  return {
    kind: 'failed',
    failure: { why: stop.why === 'done' ? 'exit' : stop.why, message, output },
    ...(stop.why === 'exit' ? { exitCode: stop.code } : {}),
    stdout: stdout.text(),
    truncated: stdout.truncated(),
    output,
  }
}
