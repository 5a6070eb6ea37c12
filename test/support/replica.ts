import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { StoreSettings } from '../../app/settings.ts'

/** Where a replica can be told to die, in the order in which a delivery comes by. */
export const killPoints = [
  'before the delivery is committed',
  'before it is acknowledged',
  'before it is worked on',
  'before its command is committed',
  'before the command is worked on',
  'before its effect is committed',
  'after its effect',
] as const
export type KillPoint = (typeof killPoints)[number]

/** A process with a store, an inbox and an engine, which does what each delivery asks for: one row per comment in `effects`. */
export interface Replica {
  /** Hands over a delivery about a comment; answers once it is acknowledged, or false where the process died first. */
  deliver(id: string, comment: number): Promise<boolean>
  /** How many effects there are; nothing where the process has died. */
  effects(): Promise<number | undefined>
  freeze(): void
  thaw(): void
  kill(): Promise<void>
  /** Ends when it has died or been stopped. */
  readonly ended: Promise<unknown>
}

export interface ReplicaOptions {
  readonly dieAt?: KillPoint
  /** Says `begun` and waits this long before the effect of a command. */
  readonly dawdleMs?: number
  readonly onLine?: (line: string) => void
}

const children = new Set<ChildProcess>()

/** Ends all that were started here, after a test that failed too. */
export function killReplicas(): void {
  for (const child of children) child.kill('SIGKILL')
  children.clear()
}

const script = fileURLToPath(new URL('replica-process.ts', import.meta.url))

/** Resolves when it is ready for deliveries. */
export async function startReplica(store: StoreSettings, options: ReplicaOptions = {}): Promise<Replica> {
  const { dieAt, dawdleMs, onLine } = options
  const child = spawn(process.execPath, [script, JSON.stringify({ store, dieAt, dawdleMs })], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  children.add(child)
  let counted: (effects: number) => void = () => {}
  const acknowledged = new Map<string, () => void>()
  const ready = Promise.withResolvers<void>()
  createInterface({ input: child.stdout }).on('line', (line) => {
    onLine?.(line)
    if (line === 'ready') ready.resolve()
    if (line.startsWith('effects ')) counted(Number(line.slice('effects '.length)))
    if (line.startsWith('kept ')) acknowledged.get(line.slice('kept '.length))?.()
  })
  const ended = ending(child)
  await Promise.race([
    ready.promise,
    ended.then(() => Promise.reject(new Error('the replica did not start'))),
  ])
  return {
    ended,
    async deliver(id, comment) {
      const kept = new Promise<boolean>((resolve) => acknowledged.set(id, () => resolve(true)))
      child.stdin.write(`${JSON.stringify([id, comment])}\n`)
      return Promise.race([kept, ended.then(() => false)])
    },
    async effects() {
      const told = new Promise<number>((resolve) => (counted = resolve))
      child.stdin.write('effects?\n')
      return Promise.race([told, ended.then(() => undefined)])
    },
    freeze: () => void child.kill('SIGSTOP'),
    thaw: () => void child.kill('SIGCONT'),
    async kill() {
      child.kill('SIGKILL')
      await ended
    },
  }
}

async function ending(child: ChildProcess): Promise<void> {
  // What is written to a process that has died is lost, as it is on its way over a network.
  child.stdin?.on('error', () => {})
  await once(child, 'exit')
}
