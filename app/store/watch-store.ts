import { z } from 'zod'
import type { Clock } from '../../src/ports/clock.ts'
import type { OtherWatch } from '../../src/watch/watch-ports.ts'
import { looksAtPast } from '../../src/watch/read-past.ts'
import type { WatchRecord } from '../../src/watch/watch-record.ts'
import type { Sql } from './store.ts'

/** Which watch: of a Deployment there is one. */
export interface WatchKey {
  readonly repositoryId: number
  readonly deployment: string
}

/** A watch as it was read: written back only if nobody wrote it meanwhile. */
export interface StoredWatch extends WatchKey {
  readonly installationId: number
  readonly revision: number
  readonly record: WatchRecord
}

/** When a watch is to be looked at; `nextMs` is always there. */
export interface DueWatch extends WatchKey {
  readonly installationId: number
  readonly revision: number
  readonly nextMs: number
}

/** The watches of the App. Give it a transaction to make it part of that. Errors: the database's. */
export interface WatchStore {
  read(key: WatchKey): Promise<StoredWatch | undefined>
  /** … without its past (100 KB and more) where the next step does not look at it; writing it back leaves the past alone. */
  readForStep(key: WatchKey): Promise<StoredWatch | undefined>
  /** `known`: there is one of this Deployment, or a live one of its environment, and nothing was changed. */
  insert(watch: Omit<StoredWatch, 'revision'>): Promise<'new' | 'known'>
  /** Its new revision; `lost` where another wrote it since it was read, and nothing was changed. */
  write(watch: StoredWatch, record: WatchRecord): Promise<number | 'lost'>
  /** What its kept comment says; in a transaction nobody writes the watch until that has ended. */
  told(key: WatchKey): Promise<string | undefined>
  /** The newest of the environment. */
  current(repositoryId: number, environment: string): Promise<StoredWatch | undefined>
  /** The one that stands for what is live in the environment; in a transaction nobody writes it until that has ended. */
  live(repositoryId: number, environment: string): Promise<StoredWatch | undefined>
  /** Those of a repository that have not ended. */
  open(repositoryId: number): Promise<readonly StoredWatch[]>
  /** … of an installation; in a transaction nobody writes them until that has ended. */
  openOf(installationId: number): Promise<readonly StoredWatch[]>
  /** Every other one of the installation that looks, or did until then (ms). */
  others(
    of: StoredWatch | (WatchKey & { installationId: number }),
    sinceMs: number,
  ): Promise<readonly OtherWatch[]>
  /** Those after this one that go on by themselves, at most `limit`. */
  due(after: WatchKey | undefined, limit: number): Promise<readonly DueWatch[]>
  /** How many have not ended, by phase. */
  count(): Promise<readonly { readonly phase: WatchRecord['phase']; readonly count: number }[]>
  /** Forgets those that ended before that time (ms) and are not the newest of their environment. */
  forget(beforeMs: number): Promise<number>
}

export function watchStore(sql: Sql, clock: Pick<Clock, 'now'>): WatchStore {
  return { ...reading(sql), ...writing(sql, clock) }
}

type Writing = 'insert' | 'write' | 'forget'

