import type { NewestDeployment } from '../../ports/deployments.ts'
import type { VerdictCounts, WatchStanding } from '../../ports/watches.ts'
import { elapsed } from '../../report/headline.ts'
import { cell } from '../../report/markdown.ts'
import type { AutoRevert } from '../../revert/auto-revert.ts'
import type { Breaker } from '../../revert/breaker.ts'
import type { LockRead } from '../claim.ts'
import type { QueuedCommand } from '../command-ports.ts'
import { pageLink, utc } from '../lock-text.ts'
import type { Operation } from '../operation-lock.ts'
import { breakerText, switchText } from './auto-revert.ts'

export interface EnvironmentStatus {
  readonly name: string
  readonly newest: NewestDeployment | undefined
  readonly lock: LockRead
  readonly breaker: Breaker
  /** The newest watch of the App. */
  readonly watch?: WatchStanding
}

export interface RepositoryStatus {
  readonly environments: readonly EnvironmentStatus[]
  readonly queue: readonly QueuedCommand[]
  readonly autoRevert: AutoRevert
  /** How verdicts turned out; absent where there is no server that keeps them. */
  readonly counts?: VerdictCounts
}

/** The answer to `/status`. */
export function statusText(status: RepositoryStatus, nowMs: number): string {
  const { environments, queue } = status
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
  return [
    ...table,
    ...watchTable(environments, nowMs),
    ...(waiting.length === 0 ? [] : queued),
    ...switches(status),
  ].join('\n')
}

function watchTable(environments: readonly EnvironmentStatus[], nowMs: number): readonly string[] {
  const rows = environments.flatMap(({ name, watch }) => {
    if (watch === undefined) return []
    const { deployment, line, endsMs } = watch
    const until = endsMs === undefined ? '' : untilText(endsMs, nowMs)
    return [
      `| ${cell(name)} | ${cell(deployment.version)} | ${watchState(watch)} | ${cell(line, 300)} | ${until} |`,
    ]
  })
  if (rows.length === 0) return []
  return ['', '| watched | version | state | how it looks | decided |', '|---|---|---|---|---|', ...rows]
}

function watchState({ state, paused, verdict }: WatchStanding): string {
  const found = verdict === undefined ? '' : `, ${verdict}`
  if (state === 'ended') return `ended${found}`
  if (paused) return `⏸️ paused${found}`
  return state === 'held' ? `✋ held${found}` : `👀 ${verdict === undefined ? 'watched' : `decided${found}`}`
}

function untilText(endsMs: number, nowMs: number): string {
  const left = endsMs <= nowMs ? 'any moment' : `in ${elapsed(endsMs - nowMs)}`
  return `${utc(endsMs)} (${left})`
}

/** What keeps reverts by itself on or off, and how right they were. */
function switches({ environments, autoRevert, counts }: RepositoryStatus): readonly string[] {
  const breakers = environments.flatMap(({ name, breaker }) => breakerText(name, breaker) ?? [])
  const lines = [`Automatic reverts: ${switchText(autoRevert)}`, ...breakers, ...countsLine(counts)]
  return lines.flatMap((line) => ['', line])
}

function countsLine(counts: VerdictCounts | undefined): readonly string[] {
  if (counts === undefined) return []
  const { right, wrong, missed, open } = counts
  if (right + wrong + missed + open === 0) return []
  return [
    `Of what was taken back, ${right} turned out right and ${wrong} wrong; of what was promoted, people reverted ${missed}; of ${open} nobody knows yet.`,
  ]
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
  const forPull = pull === undefined ? '' : ` for #${pull}`
  return `${what}${forPull} by ${cell(by.login)} since ${utc(sinceMs)}${page}`
}

function verb(kind: Operation['kind'], dirty: string | undefined): string {
  if (dirty !== undefined) return '🚨 half done:'
  return kind === 'deploy' ? 'deploys' : 'rolls back to'
}
