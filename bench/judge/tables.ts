import type { Cost } from './cost.ts'
import type { Delay, Detection } from './degradations.ts'
import type { HealthyCell } from './healthy.ts'
import type { NabResult } from './nab.ts'
import { atEdge, type Cell } from './null-models.ts'
import type { Mode, NoiseKind } from './service.ts'

const modeNames: Readonly<Record<Mode, string>> = { before_after: 'before/after', concurrent: '20 % canary' }
const noiseNames: Readonly<Record<NoiseKind, string>> = {
  poisson: 'Poisson',
  gamma: 'gamma-Poisson',
  ar1: 'autocorrelated',
  drift: 'daily drift',
  bursts: 'bursts',
}

/** Per contestant: the worst cell and the mean over all, in per cent of unchanged watches taken back. */
export function worstTable(cells: readonly Cell[]): string {
  const names = [...new Set(cells.flatMap(({ reverted }) => Object.keys(reverted)))]
  const lines = names.map((name) => {
    const mine = cells.filter(({ reverted, check }) => name in reverted && isAlone(check))
    const share = (cell: Cell): number => (cell.reverted[name] ?? 0) / cell.watches
    const worst = mine.reduce((one, other) => (share(other) > share(one) ? other : one))
    const mean = mine.reduce((sum, cell) => sum + share(cell), 0) / mine.length
    return [name, percent(share(worst)), describe(worst), percent(mean), String(mine.length)]
  })
  return table(['', 'worst cell', 'which', 'mean', 'cells'], lines)
}

/** Seamless by noise and mode: the worst rate over rates and checks; four checks together. */
export function noiseTable(cells: readonly Cell[]): string {
  const lines = (Object.keys(noiseNames) as NoiseKind[]).flatMap((noise) =>
    (Object.keys(modeNames) as Mode[]).map((mode) => {
      const mine = cells.filter((cell) => cell.noise === noise && cell.mode === mode)
      const alone = mine.filter(({ check }) => isAlone(check))
      const edge = mine.filter(({ check }) => check.startsWith(atEdge))
      const four = mine.filter(({ check }) => check === 'all four')
      const worst = (of: readonly Cell[]): string =>
        percent(Math.max(...of.map((cell) => (cell.reverted['Seamless'] ?? 0) / cell.watches)))
      const pooled =
        alone.reduce((sum, cell) => sum + (cell.reverted['Seamless'] ?? 0), 0) /
        alone.reduce((sum, cell) => sum + cell.watches, 0)
      return [noiseNames[noise], modeNames[mode], worst(alone), percent(pooled), worst(four), worst(edge)]
    }),
  )
  return table(
    ['noise', 'mode', 'one check: worst', 'pooled', 'four checks: worst', 'no margin at all: worst'],
    lines,
  )
}

/** Unchanged versions: share that was `healthy so far`, a column for each check. */
export function healthyTable(cells: readonly HealthyCell[]): string {
  const checks = [...new Set(cells.map(({ what }) => what))]
  const lines = (Object.keys(noiseNames) as NoiseKind[]).flatMap((noise) =>
    (Object.keys(modeNames) as Mode[]).flatMap((mode) =>
      [1, 10, 100, 1000].map((rate) => {
        const of = (check: string): string => {
          const cell = cells.find(
            (one) => one.noise === noise && one.mode === mode && one.rate === rate && one.what === check,
          )
          return cell ? `${Math.round((100 * cell.healthy) / cell.watches)} %` : ''
        }
        return [noiseNames[noise], modeNames[mode], String(rate)].concat(checks.map(of))
      }),
    ),
  )
  return table(['noise', 'mode', 'requests/s', ...checks], lines)
}

/** Worse versions: share that was `healthy so far`, the worst of all noises and all of them pooled. */
export function worseHealthyTable(cells: readonly HealthyCell[]): string {
  const lines = [...new Set(cells.map(({ what }) => what))].flatMap((what) =>
    (Object.keys(modeNames) as Mode[]).map((mode) => {
      const of = (rate: number): readonly string[] => {
        const mine = cells.filter((cell) => cell.what === what && cell.mode === mode && cell.rate === rate)
        const worst = mine.reduce((one, other) => (other.healthy > one.healthy ? other : one))
        const pooled = mine.reduce((sum, cell) => sum + cell.healthy / cell.watches, 0) / mine.length
        const which = worst.healthy > 0 ? ` (${noiseNames[worst.noise]})` : ''
        return [`${percent(worst.healthy / worst.watches)}${which}`, percent(pooled)]
      }
      return [what, modeNames[mode], ...of(100), ...of(1000)]
    }),
  )
  return table(['version', 'mode', '100/s: worst', 'pooled', '1000/s: worst', 'pooled'], lines)
}

