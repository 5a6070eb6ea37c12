import { argoRollouts } from './peers/argo-rollouts.ts'
import { flagger } from './peers/flagger.ts'
import { kayenta } from './peers/kayenta.ts'
import { noises } from './null-models.ts'
import { seeded } from './random.ts'
import { type Degradation, record, type Recording } from './service.ts'
import { checkOf, outcomeOf, trace, watch } from './watch.ts'

const width = 720
const height = 380
const margin = { left: 64, right: 16, top: 34, bottom: 46 }
const colours = ['#0969da', '#cf222e', '#8250df', '#1a7f37', '#bc4c00', '#6e7781']

interface Axis {
  readonly from: number
  readonly to: number
  readonly label: string
  readonly ticks: readonly (readonly [number, string])[]
}

interface Line {
  readonly name: string
  readonly colour: string
  readonly points: readonly (readonly [number, number])[]
  readonly marked?: boolean
  readonly faint?: boolean
}

/** Minute and log₁₀ evidence after each tick of one watch. */
function run(degradation: Degradation | undefined, seed: number): readonly (readonly [number, number])[] {
  const scenario = {
    mode: 'before_after',
    noise: 'ar1',
    rate: 100,
    errorRate: 0.001,
    baselineTicks: 480,
    watchTicks: 120,
  } as const
  const recording = record(degradation ? { ...scenario, degradation, onset: 20 } : scenario, seeded(seed))
  const check = degradation?.slower ? 'latency' : 'errors'
  const { evidence } = watch(recording, [check], [checkOf(check, 'before_after')])
  return evidence.map((log, index) => [(index + 1) / 4, log / Math.LN10])
}

/** Evidence over the watch: thin lines unchanged services, thick ones degraded; it acts at 100. */
export function evidencePlot(): string {
  const quiet = Array.from({ length: 20 }, (_, seed): Line => ({
    name: seed === 0 ? 'unchanged, 20 watches' : '',
    colour: '#8c959f',
    points: run(undefined, 40 + seed),
    faint: true,
  }))
  const degraded = [
    { name: 'errors 0.1 → 1 % at minute 5', colour: colours[1]!, points: run({ errors: 10 }, 5) },
    { name: 'errors 0.1 → 0.4 % at minute 5', colour: colours[0]!, points: run({ errors: 4 }, 6) },
    { name: 'latency doubled at minute 5', colour: colours[2]!, points: run({ slower: 2 }, 7) },
  ]
  const x = {
    from: 0,
    to: 30,
    label: 'minutes of the watch',
    ticks: [0, 5, 10, 15, 20, 25, 30].map((at) => [at, String(at)] as const),
  }
  const y = {
    from: -2,
    to: 4,
    label: 'evidence of "worse than tolerated"',
    ticks: [-2, -1, 0, 1, 2, 3, 4].map((at) => [at, at === 2 ? 'acts' : `10^${at}`] as const),
  }
  return chart('Evidence over time, autocorrelated traffic, 100 requests a second', x, y, [
    ...quiet,
    ...degraded,
  ])
}

/** False reverts against delay, each contestant over its own dial. */
export function tradeOffPlot(watches: number): string {
  const scenario = {
    mode: 'before_after',
    rate: 100,
    errorRate: 0.005,
    baselineTicks: 480,
    watchTicks: 120,
  } as const
  const unchanged = noises.flatMap((noise) =>
    Array.from({ length: watches }, (_, seed) => record({ ...scenario, noise }, seeded(4_000_000 + seed))),
  )
  const degraded = noises.flatMap((noise) =>
    Array.from({ length: watches }, (_, seed) =>
      record({ ...scenario, noise, degradation: { errors: 4 } }, seeded(5_000_000 + seed)),
    ),
  )
  const line = (
    name: string,
    index: number,
    dials: readonly ((recording: Recording) => number | undefined)[],
  ): Line => ({
    name,
    colour: colours[index]!,
    marked: true,
    points: dials.flatMap((decide) => {
      const rate = unchanged.filter((recording) => decide(recording) !== undefined).length / unchanged.length
      const delays = degraded.map((recording) => decide(recording) ?? Infinity).toSorted((a, b) => a - b)
      const median = (delays[Math.floor(delays.length / 2)] ?? Infinity) / 4
      return median <= 30 ? [[median, Math.max(-3.5, Math.log10(rate))] as const] : []
    }),
  })
  const evidence = new Map([...unchanged, ...degraded].map((recording) => [recording, evidenceTo(recording)]))
  const lines = [
    line(
      'Seamless, alpha 10 % … 0.01 %',
      0,
      [1, 1.5, 2, 2.5, 3, 4].map(
        (power) => (recording) => firstAbove(evidence.get(recording) ?? [], power * Math.LN10),
      ),
    ),
    line(
      'Kayenta every 60 s',
      1,
      [4].map((every) => (recording) => kayenta(recording, 'before_after', 'errors', every)),
    ),
    line('Kayenta at the end', 4, [(recording) => kayenta(recording, 'before_after', 'errors', 'end')]),
    line(
      'Argo Rollouts 99 %, failureLimit 0 … 5',
      2,
      [0, 1, 2, 3, 5].map((limit) => (recording) => argoRollouts(recording, 'errors', limit)),
    ),
    line(
      'Flagger 99 %, threshold 1 … 10',
      3,
      [1, 2, 5, 10].map((threshold) => (recording) => flagger(recording, 'errors', threshold)),
    ),
  ]
  const x = {
    from: 0,
    to: 32,
    label: 'median minutes until errors 0.5 → 2 % are taken back',
    ticks: [0, 5, 10, 15, 20, 25, 30].map((at) => [at, String(at)] as const),
  }
  const y = {
    from: -3.5,
    to: 0,
    label: 'unchanged services taken back',
    ticks: [
      [0, '100 %'],
      [-1, '10 %'],
      [-2, '1 %'],
      [-3, '0.1 %'],
      [-3.5, 'none'],
    ] as const,
  }
  return chart('False reverts against delay, all noises pooled (down and left is better)', x, y, lines)
}

