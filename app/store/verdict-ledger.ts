import { z } from 'zod'
import { labelByAge, LABELLED_WITHIN_MS } from '../../src/watch/label-verdict.ts'
import { type Labellable, verdictLabels, type VerdictLedger } from '../../src/watch/verdict-ledger.ts'
import type { Sql } from './store.ts'

/** Whose verdicts: a repository's, by GitHub's numbers. */
export interface LedgerOf {
  readonly repositoryId: number
  readonly installationId: number
}

export function verdictLedger(sql: Sql, { repositoryId, installationId }: LedgerOf): VerdictLedger {
  return {
    async note(entry) {
      const { deployment, environment, sha, verdict, reason, acted, pull, revertPull, atMs } = entry
      const values = [deployment, installationId, environment, sha, verdict, reason, acted]
      await sql.run(NOTE, [repositoryId, ...values, pull ?? null, revertPull ?? null, atMs])
    },
    async unlabelled(sinceMs) {
      const found = await sql.rows(row, UNLABELLED, [repositoryId, sinceMs])
      return found.map(toLabellable)
    },
    async label(deployment, label, atMs) {
      const written = await sql.run(LABEL, [repositoryId, deployment, label, atMs])
      return written === 1 ? 'written' : 'known'
    },
    async counts() {
      const found = await sql.rows(counted, `${COUNT} AND repository_id = $1 GROUP BY 1`, [repositoryId])
      const of = (label: string): number => found.find((one) => one.label === label)?.verdicts ?? 0
      return { right: of('right'), wrong: of('wrong'), missed: of('missed'), open: of('open') }
    },
  }
}

/** All installations' verdicts by label, `open` being those taken back that nobody knows of yet: for the metrics. */
export async function countLabels(sql: Sql): Promise<ReadonlyMap<(typeof countedLabels)[number], number>> {
  const found = await sql.rows(counted, `${COUNT} GROUP BY 1`)
  return new Map(
    countedLabels.map((name) => [name, found.find(({ label }) => label === name)?.verdicts ?? 0]),
  )
}

export const countedLabels = [...verdictLabels, 'open'] as const

/**
 * Labels what nothing came of for so long: a change that was taken back and never landed again, a revert that nobody merged.
 * Of all repositories, once a day. Answers how many.
 */
export async function labelAbandoned(sql: Sql, nowMs: number): Promise<number> {
  const found = await sql.rows(abandoned, ABANDONED, [nowMs - LABELLED_WITHIN_MS])
  let labelled = 0
  for (const { repository_id, deployment_id, acted, at } of found) {
    const label = labelByAge({ acted, atMs: at }, nowMs)
    if (label !== undefined) labelled += await sql.run(LABEL, [repository_id, deployment_id, label, nowMs])
  }
  return labelled
}

const acted = z.enum(['promoted', 'merged', 'proposed', 'nothing'])

const row = z.object({
  deployment_id: z.string(),
  environment: z.string(),
  sha: z.string(),
  verdict: z.enum(['healthy', 'unhealthy', 'inconclusive']),
  reason: z.string(),
  acted,
  pull: z.coerce.number(),
  revert_pull: z.coerce.number().nullable(),
  at: z.coerce.number(),
})

function toLabellable(found: z.infer<typeof row>): Labellable {
  const { deployment_id: deployment, environment, sha, verdict, reason, acted, pull, revert_pull, at } = found
  const revert = revert_pull === null ? {} : { revertPull: revert_pull }
  return { deployment, environment, sha, verdict, reason, acted, pull, ...revert, atMs: at }
}

const counted = z.object({ label: z.enum(countedLabels), verdicts: z.coerce.number() })

const abandoned = z.object({
  repository_id: z.coerce.number(),
  deployment_id: z.string(),
  acted,
  at: z.coerce.number(),
})

const NOTE = `INSERT INTO seamless.verdicts
    (repository_id, deployment_id, installation_id, environment, sha, verdict, reason, acted, pull, revert_pull, at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
  ON CONFLICT (repository_id, deployment_id) DO UPDATE SET
    installation_id = EXCLUDED.installation_id, environment = EXCLUDED.environment, sha = EXCLUDED.sha,
    verdict = EXCLUDED.verdict, reason = EXCLUDED.reason, acted = EXCLUDED.acted, pull = EXCLUDED.pull,
    revert_pull = EXCLUDED.revert_pull, at = EXCLUDED.at,
    label = CASE WHEN verdicts.verdict = EXCLUDED.verdict THEN verdicts.label END,
    labelled_at = CASE WHEN verdicts.verdict = EXCLUDED.verdict THEN verdicts.labelled_at END`

const UNLABELLED = `SELECT deployment_id, environment, sha, verdict, reason, acted, pull, revert_pull, at
  FROM seamless.verdicts
  WHERE repository_id = $1 AND at >= $2 AND label IS NULL AND acted <> 'nothing' AND pull IS NOT NULL
  ORDER BY at DESC, deployment_id`

// The first label stays: what is known by then was written down for good, whoever comes second.
const LABEL = `UPDATE seamless.verdicts SET label = $3, labelled_at = $4
  WHERE repository_id = $1 AND deployment_id = $2 AND label IS NULL`

const COUNT = `SELECT coalesce(label, 'open') AS label, count(*) AS verdicts FROM seamless.verdicts
  WHERE (label IS NOT NULL OR acted IN ('merged', 'proposed'))`

const ABANDONED = `SELECT repository_id, deployment_id, acted, at FROM seamless.verdicts
  WHERE label IS NULL AND acted IN ('merged', 'proposed') AND at <= $1`
