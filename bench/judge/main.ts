import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { costs } from './cost.ts'
import { type Detection, detect, detectTogether, rows, together } from './degradations.ts'
import { unchangedHealthy, worseHealthy } from './healthy.ts'
import { nab } from './nab.ts'
import { modes, nullModels } from './null-models.ts'
import { evidencePlot, tradeOffPlot } from './plots.ts'
import * as tables from './tables.ts'

/**
 * npm run bench:judge [-- --full] [-- --watches N] [-- --data <NAB folder>]: the judge and its peers over simulated services.
 * Quick by default (2 minutes on one core) and then only printed; --full also writes docs/judge.md and its plots.
 * With --healthy [--watches N] only how often `healthy` is said, of versions unchanged and worse; written into its part of the page.
 */
const { values: args } = parseArgs({
  options: {
    full: { type: 'boolean', default: false },
    healthy: { type: 'boolean', default: false },
    watches: { type: 'string' },
    data: { type: 'string' },
  },
})
const page = new URL('../../docs/judge.md', import.meta.url)
const plots = new URL('../../docs/judge/', import.meta.url)
const watches = Number(args.watches ?? (args.full ? 400 : 8))
const began = Date.now()

if (args.full || !args.healthy) reverts()
if (args.full || args.healthy) healthy()

/** Everything but `healthy`. */
function reverts(): void {
  const cells = nullModels(watches, progress)
  const detections = detectAll(args.full ? Math.ceil(watches / 4) : 11)
  const sections = [
    ['false reverts: worst cell and mean over all unchanged services', tables.worstTable(cells)],
    ['false reverts of Seamless by noise', tables.noiseTable(cells)],
    [
      'median minutes to detection at 100 requests/s, Poisson (before/after, canary)',
      tables.detectionTable(detections, 'poisson', 100),
    ],
    ['the same at 10 requests/s', tables.detectionTable(detections, 'poisson', 10)],
    ['the same at 100 requests/s, autocorrelated', tables.detectionTable(detections, 'ar1', 100)],
    [
      'four checks under one alpha, 100 requests/s: median minutes',
      togetherAll(args.full ? Math.ceil(watches / 4) : 5),
    ],
    ['mean delay against Wald’s bound', tables.waldTable(detections)],
    ['cost', tables.costTable(costs())],
    ...(args.data ? [['Numenta Anomaly Benchmark', tables.nabTable(nab(args.data))] as const] : []),
  ] as const
  const data = args.data ? ' --data <NAB folder>' : ''
  const text = textOf(`${args.full ? ' --full' : ''} --watches ${watches}${data}`, sections)
  console.log(text)
  if (!args.full) return
  mkdirSync(plots, { recursive: true })
  writeFileSync(new URL('evidence.svg', plots), evidencePlot())
  writeFileSync(new URL('false-reverts.svg', plots), tradeOffPlot(Math.ceil(watches / 8)))
  writePage('bench:judge', text)
}

function healthy(): void {
  const text = textOf(` --healthy --watches ${watches}`, [
    [
      'unchanged watches that were `healthy so far` within 30 minutes',
      tables.healthyTable(unchangedHealthy(watches, progress)),
    ],
    [
      'worse versions that were `healthy so far` at any time within 30 minutes',
      tables.worseHealthyTable(worseHealthy(watches, progress)),
    ],
  ])
  console.log(text)
  writePage('bench:healthy', text)
}

function textOf(options: string, sections: readonly (readonly [title: string, body: string])[]): string {
  const seconds = Math.round((Date.now() - began) / 1000)
  return [
    `Made by \`npm run bench:judge --${options}\` in ${seconds} s: ${watches} watches of 30 minutes a cell, seeded; Node ${process.versions.node}.`,
    ...sections.map(([title, body]) => `### ${title[0]?.toUpperCase()}${title.slice(1)}\n\n${body}`),
  ].join('\n\n')
}

function detectAll(count: number): readonly Detection[] {
  const models = [
    { noise: 'poisson', rate: 100 },
    { noise: 'poisson', rate: 10 },
    { noise: 'ar1', rate: 100 },
  ] as const
  return models.flatMap((model) =>
    rows.flatMap((row) => {
      progress(`${row.name}, ${model.noise}, ${model.rate}/s`)
      return modes.map((mode) => detect(row, { ...model, mode }, count))
    }),
  )
}

function togetherAll(count: number): string {
  const models = (['poisson', 'ar1'] as const).flatMap((noise) =>
    modes.map((mode) => ({ noise, mode, rate: 100 })),
  )
  return tables.togetherTable(
    together.map((row) => ({
      name: row.name,
      delays: models.map((model) => ({
        label: `${model.mode === 'concurrent' ? 'canary' : 'before/after'}, ${model.noise}`,
        delay: detectTogether(row, model, count),
      })),
    })),
  )
}

/** Replaces what stands between the marks of that name. */
function writePage(name: string, text: string): void {
  const [start, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`]
  const old = readFileSync(page, 'utf8')
  const [before, after] = [old.indexOf(start), old.indexOf(end)]
  if (before < 0 || after < before)
    throw new Error(`docs/judge.md has no ${start} … ${end} to write the tables between.`)
  writeFileSync(page, `${old.slice(0, before)}${start}\n${text}\n${old.slice(after)}`)
}

function progress(what: string): void {
  process.stderr.write(`${String(Math.round((Date.now() - began) / 1000)).padStart(5)} s  ${what}\n`)
}
