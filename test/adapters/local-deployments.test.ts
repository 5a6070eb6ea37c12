import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { localDeployments } from '../../src/adapters/local-deployments.ts'
import { UsageError } from '../../src/errors.ts'
import type { Clock } from '../../src/ports/clock.ts'
import type { NewDeployment } from '../../src/ports/deployments.ts'
import { deploymentsContract } from '../contract/deployments.ts'
import { manualClock } from '../support/manual-clock.ts'

const { signal } = new AbortController()
const commits = ['a', 'b', 'c'].map((digit) => digit.repeat(40)) as [string, string, string]

deploymentsContract('a local file', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'seamless-deployments-'))
  const open = () =>
    localDeployments(join(folder, '.seamless', 'deployments.json'), { clock: manualClock(), signal })
  return {
    deployments: open(),
    reopen: open,
    commits,
    unknownId: '99',
    close: () => rm(folder, { recursive: true }),
  }
})

function of(key: string): NewDeployment {
  return { environment: 'production', sha: commits[0], version: '1.0.0', key }
}

describe('the file', () => {
  let folder: string
  let file: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'seamless-deployments-'))
    file = join(folder, 'deployments.json')
  })
  afterEach(() => rm(folder, { recursive: true }))

  const open = (clock: Clock = manualClock()) => localDeployments(file, { clock, signal })
  test.each([
    ['cut short', '{"schema": 1, "next": 2, "deploy'],
    ['not JSON', 'production: 1.0.0\n'],
    ['of a later version', '{"schema": 2, "next": 1, "deployments": []}'],
    [
      'with a commit that is none',
      '{"schema": 1, "next": 2, "deployments": [{"id": "1", "environment": "p", "sha": "main", "version": "1", "key": "k", "atMs": 0}]}',
    ],
    ['empty', ''],
  ])('L07 a file that is %s is an error that names it, and is never overwritten', async (_, content) => {
    await writeFile(file, content)
    const deployments = open()
    const attempts = [
      () => deployments.begin(of('k')),
      () => deployments.newest('production'),
      () => deployments.lastHealthy('production'),
    ]
    for (const attempt of attempts) {
      const failure = await attempt().catch((error: unknown) => error)
      expect(failure).toBeInstanceOf(UsageError)
      expect(String(failure)).toContain(file)
    }
    expect(await readFile(file, 'utf8')).toBe(content)
    expect(await readdir(folder)).toEqual(['deployments.json'])
  })

  test('a folder in its place is an error, too', async () => {
    await expect(
      localDeployments(folder, { clock: manualClock(), signal }).newest('production'),
    ).rejects.toThrow(UsageError)
  })

  test('runs that write at once lose nothing of each other', async () => {
    const keys = Array.from({ length: 20 }, (_, at) => `run-${at}`)
    // Time stands still: however slow the disk is, nobody is taken for dead.
    const clock = { ...manualClock(), now: () => 0 }
    const made = await Promise.all(keys.map(async (key) => open(clock).begin(of(key))))
    expect(new Set(made.map(({ id }) => id)).size).toBe(20)
    expect(JSON.parse(await readFile(file, 'utf8')).deployments).toHaveLength(20)
    expect(await readdir(folder)).toEqual(['deployments.json'])
  })

  test('L01 a run that died while it wrote holds nobody up for long', async () => {
    await open().begin(of('first'))
    await writeFile(`${file}.new`, '{"schema": 1, "depl')
    const clock = manualClock()
    await open(clock).begin(of('second'))
    expect(JSON.parse(await readFile(file, 'utf8')).deployments).toHaveLength(2)
    expect(clock.waits.reduce((sum, ms) => sum + ms, 0)).toBe(10_000)
  })

  test('a run that is cancelled while it waits for another stops waiting', async () => {
    await writeFile(`${file}.new`, '')
    const controller = new AbortController()
    controller.abort(new Error('cancelled'))
    const deployments = localDeployments(file, { clock: manualClock(), signal: controller.signal })
    await expect(deployments.begin(of('k'))).rejects.toThrow('cancelled')
  })

  test('old deployments go, but never the one that a rollback returns to', async () => {
    const healthy = await open().begin(of('healthy'))
    await open().setVerdict(healthy.id, 'healthy', { title: 'Nobody noticed', text: '' })
    const book = JSON.parse(await readFile(file, 'utf8'))
    for (let id = 2; id <= 600; id += 1) {
      book.deployments.push({
        ...book.deployments[0],
        id: String(id),
        key: `run-${id}`,
        verdict: 'unhealthy',
      })
    }
    await writeFile(file, JSON.stringify({ ...book, next: 601 }))
    await open().begin(of('newest'))
    expect(JSON.parse(await readFile(file, 'utf8')).deployments).toHaveLength(501)
    expect(await open().lastHealthy('production')).toEqual(healthy)
  })
})
