import { z } from 'zod'

/** The lines of a recording as they are stored; see `recording.ts`. Times in ms. */

/** The first: what all others are about. `asks`: what each check asked for, to compare with a config's. */
export const headLine = z.object({
  schema: z.literal('seamless.recording/1'),
  environment: z.string(),
  everyMs: z.number().positive(),
  leftOut: z.array(z.string()),
  asks: z.record(z.string(), z.string()),
})

/** NaN and the infinities are written as words. */
const number = z.union([z.number(), z.enum(['NaN', 'Infinity', '-Infinity']).transform(Number)])
const bucket = z
  .tuple([number, number, number])
  .transform(([lower, upper, count]) => ({ lower, upper, count }))
const histogram = z.object({ count: number, sum: number, buckets: z.array(bucket) })

/** Which series, value, time of the sample, and what a native histogram has. */
const sample = z.tuple([z.int().nonnegative(), number, z.number(), histogram.optional()])
const answer = z.union([
  z.array(sample),
  z.object({ kind: z.enum(['no_data', 'error', 'invalid']), why: z.string() }),
])

const counted = z.object({ kind: z.literal('counted'), bad: z.number(), total: z.number() })
const buckets = z.object({
  kind: z.literal('buckets'),
  edges: z.array(z.number()),
  counts: z.array(z.number()),
})
const samples = z.object({ kind: z.literal('samples'), values: z.array(z.number()) })
const unmeasured = z.object({
  kind: z.literal('unmeasured'),
  why: z.enum(['no_data', 'error', 'invalid', 'no_traffic']),
  detail: z.string(),
})
const pastTick = z.discriminatedUnion('kind', [counted, buckets, samples, unmeasured])
const past = z.object({ ticks: z.array(pastTick), slots: z.array(pastTick.nullable()).exactOptional() })

/** `queries`: what `answers` of each tick answer, batch by batch. */
export const deploymentLine = z.object({
  kind: z.enum(['deployment', 'quiet']),
  atMs: z.number(),
  values: z.record(z.string(), z.string()),
  history: z.record(z.string(), past).exactOptional(),
  queries: z.array(z.array(z.string())),
  series: z.array(z.record(z.string(), z.string())),
  ticks: z.array(z.object({ atMs: z.number(), answers: z.array(z.array(answer)) })),
})
export type DeploymentLine = z.output<typeof deploymentLine>
