import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import nock from 'nock'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { fileJournal } from '../../src/adapters/file-journal.ts'
import { markedJournal } from '../../src/adapters/marked-journal.ts'
import { openAnnotations } from '../../src/adapters/registry.ts'
import type { UpgradeEvent } from '../../src/upgrade/event.ts'
import type { Journal } from '../../src/upgrade/journal.ts'
import { memoryLog } from '../support/memory-log.ts'

const ORIGIN = 'https://grafana.example'
const sources = {
  graphs: { type: 'grafana', timeoutMs: 1000, annotate: true },
  quiet: { type: 'grafana', timeoutMs: 1000, annotate: false },
} as const
const environment = { SEAMLESS_SOURCE_GRAPHS_URL: ORIGIN, SEAMLESS_SOURCE_GRAPHS_TOKEN: 'glsa_0123456789' }
const TAGS = ['seamless', 'repository:acme/shop', 'environment:production', 'deployment:7']

const STARTED: UpgradeEvent = {
  type: 'started',
  atMs: 1,
  id: 'u1',
  repository: 'acme/shop',
  operation: 'run',
  planDigest: 'd',
  made: false,
  candidate: { name: '2.0.0' },
  environments: ['production'],
}
const BEGUN: UpgradeEvent = {
  type: 'deployment_begun',
  atMs: 1000,
  environment: 'production',
  deployment: '7',
  previous: { name: '1.0.0' },
}
const ENDED: UpgradeEvent = {
  type: 'environment_ended',
  atMs: 5000,
  environment: 'production',
  state: 'rolled_back',
  message: 'Rolled back: errors <b> & more',
}

let folder: string

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'seamless-marks-'))
  nock.disableNetConnect()
})
afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
  nock.cleanAll()
  nock.enableNetConnect()
})

function world(over: Record<string, string> = {}) {
  const log = memoryLog()
  const journal = fileJournal(path.join(folder, 'journal.jsonl'))
  const open = () => openAnnotations({ sources }, { ...environment, ...over })
  return { log, journal: markedJournal(journal, open, log) }
}

const find = (...found: object[]) =>
  nock(ORIGIN)
    .get('/api/annotations')
    .query((query) => JSON.stringify(query['tags']) === JSON.stringify(TAGS))
    .reply(200, found)

async function began(journal: Journal): Promise<void> {
  await journal.append([STARTED])
  await journal.append([BEGUN])
}

describe('a deployment is marked in Grafana', () => {
  it('from its start to its verdict, also when another run of the same upgrade ends it', async () => {
    find()
    const made = nock(ORIGIN)
      .post('/api/annotations', { time: 1000, tags: TAGS, text: 'production to 2.0.0 from 1.0.0' })
      .reply(200, { message: 'Annotation added', id: 3 })
    await began(world().journal)
    expect(made.isDone()).toBe(true)

    find({ id: 3 })
    const text = 'production to 2.0.0 from 1.0.0: Rolled back: errors &lt;b> &amp; more'
    const ended = nock(ORIGIN)
      .patch('/api/annotations/3', { text, timeEnd: 5000 })
      .reply(200, { message: 'Annotation patched' })
    const { journal, log } = world()
    await journal.append([ENDED])
    expect(ended.isDone()).toBe(true)
    expect(log.lines).toEqual([])
  })

  it('and what else happens asks nothing of it', async () => {
    const { journal, log } = world()
    await journal.append([STARTED, { type: 'step_started', atMs: 2, step: 'build', stage: 'build' }])
    expect(log.lines).toEqual([])
    expect(await journal.read()).toHaveLength(2)
  })

  it.each<[string, Record<string, string>, string]>([
    [
      'that refuses',
      {},
      'https://grafana.example/api/annotations answers with status 403: the token lacks a permission',
    ],
    [
      'that has no place',
      { SEAMLESS_SOURCE_GRAPHS_URL: '' },
      'The source "graphs" has no place: set SEAMLESS_SOURCE_GRAPHS_URL to where its Grafana answers, such as https://grafana.example.org.',
    ],
  ])('or a warning says why not, and the upgrade goes on: a Grafana %s', async (_, over, why) => {
    nock(ORIGIN).get('/api/annotations').query(true).reply(403, { message: 'no' })
    const { journal, log } = world(over)
    await began(journal)
    expect(log.lines).toEqual([`warning The deployment is not marked in Grafana: ${why}`])
    expect(await journal.read()).toEqual([STARTED, BEGUN])
  })
})
