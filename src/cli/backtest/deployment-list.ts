import { z } from 'zod'
import { UsageError } from '../../errors.ts'
import type { PastDeployment } from '../../ports/deployments.ts'

/** A deployment to judge, as somebody listed it or the record has it. */
export interface ListedDeployment {
  readonly atMs: number
  readonly version: string
  /** What it replaced; undefined where nobody knows: then it is compared with nothing. */
  readonly previous: string | undefined
  /** What was live from then on: another version where this one was taken back. */
  readonly live: string
  readonly sha?: string
}

/** The zone is asked for: without it the same list would mean other moments on another machine. */
const moment = z.iso.datetime({ offset: true })
const LINE = /^(\S+)\s+(\S+)(?:\s+(\S+))?$/

/**
 * A list of deployments, a line each: `2026-11-02T09:30:00Z 1.4.0`, and behind it the version that it replaced where that
 * was not the one of the deployment before. Empty lines and those that begin with # do not count. Oldest first.
 * Error: `UsageError` that names the line.
 */
export function parseDeployments(text: string, file: string, nowMs: number): readonly ListedDeployment[] {
  const listed = text.split('\n').flatMap((line, index) => {
    const trimmed = line.trim()
    if (trimmed === '' || trimmed.startsWith('#')) return []
    const [, time = '', version, previous] = LINE.exec(trimmed) ?? []
    const where = `${file}:${index + 1}`
    if (version === undefined || !moment.safeParse(time).success) throw malformed(where, trimmed)
    const atMs = Date.parse(time)
    if (atMs > nowMs) throw new UsageError(`${where} is in the future: ${time}.`)
    return [{ atMs, version, previous }]
  })
  if (listed.length === 0) throw new UsageError(`${file} lists no deployment.`)
  const sorted = listed.toSorted((a, b) => a.atMs - b.atMs)
  return sorted.map((one, index) => ({
    ...one,
    previous: one.previous ?? sorted[index - 1]?.version,
    live: sorted[index + 1]?.previous ?? one.version,
  }))
}

/** Those on record, oldest first, at most `most`; an older one still says what the first of them replaced. */
export function listRecorded(newestFirst: readonly PastDeployment[], most: number): ListedDeployment[] {
  const past = newestFirst.toReversed()
  const listed = past.map(({ atMs, version, sha }, index) => {
    const until = past.slice(0, index + 1)
    const live = until.findLast(({ verdict }) => verdict !== 'unhealthy')?.version ?? version
    return { atMs, version, sha, previous: replacedBy(past.slice(0, index)), live }
  })
  return listed.slice(-most)
}

/** As a run has it: the last healthy version; where none is known to be, the last that was not taken back. */
function replacedBy(earlier: readonly PastDeployment[]): string | undefined {
  const healthy = earlier.findLast(({ verdict }) => verdict === 'healthy')
  return (healthy ?? earlier.findLast(({ verdict }) => verdict !== 'unhealthy'))?.version
}

function malformed(where: string, line: string): UsageError {
  const written = JSON.stringify(line.slice(0, 80))
  return new UsageError(
    `${where} must be a time with its zone and a version, such as "2026-11-02T09:30:00Z 1.4.0", not ${written}.`,
  )
}
