import type { Decision } from '../upgrade/reason.ts'
import type { Upgrade } from '../upgrade/receipt.ts'

const words: Record<Decision, string> = {
  promoted: 'Promoted',
  completed: 'Done',
  planned: 'Planned',
  nothing_to_do: 'Nothing to do',
  held: 'Held',
  rolled_back: 'Rolled back',
  cancelled: 'Cancelled',
  failed: 'Failed',
}

/** What happened, in a few words: `Promoted: 1.4.0 → 1.5.0 in production`. */
export function headline({ decision, base, candidate, environments, operation }: Upgrade): string {
  const word = decision === undefined ? 'Going on' : words[decision]
  const to = candidate?.name ?? 'a version that is not made yet'
  const from = base === undefined || base.name === to ? '' : `${base.name} → `
  const where = environments.map(({ name }) => name).join(', ')
  const what = operation === 'rollback' ? `${to} → ${base?.name ?? ''}` : `${from}${to}`
  return `${word}: ${what}${where === '' ? '' : ` in ${where}`}`
}

/** The requests that failed or were slow because of the upgrade, of all watched; nothing where no comparison can tell. */
export function noticedBy(
  upgrade: Upgrade,
): { line: string; requests: number; upper: number; watched: number } | undefined {
  const reports = upgrade.environments.flatMap(({ judged }) => judged.slice(-1))
  const noticed = reports.flatMap((report) => (report.noticed === undefined ? [] : [report.noticed]))
  if (noticed.length === 0) return undefined
  const sum = (key: 'requests' | 'upper' | 'watched'): number =>
    noticed.reduce((total, one) => total + one[key], 0)
  const [requests, upper, watched] = [sum('requests'), sum('upper'), sum('watched')]
  const total = { requests, upper, watched }
  return { line: noticedLine(total), ...total }
}

/** `noticed by 19 of 8 312 requests, at most 42`. */
export function noticedLine(noticed: { requests: number; upper: number; watched: number }): string {
  return `noticed by ${count(noticed.requests)} of ${count(noticed.watched)} requests, at most ${count(noticed.upper)}`
}

/** `48 210`, with a thin gap that no line break takes. */
export function count(number: number): string {
  return String(Math.round(number)).replaceAll(/\B(?=(\d{3})+$)/g, '\u202F')
}

export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/** `1 commit`, `2 commits`. */
export function plural(number: number, noun: string): string {
  return `${count(number)} ${noun}${number === 1 ? '' : 's'}`
}

/** `350 ms`, `12 s`, `2 min 15 s`, `3 h 5 min`. */
export function elapsed(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`
  const seconds = Math.round(ms / 1000)
  if (seconds < 60) return ms < 10_000 ? `${(ms / 1000).toFixed(1)} s` : `${seconds} s`
  if (seconds < 3600)
    return `${Math.floor(seconds / 60)} min${seconds % 60 === 0 ? '' : ` ${seconds % 60} s`}`
  return `${Math.floor(seconds / 3600)} h${seconds % 3600 < 60 ? '' : ` ${Math.floor((seconds % 3600) / 60)} min`}`
}
