import { z } from 'zod'
import type { RecordRead, Records, StoredRecord } from '../../src/ports/records.ts'
import type { Sql } from './store.ts'

const row = z.object({ key: z.string(), value: z.unknown(), revision: z.coerce.string() })

/**
 * The records of one repository in the App's database. A revision is a number that no other write ever gets, so a record that
 * was removed and made anew is not taken for the old one.
 */
export function databaseRecords(sql: Sql, repositoryId: number): Records {
  const one = async (text: string, values: readonly unknown[]): Promise<StoredRecord | undefined> => {
    const [found] = await sql.rows(row, text, [repositoryId, ...values])
    return found
  }
  return {
    async read(key) {
      const record = await one(
        `SELECT ${COLUMNS} FROM seamless.records WHERE repository_id = $1 AND key = $2`,
        [key],
      )
      return record === undefined ? { kind: 'absent' } : { kind: 'found', record }
    },
    async write(key, value, revision) {
      const record = await one(revision === undefined ? INSERT : UPDATE, [
        key,
        JSON.stringify(value),
        ...(revision === undefined ? [] : [revision]),
      ])
      return record === undefined ? { kind: 'conflict' } : { kind: 'written', record }
    },
    async remove(key, revision) {
      const removed = await sql.run(
        'DELETE FROM seamless.records WHERE repository_id = $1 AND key = $2 AND revision::text = $3',
        [repositoryId, key, revision],
      )
      return removed === 1 ? 'removed' : 'conflict'
    },
    async list(prefix) {
      const records = await sql.rows(
        row,
        `SELECT ${COLUMNS} FROM seamless.records WHERE repository_id = $1 AND starts_with(key, $2) ORDER BY key`,
        [repositoryId, prefix],
      )
      return records.map((record): RecordRead => ({ kind: 'found', record }))
    },
  }
}

const COLUMNS = 'key, value, revision'

const INSERT = `INSERT INTO seamless.records (repository_id, key, value) VALUES ($1, $2, $3)
  ON CONFLICT DO NOTHING RETURNING ${COLUMNS}`

// The revision is compared as text: one that is no number is nobody's, not an error.
const UPDATE = `UPDATE seamless.records SET value = $3, revision = nextval('seamless.revisions')
  WHERE repository_id = $1 AND key = $2 AND revision::text = $4 RETURNING ${COLUMNS}`
