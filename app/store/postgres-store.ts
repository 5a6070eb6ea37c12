import { Pool, type PoolClient } from 'pg'
import type { z } from 'zod'
import type { Sql, Store, StorePorts } from './store.ts'

/** A store on PostgreSQL; its engine has connections of its own to the same database. */
export interface PostgresStore extends Store {
  readonly home: 'postgres'
  readonly databaseUrl: string
}

const CONNECTIONS = 8

/** GitHub waits ten seconds for an answer to a delivery: by then it must have been told that the database is away. */
const MOST_MS = 7000

export function openPostgres(databaseUrl: string, { log }: StorePorts): PostgresStore {
  const pool = new Pool({
    connectionString: databaseUrl,
    application_name: 'seamless',
    max: CONNECTIONS,
    connectionTimeoutMillis: MOST_MS,
    // For a server that took the statement and then stands still; the server itself gives it up too.
    query_timeout: MOST_MS,
    statement_timeout: MOST_MS,
    idle_in_transaction_session_timeout: MOST_MS,
  })
  // An idle connection that breaks is replaced by the pool; unheard, the event would end the process.
  pool.on('error', (error) => log.warning(`a connection to the database broke: ${error.message}`))
  let closing: Promise<void> | undefined
  return {
    home: 'postgres',
    databaseUrl,
    ...statements(pool),
    transaction: async (body) => inTransaction(pool, body),
    async ping() {
      await pool.query('SELECT 1')
    },
    close: async () => (closing ??= pool.end()),
  }
}

async function inTransaction<Result>(pool: Pool, body: (tx: Sql) => Promise<Result>): Promise<Result> {
  const client = await pool.connect()
  // A connection that breaks between two statements says so by an event; the next statement rejects.
  client.on('error', ignore)
  let broken: Error | undefined
  try {
    await client.query('BEGIN')
    const result = await body(statements(client))
    await client.query('COMMIT')
    return result
  } catch (error) {
    broken = await rollBack(client)
    throw error
  } finally {
    client.off('error', ignore)
    client.release(broken)
  }
}

function ignore(): void {}

/** Answers why the connection is of no further use, or nothing. */
async function rollBack(client: PoolClient): Promise<Error | undefined> {
  try {
    await client.query('ROLLBACK')
    return undefined
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  }
}

function statements(on: Pool | PoolClient): Sql {
  return {
    async rows<Row>(row: z.ZodType<Row>, text: string, values: readonly unknown[] = []) {
      const { rows } = await on.query<Record<string, unknown>>(text, [...values])
      return rows.map((found) => row.parse(found))
    },
    async run(text, values) {
      const { rowCount } = await on.query(text, values === undefined ? undefined : [...values])
      return rowCount ?? 0
    },
  }
}