function reading(sql: Sql): Omit<WatchStore, Writing> {
  const stored = async (text: string, values: readonly unknown[]): Promise<readonly StoredWatch[]> =>
    (await sql.rows(row, text, values)).map(toStored)
  const first = async (text: string, ...values: readonly unknown[]): Promise<StoredWatch | undefined> =>
    (await stored(text, values))[0]
  return {
    read: async ({ repositoryId, deployment }) => first(READ, repositoryId, deployment),
    readForStep: async ({ repositoryId, deployment }) => first(READ_FOR_STEP, repositoryId, deployment),
    async told({ repositoryId, deployment }) {
      const [found] = await sql.rows(toldRow, TOLD, [repositoryId, deployment])
      return found?.told ?? undefined
    },
    current: async (repositoryId, environment) => first(CURRENT, repositoryId, environment),
    live: async (repositoryId, environment) => first(LIVE, repositoryId, environment),
    open: async (repositoryId) => stored(OPEN, [repositoryId]),
    openOf: async (installationId) => stored(OPEN_OF, [installationId]),
    async others({ installationId, repositoryId, deployment }, sinceMs) {
      const found = await sql.rows(otherRow, OTHERS, [installationId, repositoryId, deployment, sinceMs])
      return found.map(toOther)
    },
    async due(after, limit) {
      const { repositoryId = 0, deployment = '' } = after ?? {}
      const found = await sql.rows(dueRow, DUE, [repositoryId, deployment, limit])
      return found.map(toDue)
    },
    count: async () => sql.rows(countRow, COUNT),
  }
}

function writing(sql: Sql, clock: Pick<Clock, 'now'>): Pick<WatchStore, Writing> {
  const columnsOf = (record: WatchRecord): readonly unknown[] => columns(record, clock.now())
  return {
    async insert({ installationId, repositoryId, deployment, record }) {
      const { body, history } = texts(record)
      const { environment, repository, liveMs } = record
      const { sha } = record.deployment
      const values = [repositoryId, deployment, ...columnsOf(record), body, history]
      const fixed = [installationId, environment, repository, sha, liveMs]
      const inserted = await sql.run(INSERT, [...values, ...fixed])
      return inserted === 1 ? 'new' : 'known'
    },
    async write({ repositoryId, deployment, revision, record: before }, record) {
      const { body, history } = texts(record)
      // The past is large and stays what it was: a tick does not write it again.
      const isSame = before.history === record.history
      const values = [repositoryId, deployment, ...columnsOf(record), body, revision]
      const written = isSame
        ? await sql.run(UPDATE, values)
        : await sql.run(UPDATE_WITH_HISTORY, [...values, history])
      return written === 1 ? revision + 1 : 'lost'
    },
    forget: async (beforeMs) => sql.run(FORGET, [beforeMs]),
  }
}

function texts({ history, ...body }: WatchRecord): {
  readonly body: string
  readonly history: string | null
} {
  return { body: JSON.stringify(body), history: history === undefined ? null : JSON.stringify(history) }
}

/** What the database looks for, beside the record that says it too. */
function columns(record: WatchRecord, nowMs: number): readonly unknown[] {
  const { phase, nextMs, outcome, supersededBy, told } = record
  const badAtMs = outcome?.verdict === 'unhealthy' ? outcome.atMs : null
  const nextAtMs = nextMs === undefined ? null : Math.ceil(nextMs)
  return [
    phase,
    supersededBy !== undefined,
    nextAtMs,
    badAtMs,
    phase === 'ended' ? nowMs : null,
    told ?? null,
    looksAtPast(record),
  ]
}

const COLUMNS = 'repository_id, deployment_id, installation_id, revision, body, history'

const READ = `SELECT ${COLUMNS} FROM seamless.watches WHERE repository_id = $1 AND deployment_id = $2`

// A watch begins to judge with the past, and a recovery does; a tick has all that it needs in its state.
const READ_FOR_STEP = READ.replace('history', 'CASE WHEN looks_back THEN history END AS history')

const INSERT = `INSERT INTO seamless.watches (repository_id, deployment_id, phase, superseded, next_at, bad_at, ended_at,
    told, looks_back, body, history, installation_id, environment, repository, sha, live_at, revision)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, 1) ON CONFLICT DO NOTHING`

const UPDATE_OF = (more: string): string => `UPDATE seamless.watches
  SET phase = $3, superseded = $4, next_at = $5, bad_at = $6, ended_at = $7, told = $8, looks_back = $9,
    body = $10, revision = revision + 1${more}
  WHERE repository_id = $1 AND deployment_id = $2 AND revision = $11`

const UPDATE = UPDATE_OF('')
const UPDATE_WITH_HISTORY = UPDATE_OF(', history = $12')

