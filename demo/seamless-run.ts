import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { receipt, type Upgrade } from '../src/upgrade/receipt.ts'
import type { Machine } from './machine.ts'
import type { OrdersOnGitHub } from './orders-on-github.ts'
import type { Sandbox } from './sandbox.ts'

const cli = fileURLToPath(new URL('../dist/cli.js', import.meta.url))

export interface Workplace {
  readonly sandbox: Sandbox
  readonly github: OrdersOnGitHub
  readonly machine: Machine
  /** Gets what happens as it happens, line by line. */
  readonly say: (line: string) => void
}

export interface SeamlessRun {
  readonly exitCode: number
  /** The receipt as it was written. */
  readonly receipt: Upgrade
  /** The receipt for people: what the command printed. */
  readonly text: string
}

/** `seamless run` in a checkout, as a workflow of the repository would run it; what it says on the way is shown as it comes. */
export async function runSeamless(place: Workplace, checkout: string): Promise<SeamlessRun> {
  const { sandbox } = place
  const args = [cli, 'run', '--environment', 'production']
  const child = sandbox.start({ file: process.execPath, args, cwd: checkout, env: environmentOf(place) })
  createInterface(child.stderr).on('line', (line) => {
    // What the commands of the service print (their lines have the step's name and a bar) would bury Seamless' own words.
    if (!/^\S+ \| /.test(line)) place.say(`  ${line}`)
  })
  const [printed, [exitCode]] = await Promise.all([
    text(child.stdout),
    once(child, 'exit') as Promise<[number | null]>,
  ])
  const file = join(checkout, '.seamless/receipt.json')
  const written = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new Error(`seamless run ended with exit code ${exitCode} and left no receipt`, { cause })
  })
  return { exitCode: exitCode ?? 1, receipt: receipt.parse(JSON.parse(written)), text: printed.trimEnd() }
}

function environmentOf({ github, machine }: Workplace): Record<string, string> {
  return {
    ...machine.env,
    GITHUB_TOKEN: github.workflowToken,
    GITHUB_API_URL: github.apiUrl,
    GITHUB_SERVER_URL: github.serverUrl,
    GITHUB_REPOSITORY: github.name,
    SEAMLESS_SOURCE_SLOTS_URL: machine.slots.map((slot) => `${slot}/metrics`).join(' '),
    SEAMLESS_SOURCE_USERS_URL: machine.users,
  }
}
