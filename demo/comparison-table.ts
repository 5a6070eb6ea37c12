import type { Tally } from './load/tally.ts'

/** The counts of several upgrades side by side, as lines for a terminal. */
export function comparisonTable(columns: ReadonlyMap<string, Tally>): string[] {
  const rows: [string, (tally: Tally) => string][] = [
    ['', () => ''],
    ['requests', ({ requests }) => grouped(requests)],
    ['failed', ({ failed }) => grouped(failed)],
    ['  of these: no answer', ({ failures }) => grouped(failures.get(0) ?? 0)],
    ['  of these: 500 by the service', ({ failures }) => grouped(failures.get(500) ?? 0)],
    ['  of these: 502 by the ingress', ({ failures }) => grouped(failures.get(502) ?? 0)],
    ['longest without a good answer', ({ outageMs }) => `${(outageMs / 1000).toFixed(2)} s`],
    ['latency, median', ({ p50 }) => milliseconds(p50)],
    ['latency, 99 of 100', ({ p99 }) => milliseconds(p99)],
    ['latency, slowest', ({ max }) => milliseconds(max)],
  ]
  const table = rows.map(([title, cell]) => [title].concat([...columns.values()].map(cell)))
  table[0] = ['', ...columns.keys()]
  const widths = table[0].map((_, i) => Math.max(...table.map((row) => row[i]!.length)))
  return table.map((row) =>
    row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join('   '),
  )
}

/** 12 345 as `12 345`: digits in threes, as SI writes them. */
function grouped(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ' ')
}

function milliseconds(ms: number): string {
  return Number.isNaN(ms) ? '-' : `${ms.toFixed(ms < 10 ? 1 : 0)} ms`
}