const TOLD = `SELECT told FROM seamless.watches
  WHERE repository_id = $1 AND deployment_id = $2 FOR UPDATE`

const CURRENT = `SELECT ${COLUMNS} FROM seamless.watches WHERE repository_id = $1 AND environment = $2
  ORDER BY superseded, live_at DESC LIMIT 1`

const LIVE = `SELECT ${COLUMNS} FROM seamless.watches
  WHERE repository_id = $1 AND environment = $2 AND phase <> 'ended' AND NOT superseded FOR UPDATE`

const OPEN = `SELECT ${COLUMNS} FROM seamless.watches
  WHERE repository_id = $1 AND phase <> 'ended' ORDER BY live_at`

const OPEN_OF = `SELECT ${COLUMNS} FROM seamless.watches WHERE installation_id = $1 AND phase <> 'ended' FOR UPDATE`

// One that waits for its version or for people looks at nothing, so that it is not bad tells nothing.
const OTHERS = `SELECT environment, bad_at, repository, sha FROM seamless.watches
  WHERE installation_id = $1 AND NOT (repository_id = $2 AND deployment_id = $3)
    AND (phase IN ('watching', 'acting', 'recovering') OR ended_at >= $4 OR (phase = 'held' AND bad_at >= $4))`

const DUE = `SELECT repository_id, deployment_id, installation_id, revision, next_at FROM seamless.watches
  WHERE phase <> 'ended' AND next_at IS NOT NULL AND (repository_id, deployment_id) > ($1, $2)
  ORDER BY repository_id, deployment_id LIMIT $3`

const COUNT = `SELECT phase, count(*) AS count FROM seamless.watches WHERE phase <> 'ended' GROUP BY phase`

const FORGET = `DELETE FROM seamless.watches AS old WHERE phase = 'ended' AND ended_at < $1 AND EXISTS (
  SELECT FROM seamless.watches AS newer WHERE newer.repository_id = old.repository_id
    AND newer.environment = old.environment AND newer.live_at > old.live_at)`

const row = z.object({
  repository_id: z.coerce.number(),
  deployment_id: z.string(),
  installation_id: z.coerce.number(),
  revision: z.coerce.number(),
  body: z.string(),
  history: z.string().nullable(),
})

/** We alone write it; that it is of this version's form is all that can be asked of 100 KB within a millisecond. */
const known = z.looseObject({ schema: z.literal(1), phase: z.string(), environment: z.string() })

function toStored(found: z.infer<typeof row>): StoredWatch {
  const body = known.parse(JSON.parse(found.body)) as unknown as WatchRecord
  const history = found.history === null ? {} : { history: JSON.parse(found.history) as object }
  return {
    repositoryId: found.repository_id,
    deployment: found.deployment_id,
    installationId: found.installation_id,
    revision: found.revision,
    record: { ...body, ...history } as WatchRecord,
  }
}

const toldRow = z.object({ told: z.string().nullable() })

const otherRow = z.object({
  environment: z.string(),
  repository: z.string(),
  sha: z.string(),
  bad_at: z.coerce.number().nullable(),
})

function toOther({ bad_at, ...other }: z.infer<typeof otherRow>): OtherWatch {
  return { ...other, ...(bad_at === null ? {} : { badAtMs: bad_at }) }
}

const dueRow = row
  .pick({ repository_id: true, deployment_id: true, installation_id: true, revision: true })
  .extend({ next_at: z.coerce.number() })

function toDue(found: z.infer<typeof dueRow>): DueWatch {
  return {
    repositoryId: found.repository_id,
    deployment: found.deployment_id,
    installationId: found.installation_id,
    revision: found.revision,
    nextMs: found.next_at,
  }
}

const countRow = z.object({
  phase: z.enum(['awaiting', 'watching', 'acting', 'recovering', 'held', 'ended']),
  count: z.coerce.number(),
})
