import { z } from 'zod'
import type { RecordRead, Records } from '../../src/ports/records.ts'
import type { Sql } from './store.ts'

/**
 * The records of one repository in the App's database. A revision is a number that no other write ever gets, so a record that
 * was removed and made anew is not taken for the old one.
 */
export function databaseRecords(sql: Sql, repositoryId: number): Records {
  const rows = async (text: string, ...values: readonly unknown[]): Promise<readonly Row[]> =>
    sql.rows(row, text, [repositoryId, ...values])
  const read = (found: Row): RecordRead => toRead(found, repositoryId)
  return {
    async read(key) {
      const [found] = await rows(READ, key)
      return found === undefined ? { kind: 'absent' } : read(found)
    },
    async write(key, value, revision) {
      const text = JSON.stringify(value)
      const [written] =
        revision === undefined ? await rows(INSERT, key, text) : await rows(UPDATE, key, text, revision)
      if (written === undefined) return { kind: 'conflict' }
      return { kind: 'written', record: { key, value, revision: written.revision } }
    },
    async remove(key, revision) {
      const removed = await sql.run(REMOVE, [repositoryId, key, revision])
      return removed === 1 ? 'removed' : 'conflict'
    },
    async list(prefix) {
      const found = await rows(LIST, prefix)
      return found.map(read)
    },
  }
}

const row = z.object({ key: z.string(), value: z.string(), revision: z.coerce.string() })
type Row = z.infer<typeof row>

const COLUMNS = 'key, value, revision'

const READ = `SELECT ${COLUMNS} FROM seamless.records WHERE repository_id = $1 AND key = $2`

const LIST = `SELECT ${COLUMNS} FROM seamless.records
  WHERE repository_id = $1 AND starts_with(key, $2) ORDER BY key`

const INSERT = `INSERT INTO seamless.records (repository_id, key, value) VALUES ($1, $2, $3)
  ON CONFLICT DO NOTHING RETURNING ${COLUMNS}`

// The revision is compared as text: one that is no number is nobody's, not an error.
const UPDATE = `UPDATE seamless.records SET value = $3, revision = nextval('seamless.revisions')
  WHERE repository_id = $1 AND key = $2 AND revision::text = $4 RETURNING ${COLUMNS}`

const REMOVE = `DELETE FROM seamless.records WHERE repository_id = $1 AND key = $2 AND revision::text = $3`

/** Somebody may have written to the table by hand: what is no JSON blocks, and says where it is. */
function toRead({ key, value, revision }: Row, repositoryId: number): RecordRead {
  try {
    const parsed: unknown = JSON.parse(value)
    return { kind: 'found', record: { key, value: parsed, revision } }
  } catch {
    return {
      kind: 'unreadable',
      why: 'its value is no JSON',
      where: `table seamless.records, repository_id ${repositoryId}, key ${key}`,
    }
  }
}
