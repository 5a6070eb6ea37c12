import { type ChildProcess, execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

import { endServer, startServer } from './process.ts'

/** A Docker engine of the suite's own: its data, its socket, nothing of the machine's. */
export interface DockerEngine {
  /** For `DOCKER_HOST`. */
  readonly host: string
  /** It takes connections and does not answer. */
  freeze(): void
  thaw(): void
  /** As `kill -9`, containerd included. */
  kill(): Promise<void>
  /** Again, on the same data and socket. */
  start(): Promise<void>
  /** Ends it and removes its data. */
  remove(): Promise<void>
}

/** Whether a Docker engine and a registry can be started here: both are of the machine, and the engine needs root. */
export function hasDocker(): boolean {
  const found = ['dockerd', 'docker-registry', 'docker'].map((command) => {
    try {
      execFileSync(command, ['--version'], { stdio: 'ignore' })
      return true
    } catch {
      return false
    }
  })
  return found.every(Boolean) && process.getuid?.() === 0
}

export async function startEngine(): Promise<DockerEngine> {
  const folder = mkdtempSync(path.join(tmpdir(), 'seamless-docker-'))
  const inside = (name: string): string => path.join(folder, name)
  const socket = inside('docker.sock')
  const args = [
    // No bridge and no rules: nothing of the machine's network is touched.
    '--iptables=false',
    '--ip6tables=false',
    '--bridge=none',
    `--data-root=${inside('data')}`,
    `--exec-root=${inside('exec')}`,
    `--pidfile=${inside('pid')}`,
    `--host=unix://${socket}`,
  ]
  const launch = (): Promise<ChildProcess> =>
    startServer('dockerd', args, { log: inside('log'), isReady: () => answers(socket) })
  let child = await launch()
  const endContainerd = async (signal: NodeJS.Signals): Promise<void> => {
    const file = inside('exec/containerd/containerd.pid')
    if (!existsSync(file)) return
    await endProcess(Number(readFileSync(file, 'utf8')), signal)
  }
  return {
    host: `unix://${socket}`,
    freeze: () => void child.kill('SIGSTOP'),
    thaw: () => void child.kill('SIGCONT'),
    async kill() {
      await endServer(child, 'SIGKILL')
      await endContainerd('SIGKILL')
    },
    async start() {
      rmSync(inside('pid'), { force: true })
      child = await launch()
    },
    async remove() {
      child.kill('SIGCONT')
      await endServer(child, 'SIGTERM')
      await endContainerd('SIGTERM')
      unmountBelow(folder)
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

async function answers(socket: string): Promise<boolean> {
  return new Promise((resolve) => {
    const ping = request({ socketPath: socket, path: '/_ping' }, (response) => {
      response.resume()
      resolve(response.statusCode === 200)
    })
    ping.on('error', () => resolve(false)).end()
  })
}

/** By its id, and waited for: only what this suite's engine started. */
async function endProcess(pid: number, signal: NodeJS.Signals): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    try {
      process.kill(pid, attempt === 0 ? signal : 0)
    } catch {
      return
    }
    await sleep(100)
  }
}

/** The engine leaves the mounts of its network namespaces and of containers that it did not end. */
function unmountBelow(folder: string): void {
  const mounts = readFileSync('/proc/mounts', 'utf8').split('\n')
  const below = mounts
    .map((line) => line.split(' ')[1] ?? '')
    .filter((mount) => mount.startsWith(`${folder}/`))
  for (const mount of below.toReversed()) execFileSync('umount', ['-l', mount], { stdio: 'ignore' })
}
