import { z } from 'zod'
import type { Engine } from '../engine/engine.ts'
import { deliveries } from '../engine/queues.ts'
import type { Delivery, Inbox } from '../inbox.ts'
import { grouped } from './grouped.ts'
import { packed, unpacked } from './packed-text.ts'
import { recentDeliveries, type RecentDeliveries } from './recent-deliveries.ts'
import type { Sql, Store } from './store.ts'

/** The inbox in the App's database, with what whoever works on its deliveries needs. */
export interface DatabaseInbox extends Inbox {
  /** Those of the deliveries that are not worked off yet, as far as this process knows; `handled` is what decides. */
  read(ids: readonly string[]): Promise<readonly Delivery[]>
  /**
   * They are worked off: remembered by their ids, their payloads dropped. Answers how many had not been: in the transaction that
   * does what a delivery asks for this comes first, and 0 means that somebody else has done it (W06).
   */
  handled(ids: readonly string[], sql?: Sql): Promise<number>
  /** It is given up, and its payload kept: GitHub's *Redeliver* brings it back, as nothing else does. */
  dead(id: string): Promise<void>
  /** Forgets what came in before that time; GitHub redelivers for three days. Answers how many. */
  forget(beforeMs: number): Promise<number>
}

/**
 * A delivery and the job to work on it (queue `deliveries`) are kept in one transaction; those that come in while one is being
 * written are written together in the next.
 */
export function databaseInbox(store: Store, engine: Pick<Engine, 'sendAll' | 'wake'>): DatabaseInbox {
  const write = async (batch: readonly Delivery[]): Promise<readonly ('stored' | 'known')[]> => {
    // By id, so that two replicas with the same two deliveries do not wait for each other crosswise.
    const unique = [...new Map(batch.toReversed().map((delivery) => [delivery.id, delivery])).values()]
    const kept = await store.transaction(async (tx) => keep(unique.sort(byId), { tx, engine }))
    for (const delivery of unique) if (kept.has(delivery.id)) recent.remember(delivery)
    if (kept.size > 0) engine.wake(deliveries)
    return batch.map(({ id }) => (kept.delete(id) ? 'stored' : 'known'))
  }
  const recent = recentDeliveries()
  const read = grouped({ all: async (lists: readonly Ids[]) => readAll(lists, store) })
  const mark = grouped({ all: async (lists: readonly Ids[]) => marked(lists, store) })
  return {
    store: grouped({ all: write, isAboutOne: isDataError, mostRestMs: MOST_REST_MS }),
    async read(ids) {
      const [here, there] = split(ids, recent)
      if (there.length === 0) return here
      return [...here, ...(await read(there))].sort((one, other) => one.receivedAtMs - other.receivedAtMs)
    },
    async handled(ids, sql) {
      if (ids.length === 0) return 0
      for (const id of ids) recent.take(id)
      return sql === undefined ? mark(ids) : sql.run(HANDLED, [ids])
    },
    async dead(id) {
      recent.take(id)
      await store.run(`UPDATE seamless.deliveries SET state = 'dead' WHERE id = $1 AND state = 'stored'`, [
        id,
      ])
    },
    forget: async (beforeMs) =>
      store.run('DELETE FROM seamless.deliveries WHERE received_at < $1', [beforeMs]),
  }
}

/** Of the ten seconds that GitHub waits. */
const MOST_REST_MS = 20

/** Those that this process remembers, and the ids of the others. A second attempt finds them in the database. */
function split(ids: Ids, recent: RecentDeliveries): readonly [readonly Delivery[], Ids] {
  const found = new Map(ids.map((id) => [id, recent.take(id)]))
  const here = [...found.values()].filter((delivery) => delivery !== undefined)
  return [here, ids.filter((id) => found.get(id) === undefined)]
}

function byId(one: Delivery, other: Delivery): number {
  return one.id < other.id ? -1 : 1
}

/** SQLSTATE class 22: a text that no text of PostgreSQL can be. */
function isDataError(error: unknown): boolean {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('22')
}

const keptRow = z.object({ id: z.string(), round: z.number() })

/** Keeps the new ones and those that were given up, with a job for those of each installation. Answers their ids. */
async function keep(
  batch: readonly Delivery[],
  { tx, engine }: { readonly tx: Sql; readonly engine: Pick<Engine, 'sendAll'> },
): Promise<Set<string>> {
  const kept = await tx.rows(keptRow, KEEP, [JSON.stringify(batch.map(toColumns))])
  const rounds = new Map(kept.map(({ id, round }) => [id, round]))
  const tenants = Map.groupBy(
    batch.filter(({ id }) => rounds.has(id)),
    ({ installationId }) => installationId,
  )
  const jobs = [...tenants].map(([tenant, all]) => ({
    id: all.map(({ id }) => `${id}/${rounds.get(id)}`).join(),
    data: { deliveries: all.map(({ id }) => id) },
    tenant,
  }))
  await engine.sendAll(deliveries, jobs, tx)
  return new Set(rounds.keys())
}

const COLUMNS = 'id, event, action, installation_id, repository_id, payload, received_at'

const KEEP = `INSERT INTO seamless.deliveries AS kept (${COLUMNS})
  SELECT ${COLUMNS} FROM json_to_recordset($1) AS came (
    id text, event text, action text, installation_id bigint, repository_id bigint, payload text, received_at bigint)
  ON CONFLICT (id) DO UPDATE
    SET state = 'stored', round = kept.round + 1, payload = excluded.payload, received_at = excluded.received_at
    WHERE kept.state = 'dead'
  RETURNING id, round`

function toColumns(delivery: Delivery): Readonly<Record<string, unknown>> {
  const { id, event, action, installationId, repositoryId, payload, receivedAtMs } = delivery
  return {
    id,
    event,
    action,
    installation_id: installationId,
    repository_id: repositoryId,
    payload: packed(payload),
    received_at: receivedAtMs,
  }
}

const READ = `SELECT ${COLUMNS} FROM seamless.deliveries
  WHERE id = ANY ($1) AND state = 'stored' ORDER BY received_at`

type Ids = readonly string[]

/** What each list asks for; jobs that were claimed together read and mark together. */
async function readAll(lists: readonly Ids[], sql: Sql): Promise<readonly (readonly Delivery[])[]> {
  const found = (await sql.rows(row, READ, [lists.flat()])).map(toDelivery)
  return lists.map((ids) => found.filter(({ id }) => ids.includes(id)))
}

async function marked(lists: readonly Ids[], sql: Sql): Promise<readonly number[]> {
  const rows = await sql.rows(idRow, `${HANDLED} RETURNING id`, [lists.flat()])
  const found = new Set(rows.map(({ id }) => id))
  return lists.map((ids) => ids.filter((id) => found.delete(id)).length)
}

const idRow = z.object({ id: z.string() })

const HANDLED = `UPDATE seamless.deliveries SET state = 'handled', payload = NULL
  WHERE id = ANY ($1) AND state = 'stored'`

const row = z.object({
  id: z.string(),
  event: z.string(),
  action: z.string().nullable(),
  installation_id: z.coerce.number().nullable(),
  repository_id: z.coerce.number().nullable(),
  payload: z.string(),
  received_at: z.coerce.number(),
})

function toDelivery({ action, installation_id, repository_id, ...rest }: z.infer<typeof row>): Delivery {
  return {
    id: rest.id,
    event: rest.event,
    payload: unpacked(rest.payload),
    receivedAtMs: rest.received_at,
    ...(action === null ? {} : { action }),
    ...(installation_id === null ? {} : { installationId: installation_id }),
    ...(repository_id === null ? {} : { repositoryId: repository_id }),
  }
}
