import type { NewestDeployment } from '../../ports/deployments.ts'
import { elapsed } from '../../report/headline.ts'
import { cell } from '../../report/markdown.ts'
import type { LockRead } from '../claim.ts'
import type { QueuedCommand } from '../command-ports.ts'
import { pageLink, utc } from '../lock-text.ts'
import type { Operation } from '../operation-lock.ts'

export interface EnvironmentStatus {
  readonly name: string
  readonly newest: NewestDeployment | undefined
  readonly lock: LockRead
}

/** The answer to `/status`. */
export function statusText(
  environments: readonly EnvironmentStatus[],
  queue: readonly QueuedCommand[],
  nowMs: number,
): string {
  const rows = environments.map(
    ({ name, newest, lock }) =>
      `| ${cell(name)} | ${versionText(newest)} | ${stateText(newest)} | ${lockText(lock)} | ${workText(lock)} |`,
  )
  const table = ['| environment | version | state | locked | under way |', '|---|---|---|---|---|', ...rows]
  const waiting = queue.map(
    ({ pull, command, sinceMs }) =>
      `| #${pull} | ${cell(command)} | ${elapsed(Math.max(0, nowMs - sinceMs))} |`,
  )
  const queued = ['', '| waiting | command | since |', '|---|---|---|', ...waiting]
  return [...table, ...(waiting.length === 0 ? [] : queued)].join('\n')
}

function versionText(newest: NewestDeployment | undefined): string {
  if (newest === undefined) return 'none yet'
  const { version, sha } = newest
  return sha.startsWith(version) ? cell(version) : `${cell(version)} (${cell(sha.slice(0, 12))})`
}

const STATES: Readonly<Record<NewestDeployment['state'], string>> = {
  success: 'live',
  in_progress: 'being deployed',
  failure: 'not taken up, or taken back',
  error: 'half done',
  inactive: 'not live',
  unknown: 'begun',
}

function stateText(newest: NewestDeployment | undefined): string {
  if (newest === undefined) return ''
  return newest.verdict === undefined ? STATES[newest.state] : `${STATES[newest.state]}, ${newest.verdict}`
}

function lockText(lock: LockRead): string {
  if (lock.kind === 'unreadable') return '⚠️ unreadable'
  const hold = lock.lock?.hold
  if (hold === undefined) return ''
  const why = hold.reason === undefined ? '' : `: ${cell(hold.reason)}`
  return `🔒 #${hold.pull} by ${cell(hold.by.login)} since ${utc(hold.sinceMs)}${why}`
}

function workText(lock: LockRead): string {
  const operation = lock.kind === 'lock' ? lock.lock?.operation : undefined
  if (operation === undefined) return ''
  const { kind, sha, pull, by, sinceMs, run, dirty } = operation
  const what = `${verb(kind, dirty)} ${cell(sha.slice(0, 12))}`
  const page = run === undefined ? '' : `, ${pageLink('run', run.url)}`
  return `${what} for #${pull} by ${cell(by.login)} since ${utc(sinceMs)}${page}`
}

function verb(kind: Operation['kind'], dirty: string | undefined): string {
  if (dirty !== undefined) return '🚨 half done:'
  return kind === 'deploy' ? 'deploys' : 'rolls back to'
}
