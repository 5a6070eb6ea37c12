import { z } from 'zod'
import { UsageError } from '../../src/errors.ts'
import { MIGRATIONS } from './migrations.ts'
import type { Sql, Store } from './store.ts'

/** The database was brought to a form that this version does not know. */
export class DatabaseTooNew extends UsageError {}

/** Any number, ours for ever: replicas that start together wait for each other here. `CREATE … IF NOT EXISTS` alone races. */
const LOCK = 7_326_243_466

/** Brings our own tables to this version's form: all steps that are missing, or none. */
export async function migrate(store: Store): Promise<void> {
  await store.transaction(async (tx) => {
    await tx.rows(z.unknown(), 'SELECT pg_advisory_xact_lock($1)', [LOCK])
    await tx.run(
      'CREATE SCHEMA IF NOT EXISTS seamless; CREATE TABLE IF NOT EXISTS seamless.migrations (id integer PRIMARY KEY)',
    )
    const done = new Set(await applied(tx))
    refuseLater(done)
    for (const { id, sql } of MIGRATIONS.filter(({ id }) => !done.has(id))) {
      await tx.run(sql)
      await tx.run('INSERT INTO seamless.migrations (id) VALUES ($1)', [id])
    }
  })
}

async function applied(tx: Sql): Promise<readonly number[]> {
  const rows = await tx.rows(z.object({ id: z.number() }), 'SELECT id FROM seamless.migrations')
  return rows.map(({ id }) => id)
}

function refuseLater(done: ReadonlySet<number>): void {
  const known = new Set(MIGRATIONS.map(({ id }) => id))
  const later = [...done].filter((id) => !known.has(id))
  if (later.length === 0) return
  throw new DatabaseTooNew(
    `The database was brought to form ${later.join(', ')} by a later version of Seamless; this one knows ${MIGRATIONS.length}. ` +
      'Start that version again, or restore the database from before it.',
  )
}
