import type { HeadChange } from '../../src/ports/pull-facts.ts'
import { z } from 'zod'
import type { Sql } from './store.ts'

/** One change of a pull request's head, as a delivery told it. */
export interface NotedHeadChange extends HeadChange {
  readonly pull: number
  /** When the delivery came in (ms), by our clock. */
  readonly receivedAtMs: number
}

/** When each commit became the head of each pull request of one repository, by the deliveries that told us. */
export interface HeadLedger {
  /** Once per pull request, commit and GitHub's time; a second time keeps the first one's time of receipt. */
  note(change: NotedHeadChange): Promise<void>
  /** Those that are known, oldest first; none is not "it never changed". */
  heads(pull: number): Promise<readonly HeadChange[]>
}

const row = z.object({
  sha: z.string(),
  github_at: z.coerce.number(),
  received_at: z.coerce.number(),
  by_id: z.coerce.number().nullable(),
  by_login: z.string().nullable(),
})

export function headLedger(sql: Sql, repositoryId: number): HeadLedger {
  return {
    async note({ pull, sha, atMs, receivedAtMs, by }) {
      await sql.run(
        `INSERT INTO seamless.head_changes (repository_id, pull, sha, github_at, received_at, by_id, by_login)
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING`,
        [repositoryId, pull, sha, atMs, receivedAtMs, by?.id ?? null, by?.login ?? null],
      )
    },
    async heads(pull) {
      const changes = await sql.rows(
        row,
        `SELECT sha, github_at, received_at, by_id, by_login FROM seamless.head_changes
         WHERE repository_id = $1 AND pull = $2 ORDER BY github_at, received_at`,
        [repositoryId, pull],
      )
      return changes.map(toHeadChange)
    },
  }
}

function toHeadChange({ sha, github_at, received_at, by_id, by_login }: z.infer<typeof row>): HeadChange {
  return {
    sha,
    atMs: github_at,
    receivedAtMs: received_at,
    ...(by_id === null || by_login === null ? {} : { by: { id: by_id, login: by_login } }),
  }
}
