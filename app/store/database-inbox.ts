import { z } from 'zod'
import type { Engine } from '../engine/engine.ts'
import { deliveries } from '../engine/queues.ts'
import type { Delivery, Inbox } from '../inbox.ts'
import { groupCommit } from './group-commit.ts'
import type { Sql, Store } from './store.ts'

/** The inbox in the App's database, with what whoever works on its deliveries needs. */
export interface DatabaseInbox extends Inbox {
  /** A delivery that is not worked off yet; nothing where it is, or is unknown. */
  read(id: string, sql?: Sql): Promise<Delivery | undefined>
  /** It is worked off: remembered by its id, its payload dropped. Inside the transaction that did what it asks for. */
  handled(id: string, sql?: Sql): Promise<void>
  /** It is given up, and its payload kept: GitHub's *Redeliver* brings it back, as nothing else does. */
  dead(id: string): Promise<void>
  /** Forgets what came in before that time; GitHub redelivers for three days. Answers how many. */
  forget(beforeMs: number): Promise<number>
}

/**
 * A delivery and the job to work on it (queue `deliveries`) are kept in one transaction; those that come in while one is being
 * written are written together in the next.
 */
export function databaseInbox(store: Store, engine: Pick<Engine, 'sendAll'>): DatabaseInbox {
  const write = async (batch: readonly Delivery[]): Promise<readonly ('stored' | 'known')[]> => {
    // By id, so that two replicas with the same two deliveries do not wait for each other crosswise.
    const unique = [...new Map(batch.toReversed().map((delivery) => [delivery.id, delivery])).values()]
    const kept = await store.transaction(async (tx) => keep(unique.sort(byId), { tx, engine }))
    return batch.map(({ id }) => (kept.delete(id) ? 'stored' : 'known'))
  }
  return {
    store: groupCommit({ write, isAboutOne: isDataError }),
    async read(id, sql = store) {
      const [found] = await sql.rows(row, READ, [id])
      return found === undefined ? undefined : toDelivery(found)
    },
    async handled(id, sql = store) {
      await sql.run(`UPDATE seamless.deliveries SET state = 'handled', payload = NULL WHERE id = $1`, [id])
    },
    async dead(id) {
      await store.run(`UPDATE seamless.deliveries SET state = 'dead' WHERE id = $1 AND state = 'stored'`, [
        id,
      ])
    },
    forget: async (beforeMs) =>
      store.run('DELETE FROM seamless.deliveries WHERE received_at < $1', [beforeMs]),
  }
}

function byId(one: Delivery, other: Delivery): number {
  return one.id < other.id ? -1 : 1
}

/** SQLSTATE class 22: a text that no text of PostgreSQL can be. */
function isDataError(error: unknown): boolean {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('22')
}

const COLUMNS = [
  'id',
  'event',
  'action',
  'installation_id',
  'repository_id',
  'payload',
  'received_at',
] as const

const keptRow = z.object({ id: z.string(), round: z.number() })

/** Keeps the new ones and those that were given up, each with a job. Answers their ids. */
async function keep(
  batch: readonly Delivery[],
  { tx, engine }: { readonly tx: Sql; readonly engine: Pick<Engine, 'sendAll'> },
): Promise<Set<string>> {
  const kept = await tx.rows(keptRow, insertSql(batch.length), batch.flatMap(toValues))
  const tenants = new Map(batch.map(({ id, installationId }) => [id, installationId]))
  const jobs = kept.map(({ id, round }) => {
    const tenant = tenants.get(id)
    return { id: `${id}/${round}`, data: { delivery: id }, ...(tenant === undefined ? {} : { tenant }) }
  })
  await engine.sendAll(deliveries, jobs, tx)
  return new Set(kept.map(({ id }) => id))
}

function insertSql(count: number): string {
  const tuple = (_: unknown, row: number): string =>
    `(${COLUMNS.map((_, column) => `$${row * COLUMNS.length + column + 1}`).join(', ')})`
  return `INSERT INTO seamless.deliveries AS kept (${COLUMNS.join(', ')})
    VALUES ${Array.from({ length: count }, tuple).join(', ')}
    ON CONFLICT (id) DO UPDATE
      SET state = 'stored', round = kept.round + 1, payload = excluded.payload, received_at = excluded.received_at
      WHERE kept.state = 'dead'
    RETURNING id, round`
}

function toValues(delivery: Delivery): readonly unknown[] {
  const { id, event, action, installationId, repositoryId, payload, receivedAtMs } = delivery
  return [id, event, action ?? null, installationId ?? null, repositoryId ?? null, payload, receivedAtMs]
}

const READ = `SELECT ${COLUMNS.join(', ')} FROM seamless.deliveries WHERE id = $1 AND state = 'stored'`

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
    payload: rest.payload,
    receivedAtMs: rest.received_at,
    ...(action === null ? {} : { action }),
    ...(installation_id === null ? {} : { installationId: installation_id }),
    ...(repository_id === null ? {} : { repositoryId: repository_id }),
  }
}