/** The whole watch's evidence, not ended by a revert: alpha 0 never acts. */
function evidenceTo(recording: Recording): readonly number[] {
  return outcomeOf([trace(recording, 'errors', checkOf('errors', 'before_after'))], 0).evidence
}

function firstAbove(evidence: readonly number[], log: number): number | undefined {
  const at = evidence.findIndex((value) => value >= log)
  return at < 0 ? undefined : at + 1
}

function chart(title: string, x: Axis, y: Axis, lines: readonly Line[]): string {
  const atX = (value: number): number =>
    margin.left + ((value - x.from) / (x.to - x.from)) * (width - margin.left - margin.right)
  const clamp = (value: number): number => Math.max(y.from, Math.min(y.to, value))
  const atY = (value: number): number =>
    height -
    margin.bottom -
    ((clamp(value) - y.from) / (y.to - y.from)) * (height - margin.top - margin.bottom)
  const grid = [
    ...x.ticks.map(
      ([at, text]) =>
        `<line x1="${n(atX(at))}" y1="${margin.top}" x2="${n(atX(at))}" y2="${height - margin.bottom}" class="g"/><text x="${n(atX(at))}" y="${height - margin.bottom + 16}" text-anchor="middle">${text}</text>`,
    ),
    ...y.ticks.map(
      ([at, text]) =>
        `<line x1="${margin.left}" y1="${n(atY(at))}" x2="${width - margin.right}" y2="${n(atY(at))}" class="g"/><text x="${margin.left - 6}" y="${n(atY(at) + 4)}" text-anchor="end">${text}</text>`,
    ),
  ]
  const drawn = lines.map(({ points, colour, marked, faint }) => {
    const path = points
      .map(([px, py], index) => `${index === 0 ? 'M' : 'L'}${n(atX(px))} ${n(atY(py))}`)
      .join('')
    const dots = marked
      ? points
          .map(([px, py]) => `<circle cx="${n(atX(px))}" cy="${n(atY(py))}" r="3.5" fill="${colour}"/>`)
          .join('')
      : ''
    return `<path d="${path}" fill="none" stroke="${colour}" stroke-width="${faint ? 0.7 : 1.8}"/>${dots}`
  })
  const named = lines.filter(({ name }) => name !== '')
  const legend = named.map(
    ({ name, colour }, index) =>
      `<rect x="${width - 262}" y="${margin.top + 8 + index * 17}" width="10" height="10" fill="${colour}"/><text x="${width - 246}" y="${margin.top + 17 + index * 17}">${name}</text>`,
  )
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="${title}">
<style>text{font:12px system-ui,sans-serif;fill:#57606a}.g{stroke:#d0d7de;stroke-width:.5}</style>
<rect width="${width}" height="${height}" fill="#fff"/>
<text x="${margin.left}" y="20" style="font-weight:600">${title}</text>
${[...grid, ...drawn, ...legend].join('\n')}
<text x="${width / 2}" y="${height - 10}" text-anchor="middle">${x.label}</text>
<text transform="translate(14 ${height / 2}) rotate(-90)" text-anchor="middle">${y.label}</text>
</svg>
`
}

function n(value: number): string {
  return value.toFixed(1)
}
