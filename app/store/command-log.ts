import { z } from 'zod'
import type { Sql } from './store.ts'

/** What was asked, whatever delivery told it: of these three there is one row, and it is worked on once. */
export interface CommandKey {
  readonly repositoryId: number
  readonly commentId: number
  /** The command as it was written, e.g. `/deploy production`: what an edit or a second parser may not turn into another one. */
  readonly command: string
}

export interface NewCommand extends CommandKey {
  readonly installationId: number
  readonly pull: number
  readonly queuedAtMs: number
}

export interface LoggedCommand extends NewCommand {
  readonly state: 'queued' | 'running' | 'ended'
  /** The reason code of its end. */
  readonly reason?: string
  readonly startedAtMs?: number
  readonly endedAtMs?: number
}

/** Every command that was ever taken, for "once" and for `/status`. Give it a transaction to make it part of that. */
export interface CommandLog {
  /** `known`: somebody took it before; whoever asks now does nothing. */
  take(command: NewCommand): Promise<'new' | 'known'>
  /** `ended`: there is nothing more to do. Otherwise it is `running`, again where a worker before us died. */
  start(key: CommandKey, atMs: number): Promise<'running' | 'ended'>
  /** Only the first end counts. */
  end(key: CommandKey, reason: string, atMs: number): Promise<'ended' | 'known'>
  /** The pull request that a comment with a command was written on. */
  pullOf(repositoryId: number, commentId: number): Promise<number | undefined>
  /** Those of a repository that have not ended, oldest first. */
  open(repositoryId: number): Promise<readonly LoggedCommand[]>
}

export function commandLog(sql: Sql): CommandLog {
  const change = async (text: string, key: CommandKey, ...values: unknown[]): Promise<boolean> =>
    (await sql.run(text, [key.repositoryId, key.commentId, key.command, ...values])) === 1
  return {
    async take(command) {
      const { installationId, pull, queuedAtMs } = command
      return (await change(TAKE, command, installationId, pull, queuedAtMs)) ? 'new' : 'known'
    },
    async start(key, atMs) {
      return (await change(START, key, atMs)) ? 'running' : 'ended'
    },
    async end(key, reason, atMs) {
      return (await change(END, key, reason, atMs)) ? 'ended' : 'known'
    },
    async pullOf(repositoryId, commentId) {
      const [found] = await sql.rows(pullRow, PULL, [repositoryId, commentId])
      return found?.pull
    },
    async open(repositoryId) {
      const open = await sql.rows(row, OPEN, [repositoryId])
      return open.map(toLoggedCommand)
    },
  }
}

const TAKE = `INSERT INTO seamless.commands
  (repository_id, comment_id, command, installation_id, pull, queued_at) VALUES ($1, $2, $3, $4, $5, $6)
  ON CONFLICT DO NOTHING`

const THIS_ONE = `repository_id = $1 AND comment_id = $2 AND command = $3 AND state <> 'ended'`

const START = `UPDATE seamless.commands SET state = 'running', started_at = coalesce(started_at, $4) WHERE ${THIS_ONE}`

const END = `UPDATE seamless.commands SET state = 'ended', reason = $4, ended_at = $5 WHERE ${THIS_ONE}`

const PULL = `SELECT pull FROM seamless.commands WHERE repository_id = $1 AND comment_id = $2 LIMIT 1`

const pullRow = z.object({ pull: z.number() })

const OPEN = `SELECT * FROM seamless.commands WHERE repository_id = $1 AND state <> 'ended' ORDER BY queued_at, comment_id`

const row = z.object({
  repository_id: z.coerce.number(),
  comment_id: z.coerce.number(),
  command: z.string(),
  installation_id: z.coerce.number(),
  pull: z.number(),
  state: z.enum(['queued', 'running', 'ended']),
  reason: z.string().nullable(),
  queued_at: z.coerce.number(),
  started_at: z.coerce.number().nullable(),
  ended_at: z.coerce.number().nullable(),
})

function toLoggedCommand(found: z.infer<typeof row>): LoggedCommand {
  const { reason, started_at, ended_at } = found
  return {
    repositoryId: found.repository_id,
    commentId: found.comment_id,
    command: found.command,
    installationId: found.installation_id,
    pull: found.pull,
    state: found.state,
    queuedAtMs: found.queued_at,
    ...(reason === null ? {} : { reason }),
    ...(started_at === null ? {} : { startedAtMs: started_at }),
    ...(ended_at === null ? {} : { endedAtMs: ended_at }),
  }
}
