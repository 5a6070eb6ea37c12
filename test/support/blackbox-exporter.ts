import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parsePage } from '../../src/adapters/openmetrics.ts'
import { freePort } from './prometheus-server.ts'

/** Debian's name of it. */
const BINARY = 'prometheus-blackbox-exporter'

/** Whether it is on the PATH. */
export function hasBlackboxExporter(): boolean {
  try {
    execFileSync(BINARY, ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** A real blackbox exporter on loopback. */
export interface BlackboxExporter {
  /** Its metrics of one probe by their names; those with labels are left out. */
  probe(module: string, target: string): Promise<Readonly<Record<string, number>>>
  stop(): Promise<void>
}

/** @param modules as under `modules:` of its configuration */
export async function startBlackboxExporter(
  modules: Readonly<Record<string, object>>,
): Promise<BlackboxExporter> {
  const folder = mkdtempSync(path.join(tmpdir(), 'seamless-blackbox-'))
  const config = path.join(folder, 'blackbox.yml')
  // YAML takes JSON. https://github.com/prometheus/blackbox_exporter/blob/master/CONFIGURATION.md
  writeFileSync(config, JSON.stringify({ modules }))
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const child = spawn(BINARY, [`--config.file=${config}`, `--web.listen-address=127.0.0.1:${port}`], {
    stdio: 'ignore',
  })
  await ready(url)
  return {
    async probe(module, target) {
      const answer = await fetch(`${url}/probe?${new URLSearchParams({ module, target }).toString()}`)
      const samples = parsePage(await answer.text(), 'prometheus')
      const bare = samples.filter(({ labels }) => Object.keys(labels).length === 1)
      return Object.fromEntries(bare.map(({ labels, value }) => [labels['__name__'], value]))
    },
    async stop() {
      await ended(child)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGKILL')
  await once(child, 'exit')
}

async function ready(url: string): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const answer = await fetch(`${url}/-/healthy`).catch(() => undefined)
    if (answer?.ok === true) return
    await sleep(100)
  }
  throw new Error('the blackbox exporter did not become ready within 20 s')
}
