import { spawn } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { StoreSettings } from '../../app/settings.ts'
import { PATH } from './delivery.ts'

export interface Contestant {
  /** Where deliveries go. */
  readonly url: string
  stop(): Promise<void>
}

export interface ContestantOptions {
  readonly store?: StoreSettings
  readonly apiUrl: string
  readonly comments: boolean
}

const { privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
})

const script = fileURLToPath(new URL('contestant.ts', import.meta.url))

/** Starts bare Probot, or the App where there is a store, in a process of its own. */
export async function startContestant(options: ContestantOptions): Promise<Contestant> {
  const kind = options.store === undefined ? 'probot' : 'app'
  const argument = JSON.stringify({ ...options, kind, privateKey })
  const child = spawn(process.execPath, [script, argument], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { PATH: process.env['PATH'], NODE_ENV: 'production' },
  })
  for await (const line of createInterface({ input: child.stdout })) {
    const port = /^listening (\d+)$/.exec(line)?.[1]
    if (port === undefined) continue
    return {
      url: `http://127.0.0.1:${port}${PATH}`,
      async stop() {
        child.kill('SIGKILL')
        if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
      },
    }
  }
  throw new Error(`${kind} did not start`)
}
