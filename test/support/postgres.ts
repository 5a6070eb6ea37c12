import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'

/** A PostgreSQL cluster of the suite's own, on loopback. */
export interface PostgresServer {
  /** A database of its own, empty. */
  database(): Promise<string>
  /** As a power failure ends it: at once, whatever it is doing. */
  kill(): Promise<void>
  /** It takes connections and answers nothing. */
  freeze(): void
  /** Undoes both, on the same data and port. */
  revive(): Promise<void>
  /** Ends it and removes its data. */
  remove(): Promise<void>
}

/** Where Debian keeps the server's programs, which are on no PATH; or the folder of the PATH that has them. */
function binaries(): string | undefined {
  const debian = '/usr/lib/postgresql'
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : []
  const folders = [
    ...versions.map((version) => path.join(debian, version, 'bin')),
    ...(process.env['PATH'] ?? '').split(path.delimiter),
  ]
  return folders.find(
    (folder) => existsSync(path.join(folder, 'initdb')) && existsSync(path.join(folder, 'postgres')),
  )
}

export function hasPostgres(): boolean {
  return binaries() !== undefined
}

/** @param settings as `postgres -c` takes them, e.g. `fsync=off`: nothing that a test keeps must outlive the machine */
export async function startPostgres(settings: readonly string[] = ['fsync=off']): Promise<PostgresServer> {
  const bin = binaries()
  if (bin === undefined) throw new Error('there is no PostgreSQL here')
  const folder = mkdtempSync(path.join(tmpdir(), 'seamless-postgres-'))
  const as = ordinaryUser()
  if (as !== undefined) chownSync(folder, as.uid, as.gid)
  const data = path.join(folder, 'data')
  execFileSync(
    path.join(bin, 'initdb'),
    ['-D', data, '-U', 'seamless', '-A', 'trust', '-E', 'UTF8', '--no-sync', '--locale=C'],
    {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'pipe'],
      ...as,
    },
  )
  const port = await freePort()
  const url = (database: string): string => `postgres://seamless@127.0.0.1:${port}/${database}`
  const start = async (): Promise<ChildProcess> => {
    const options = ['listen_addresses=127.0.0.1', `port=${port}`, 'unix_socket_directories=', ...settings]
    const args = ['-D', data, ...options.flatMap((option) => ['-c', option])]
    const started = spawn(path.join(bin, 'postgres'), args, {
      cwd: folder,
      stdio: 'ignore',
      detached: true,
      ...as,
    })
    await ready(url('postgres'))
    return started
  }
  let server = await start()
  let databases = 0
  return {
    async database() {
      const name = `test_${++databases}`
      await statement(url('postgres'), `CREATE DATABASE ${name}`)
      return url(name)
    },
    async kill() {
      signal(server, 'SIGKILL')
      if (!hasEnded(server)) await once(server, 'exit')
    },
    freeze: () => signal(server, 'SIGSTOP'),
    async revive() {
      if (hasEnded(server)) server = await start()
      else signal(server, 'SIGCONT')
    },
    async remove() {
      signal(server, 'SIGCONT')
      signal(server, 'SIGKILL')
      if (!hasEnded(server)) await once(server, 'exit')
      rmSync(folder, { recursive: true, force: true, maxRetries: 10 })
    },
  }
}

/** The server and its processes for connections, which have sessions of their own. */
function signal({ pid }: ChildProcess, name: NodeJS.Signals): void {
  if (pid === undefined) return
  for (const each of [pid, ...childrenOf(pid)]) {
    try {
      process.kill(each, name)
    } catch {
      // It has ended.
    }
  }
}

function childrenOf(pid: number): readonly number[] {
  const listed = spawnSync('ps', ['-o', 'pid=', '--ppid', `${pid}`], { encoding: 'utf8' })
  return listed.stdout.split('\n').filter(Boolean).map(Number)
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null
}

/** PostgreSQL refuses to run as root. */
function ordinaryUser(): { readonly uid: number; readonly gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined
  const id = (flag: string): number => Number(execFileSync('id', [flag, 'nobody'], { encoding: 'utf8' }))
  return { uid: id('-u'), gid: id('-g') }
}

async function ready(url: string): Promise<void> {
  let last: unknown
  for (let attempt = 0; attempt < 300; attempt++) {
    try {
      await statement(url, 'SELECT 1')
      return
    } catch (error) {
      last = error
      await sleep(100)
    }
  }
  throw new Error('PostgreSQL did not become ready within 30 s', { cause: last })
}

async function statement(url: string, text: string): Promise<void> {
  const client = new Client({ connectionString: url })
  client.on('error', () => {})
  await client.connect()
  try {
    await client.query(text)
  } finally {
    await client.end()
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
