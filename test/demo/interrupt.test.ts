import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const demo = fileURLToPath(new URL('../../demo/main.ts', import.meta.url))
let folder: string

beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'seamless-interrupt-')))
})

afterEach(() => rm(folder, { recursive: true, force: true }))

/** Processes that work below the folder: the demo starts none without its name in the command line. */
function processesBelow(folder: string): string[] {
  if (!existsSync('/proc')) return []
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const command =
          readFileSync(`/proc/${pid}/cmdline`, 'utf8') + readFileSync(`/proc/${pid}/environ`, 'utf8')
        return command.includes(folder) ? [command.replaceAll('\0', ' ').slice(0, 200)] : []
      } catch {
        return []
      }
    })
}

describe('the demo, interrupted while an upgrade runs', () => {
  it('leaves no process and no file behind', async () => {
    const child = spawn(process.execPath, [demo], { env: { ...process.env, TMPDIR: folder } })
    const exited = once(child, 'exit')
    for await (const line of createInterface(child.stdout)) {
      if (line.includes('test/api')) break
    }
    expect(processesBelow(folder).length).toBeGreaterThan(3)
    child.kill('SIGINT')
    expect(await exited).toEqual([130, null])
    expect(readdirSync(folder)).toEqual([])
    expect(processesBelow(folder)).toEqual([])
  }, 180_000)
})
