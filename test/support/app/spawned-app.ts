import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { AppCredentials } from '../github/apps.ts'
import type { GitHub } from '../github/start-github.ts'
import { SECRET } from './signed-delivery.ts'

/** The App as `npm start` runs it: a process of its own. */
export interface SpawnedApp {
  readonly url: string
  readonly operationsUrl: string
  readonly process: ChildProcess
  /** Everything that it wrote. */
  output(): string
  /** Resolves when it answers 200; rejects when it has ended before. */
  ready(): Promise<void>
  /** Its exit code, or the signal that ended it. */
  ended(): Promise<number | string>
}

const MAIN = new URL('../../../app/main.ts', import.meta.url).pathname

/** Starts `app/main.ts` with these variables and nothing of ours but PATH. */
export function spawnApp(environment: Readonly<Record<string, string>>): SpawnedApp {
  const child = spawn(process.execPath, [MAIN], {
    env: { PATH: process.env['PATH'] ?? '', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const ended = once(child, 'close').then(([code, signal]) => (code ?? signal) as number | string)
  const url = `http://127.0.0.1:${environment['PORT'] ?? '3000'}`
  return {
    url,
    operationsUrl: `http://127.0.0.1:${environment['METRICS_PORT'] ?? '9464'}`,
    process: child,
    output: () => output,
    ended: () => ended,
    async ready() {
      while (child.exitCode === null && child.signalCode === null) {
        const status = await fetch(`${url}/readyz`).then(
          (response) => response.status,
          () => 0,
        )
        if (status === 200) return
        await wait(100)
      }
      throw new Error(`the App has ended (${String(await ended)}):\n${output}`)
    },
  }
}

export interface AppHome {
  /** The settings of an App that works with this GitHub. */
  readonly environment: Readonly<Record<string, string>>
  readonly folder: string
  remove(): void
}

/** A folder with the key and the data of an App, and free ports. */
export async function appHome(
  hub: Pick<GitHub, 'url'>,
  app: AppCredentials,
  port?: number,
): Promise<AppHome> {
  const folder = mkdtempSync(path.join(tmpdir(), 'seamless-app-'))
  const key = path.join(folder, 'key.pem')
  writeFileSync(key, app.privateKey, { mode: 0o400 })
  return {
    folder,
    environment: {
      APP_ID: String(app.id),
      PRIVATE_KEY_PATH: key,
      WEBHOOK_SECRET: SECRET,
      GHE_HOST: hub.url.replace('http://', ''),
      GHE_PROTOCOL: 'http',
      PORT: String(port ?? (await freePort())),
      METRICS_PORT: String(await freePort()),
      DATA_FOLDER: path.join(folder, 'data'),
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

/** A port that nobody has at the moment. */
export async function freePort(): Promise<number> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}