/** Median minutes to detection of every contestant, before/after and canary. */
export function detectionTable(detections: readonly Detection[], noise: NoiseKind, rate: number): string {
  const mine = detections.filter((one) => one.noise === noise && one.rate === rate)
  const rows = [...new Set(mine.map(({ row }) => row))]
  const names = Object.keys(mine[0]?.delays ?? {})
  const lines = rows.map((row) => {
    const pair = (of: (one: Detection) => string): string =>
      (Object.keys(modeNames) as Mode[])
        .map((mode) => mine.filter((one) => one.row === row && one.mode === mode).map(of)[0] ?? '')
        .join(', ')
    return [row.name, row.prototype.join(', ')].concat(
      names.map((name) => pair(({ delays }) => delayText(delays[name]))),
    )
  })
  return table(['degradation', 'prototype', ...names], lines)
}

export function waldTable(detections: readonly Detection[]): string {
  const lines = detections.map(({ row, mode, noise, rate, delays, wald }) => {
    const { mean, seen } = delays['Seamless'] ?? { mean: Number.NaN, seen: 0 }
    const to = (bound: number): string =>
      seen === 1 ? (mean / bound).toFixed(1) : `– (${Math.round(100 * seen)} % seen)`
    return [
      row.name,
      modeNames[mode],
      noiseNames[noise],
      String(rate),
      minutes(mean),
      minutes(wald),
      to(wald),
      to(Math.max(1, wald)),
    ]
  })
  return table(
    [
      'degradation',
      'mode',
      'noise',
      'requests/s',
      'mean delay',
      'Wald',
      'ratio',
      'ratio to four ticks or Wald',
    ],
    lines,
  )
}

export function togetherTable(
  rows: readonly {
    readonly name: string
    readonly delays: readonly { readonly label: string; readonly delay: Delay }[]
  }[],
): string {
  const labels = rows[0]?.delays.map(({ label }) => label) ?? []
  return table(
    ['degradation', ...labels],
    rows.map(({ name, delays }) => [name, ...delays.map(({ delay }) => delayText(delay))]),
  )
}

export function costTable(costs: readonly Cost[]): string {
  return table(
    ['check', 'mode', 'comparisons', 'ns per tick', 'state, bytes', 'after ten times the ticks'],
    costs.map(({ check, mode, comparisons, nanoseconds, bytes, bytesLater }) => [
      check,
      modeNames[mode],
      String(comparisons),
      String(Math.round(nanoseconds / 100) * 100),
      String(bytes),
      String(bytesLater),
    ]),
  )
}

export function nabTable(results: readonly NabResult[]): string {
  const names = Object.keys(results[0]?.falseAlarms ?? {})
  return table(
    ['series', 'detector', 'false alarms in quiet watches', 'labelled anomalies seen'],
    results.flatMap(({ folder, quiet, anomalies, falseAlarms, seen }) =>
      names.map((name) => [
        folder,
        name,
        `${percent((falseAlarms[name] ?? 0) / quiet)} of ${quiet}`,
        `${seen[name] ?? 0} of ${anomalies}`,
      ]),
    ),
  )
}

function table(header: readonly string[], lines: readonly (readonly string[])[]): string {
  return [header, header.map(() => '---'), ...lines].map(line).join('\n')
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`
}

/** One check with its own margins; neither all four together nor the test without margins. */
function isAlone(check: string): boolean {
  return check !== 'all four' && !check.startsWith(atEdge)
}

function describe({ check, mode, noise, rate }: Cell): string {
  return `${check}, ${noiseNames[noise]}, ${modeNames[mode]}, ${rate}/s`
}

function percent(share: number): string {
  const value = 100 * share
  return `${value === 0 ? '0' : value < 0.1 ? value.toFixed(3) : value < 10 ? value.toFixed(2) : value.toFixed(0)} %`
}

function minutes(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toFixed(2))) : 'never'
}

/** The median; in brackets the share of watches that saw it at all, where not all did. */
function delayText(delay: Delay | undefined): string {
  if (!delay || delay.seen === 0) return 'never'
  const seen = delay.seen < 1 ? ` (${Math.round(100 * delay.seen)} %)` : ''
  return `${delay.median === Infinity ? '> 30' : minutes(delay.median)}${seen}`
}
