import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** Of the machine, not of a package. */
const BINARY = 'prometheus'

/** A real Prometheus on loopback that scrapes its targets every second. */
export interface PrometheusServer {
  readonly url: string
  /** It hangs: connections are taken and nothing answers. */
  freeze(): void
  kill(): Promise<void>
  /** Undoes both, on the same data and port. */
  revive(): Promise<void>
  /** Ends it and removes its data. */
  remove(): Promise<void>
}

/** Whether there is a `prometheus` on the PATH. */
export function hasPrometheus(): boolean {
  try {
    execFileSync(BINARY, ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** What its port asks for, as `--web.config.file` has it; the rest is for the suite's own look whether it is there. */
export interface WebAccess {
  readonly server: { readonly cert: string; readonly key: string }
  /** The authority of the clients' certificates, which are then required. */
  readonly clients?: string
  /** Users with the bcrypt hashes of their passwords. */
  readonly users?: Readonly<Record<string, string>>
}

/** One whose port speaks TLS, and lets in whom it is told. It scrapes nothing. */
export async function startGuardedPrometheus(access: WebAccess): Promise<PrometheusServer> {
  const folder = newFolder()
  const file = path.join(folder, 'web.yml')
  const tls = {
    cert_file: access.server.cert,
    key_file: access.server.key,
    ...(access.clients && { client_auth_type: 'RequireAndVerifyClientCert', client_ca_file: access.clients }),
  }
  // YAML takes JSON. https://prometheus.io/docs/prometheus/latest/configuration/https/
  writeFileSync(
    file,
    JSON.stringify({ tls_server_config: tls, ...(access.users && { basic_auth_users: access.users }) }),
  )
  return startIn(folder, [], file)
}

/** @param targets host:port of what it scrapes; its first scrape comes after five seconds, whatever the interval */
export async function startPrometheus(...targets: string[]): Promise<PrometheusServer> {
  return startIn(newFolder(), targets)
}

/** One that remembers what it never saw: `page` is OpenMetrics text with a time behind each sample, in any order of series. Targets as `startPrometheus` has them. */
export async function startPrometheusWithPast(page: string, ...targets: string[]): Promise<PrometheusServer> {
  const folder = newFolder()
  const file = path.join(folder, 'past.om')
  writeFileSync(file, page)
  const args = ['tsdb', 'create-blocks-from', 'openmetrics', file, path.join(folder, 'data')]
  // promtool comes with Prometheus, and without it there is no past to make.
  execFileSync('promtool', args, { stdio: ['ignore', 'ignore', 'pipe'] })
  return startIn(folder, targets)
}

function newFolder(): string {
  return mkdtempSync(path.join(tmpdir(), 'seamless-prometheus-'))
}

async function startIn(
  folder: string,
  targets: readonly string[],
  webConfig?: string,
): Promise<PrometheusServer> {
  const config = path.join(folder, 'prometheus.yml')
  writeFileSync(
    config,
    `global: { scrape_interval: 1s, scrape_timeout: 1s }
scrape_configs: [{ job_name: service, static_configs: [{ targets: ${JSON.stringify(targets)} }] }]
`,
  )
  const port = await freePort()
  const url = `${webConfig === undefined ? 'http' : 'https'}://127.0.0.1:${port}`
  const args = [
    `--config.file=${config}`,
    `--storage.tsdb.path=${path.join(folder, 'data')}`,
    `--web.listen-address=127.0.0.1:${port}`,
    '--enable-feature=native-histograms',
    ...(webConfig === undefined ? [] : [`--web.config.file=${webConfig}`]),
  ]
  const start = async (): Promise<ChildProcess> => {
    const started = spawn(BINARY, args, { stdio: 'ignore' })
    await (webConfig === undefined ? ready(url) : listens(port))
    return started
  }
  let child = await start()
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL')
    if (!hasEnded(child)) await once(child, 'exit')
  }
  return {
    url,
    freeze: () => void child.kill('SIGSTOP'),
    kill,
    async revive() {
      if (hasEnded(child)) child = await start()
      else child.kill('SIGCONT')
    },
    async remove() {
      await kill()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null
}

async function ready(url: string): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const answer = await fetch(`${url}/-/ready`).catch(() => undefined)
    if (answer?.ok === true) return
    await sleep(100)
  }
  throw new Error('prometheus did not become ready within 20 s')
}

/** What nobody may ask is there when its port is: it opens that last. */
async function listens(port: number): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const socket = connect(port, '127.0.0.1')
    const isThere = await once(socket, 'connect').then(
      () => true,
      () => false,
    )
    socket.destroy()
    if (isThere) return
    await sleep(100)
  }
  throw new Error('prometheus did not open its port within 20 s')
}

/** A port of loopback that nothing listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
