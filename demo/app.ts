import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import type { AppCredentials } from '../test/support/github/apps.ts'
import type { Sandbox } from './sandbox.ts'

const main = fileURLToPath(new URL('../app/main.ts', import.meta.url))

/** Which App is started, and where. */
export interface AppAt {
  readonly credentials: AppCredentials
  readonly webhookSecret: string
  /** Of its webhook. */
  readonly port: number
  readonly serverUrl: string
  /** Its sources: `SEAMLESS_SOURCE_…`. */
  readonly variables: Readonly<Record<string, string>>
}

/** The App as `npm start` runs it, with a database of its own in the sandbox; resolves when it takes deliveries. */
export async function startApp(sandbox: Sandbox, at: AppAt): Promise<void> {
  const key = join(sandbox.folder, 'app.pem')
  await writeFile(key, at.credentials.privateKey, { mode: 0o400 })
  const env = {
    ...at.variables,
    APP_ID: String(at.credentials.id),
    PRIVATE_KEY_PATH: key,
    WEBHOOK_SECRET: at.webhookSecret,
    GHE_HOST: at.serverUrl.replace('http://', ''),
    GHE_PROTOCOL: 'http',
    PORT: String(at.port),
    METRICS_PORT: String(await freePort()),
    DATA_FOLDER: join(sandbox.folder, 'app'),
    LOG_LEVEL: 'warn',
  }
  const child = sandbox.start({ file: process.execPath, args: [main], env })
  child.stdin.end()
  const said = Promise.all([text(child.stdout), text(child.stderr)])
  while (child.exitCode === null && child.signalCode === null) {
    const answer = await fetch(`http://127.0.0.1:${at.port}/readyz`).catch(() => undefined)
    await answer?.body?.cancel()
    if (answer?.status === 200) return
    await sleep(100)
  }
  throw new Error(`the App has ended:\n${(await said).join('\n')}`)
}

/** A port that nobody listened on just now. */
export async function freePort(): Promise<number> {
  const server = createServer()
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
