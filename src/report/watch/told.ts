import type { Deployed } from '../../ports/deployments.ts'
import type { Found, WatchRecord } from '../../watch/watch-record.ts'
import { code } from '../markdown.ts'
import { foundOf } from './found-of.ts'
import { type Situation, situationOf } from './situation.ts'

/** A watch at one moment, and what all of its texts say: Markdown, inert. */
export interface Told {
  readonly record: WatchRecord
  readonly nowMs: number
  readonly situation: Situation
  readonly found: Found | undefined
  /** The environment. */
  readonly where: string
  /** The version that is watched. */
  readonly version: string
  /** The version that the environment goes back to, or is back on. */
  readonly back: string | undefined
}

export function toldOf(record: WatchRecord, nowMs: number): Told {
  const to = record.acts.rollback?.ended?.to ?? record.before
  return {
    record,
    nowMs,
    situation: situationOf(record, nowMs),
    found: foundOf(record, nowMs),
    where: code(record.environment, 100),
    version: code(versionName(record.deployment), 100),
    back: to === undefined ? undefined : code(versionName(to), 100),
  }
}

/** The deploying run has judged it at a step of its traffic, and has taken it back or holds it: it never had all users. */
export function isOfRun({ outcome, acts: { rollback }, state }: WatchRecord): boolean {
  if (outcome === undefined) return false
  if (rollback === undefined) return state === undefined
  const { key, begunAtMs, ended } = rollback
  return key === undefined && begunAtMs === outcome.atMs && ended?.atMs === outcome.atMs
}

/** What people call it; a commit's id in short. */
export function versionName({ version, sha }: Deployed): string {
  return version === sha ? sha.slice(0, 12) : version
}

/** A command of this environment, to be copied. */
export function command({ record }: Told, name: string): string {
  return code(`/${name} ${record.environment}`)
}
