import { z } from 'zod'

import { labelTemplates, type Selector, selector } from './selector.ts'
import { consecutive, name, source } from './check-keys.ts'
import { alerts, connect, probe } from './probe-check.ts'
import { duration, durationOrNone, level, percentage, percentagePoints, proportion } from './quantity.ts'
import { writtenForm } from './written-form.ts'

/** The check's part of the watch's one error budget, relative to the other checks. */
const weight = z
  .number()
  .positive()
  .max(1000)
  .default(1)
  .describe("Its part of the watch's one error budget, relative to the other checks.")
const limit = 'The limit, whatever the baseline has.'
const atLeast = 'And by how much at least, so that a small number of a few is no alarm.'
const worseBy = percentage.prefault('10%').describe('How much worse than the baseline is tolerated.')

const ratio = z
  .strictObject({
    source,
    bad: selector.describe('The counter of the requests that went wrong, as a PromQL selector.'),
    total: selector.describe('The counter of all requests.'),
    max: proportion.optional().describe(limit),
    consecutive,
    'worse-by': worseBy,
    'at-least': percentagePoints.prefault('0.05pp').describe(atLeast),
    weight,
  })
  .transform(({ 'worse-by': worseBy, 'at-least': atLeast, ...rest }) => ({
    kind: 'ratio' as const,
    ...rest,
    worseBy,
    atLeast,
  }))

const histogram = z
  .strictObject({
    source,
    histogram: selector.describe('A histogram of latencies.'),
    quantile: z
      .number()
      .gt(0)
      .lt(1, { error: 'a quantile is between 0 and 1, e.g. 0.99' })
      .default(0.99)
      .describe('The quantile that `max` is about.'),
    max: level.optional().describe(limit),
    consecutive,
    'worse-by': worseBy,
    'at-least': percentagePoints.prefault('0.2pp').describe(atLeast),
    weight,
  })
  .transform(({ 'worse-by': worseBy, 'at-least': atLeast, ...rest }) => ({
    kind: 'histogram' as const,
    ...rest,
    worseBy,
    atLeast,
  }))

const gauge = z
  .strictObject({
    source,
    gauge: selector.describe('A gauge.'),
    max: level.optional().describe(limit),
    min: level.optional().describe('The limit downwards.'),
    consecutive,
    'worse-by': worseBy,
    'at-least': percentagePoints.prefault('5pp').describe(atLeast),
    weight,
  })
  .refine(({ max, min }) => max === undefined || min === undefined || min.value < max.value, {
    error: 'min must be below max',
  })
  .transform(({ 'worse-by': worseBy, 'at-least': atLeast, ...rest }) => ({
    kind: 'gauge' as const,
    ...rest,
    worseBy,
    atLeast,
  }))

const traffic = z
  .strictObject({
    source,
    traffic: selector.describe('The counter of all requests: a service that gets none has no errors either.'),
    'at-least': proportion.prefault('20%').describe("Of the baseline's requests, how many must still come."),
    weight,
  })
  .transform(({ 'at-least': atLeast, ...rest }) => ({ kind: 'traffic' as const, ...rest, atLeast }))

/** What a check is, by the key that only it has. */
const KINDS = { bad: ratio, total: ratio, histogram, gauge, traffic, probe, connect, alerts } as const
const anyCheck = z.union([ratio, histogram, gauge, traffic, probe, connect, alerts])

/**
 * One check. The kind is looked up by its key before anything else is parsed, so that an error names the key at fault
 * instead of "none of five alternatives".
 */
const check = z
  .unknown()
  .transform((value, context): z.output<typeof anyCheck> => {
    const key = typeof value === 'object' && value !== null ? kindKey(value) : undefined
    if (key === undefined) {
      context.addIssue({
        code: 'custom',
        message:
          'expected what to check: bad and total, or histogram, gauge, traffic, probe, connect or alerts',
      })
      return z.NEVER
    }
    const read = KINDS[key].safeParse(value)
    if (read.success) return read.data
    return passOn(read.error, value, context)
  })
  .meta({
    get anyOf() {
      return writtenForm(anyCheck).anyOf
    },
  })

const beforeBaseline = z
  .strictObject({
    before: duration.describe('Compare with so long before the deployment.'),
    'same-time': z
      .enum(['day', 'week'])
      .optional()
      .describe('Compare with the same time of the days or weeks before.'),
  })
  .transform(({ before, 'same-time': sameTime }) => ({
    kind: 'before' as const,
    beforeMs: before,
    ...(sameTime === undefined ? {} : { sameTime }),
  }))

const concurrentBaseline = labelTemplates.transform((labels) => ({ kind: 'concurrent' as const, labels }))

/** Labels (the stable version at the same time), or the time before the deployment. */
const baseline = z
  .unknown()
  .transform((value, context): z.output<typeof beforeBaseline> | z.output<typeof concurrentBaseline> => {
    const isBefore = typeof value === 'object' && value !== null && 'before' in value
    const read = (isBefore ? beforeBaseline : concurrentBaseline).safeParse(value)
    if (read.success) return read.data
    return passOn(read.error, value, context)
  })
  .meta({
    get anyOf() {
      return writtenForm(z.union([beforeBaseline, concurrentBaseline])).anyOf
    },
  })

/** An environment's `health:`. Times in ms; shares as 0 to 1. */
export const health = z
  .strictObject({
    source: name.optional().describe('The source of every check that names none.'),
    every: duration.prefault('15s').describe('How often the checks are read.'),
    grace: durationOrNone.prefault('60s').describe('Not judged for so long after a start.'),
    hold: duration.prefault('5m').describe('How long each step of the traffic is held.'),
    watch: duration.prefault('30m').describe('How long it is watched after the last step.'),
    live: selector
      .optional()
      .describe(
        'A metric that shows which version runs, such as `app_build_info{commit="{sha}"}`, read from `health.source`: the watch starts once it is there.',
      ),
    candidate: labelTemplates.optional().describe("Labels of the new version's series."),
    baseline: baseline
      .optional()
      .describe('What to compare with: labels of the stable version, or the time before the deployment.'),
    dashboard: z
      .string()
      .regex(/^https?:\/\/[^\s<>"\\^`|]{1,999}$/, { error: 'expected the http or https URL of a dashboard' })
      .refine((url) => url.includes('{from}') && url.includes('{to}'), {
        error: 'expected {from} and {to} in it: the times of the watch, in ms',
      })
      .optional()
      .describe('The URL of graphs to link to; `{from}` and `{to}` are the times of the watch, in ms.'),
    checks: z
      .record(name, check)
      .refine((checks) => Object.keys(checks).length > 0, { error: 'expected at least one check' })
      .refine((checks) => Object.keys(checks).length <= 50, { error: 'at most 50 checks' })
      .describe('What is watched, by name; of one kind each.'),
  })
  .superRefine((value, context) => {
    requireRules(value, context)
    requireSources(value, context)
    requireVersionInLive(value, context)
    requireArms(value, context)
    requireTime(value, context)
    requireReachablePast(value, context)
  })
  .transform(({ every, grace, hold, watch, ...rest }) => ({
    ...rest,
    everyMs: every,
    graceMs: grace,
    holdMs: hold,
    watchMs: watch,
  }))

/** What a service is watched by. Plain JSON: a watch keeps it in its state, so that it is judged by the configuration it began with. */
export type Health = z.output<typeof health>
export type Check = Health['checks'][string]
export type CheckOf<Kind extends Check['kind']> = Extract<Check, { kind: Kind }>

type Raw = z.output<typeof anyCheck>
type Draft = {
  source?: string | undefined
  candidate?: unknown
  baseline?: unknown
  checks: Record<string, Raw>
}

/** A check without a rule would be healthy whatever happens. */
function requireRules({ baseline, checks }: Draft, context: z.RefinementCtx): void {
  for (const [name, check] of Object.entries(checks)) {
    const limited =
      check.kind === 'probe' ||
      ('max' in check && check.max !== undefined) ||
      ('min' in check && check.min !== undefined)
    if (limited || baseline !== undefined) continue
    const remedy =
      check.kind === 'traffic'
        ? 'set health.baseline'
        : `set ${check.kind === 'gauge' ? 'max or min' : 'max'}, or health.baseline`
    context.addIssue({
      code: 'custom',
      path: ['checks', name],
      message: `nothing says when it passes or fails: ${remedy}`,
    })
  }
}

function requireSources({ source, checks }: Draft, context: z.RefinementCtx): void {
  if (source !== undefined) return
  for (const [name, check] of Object.entries(checks)) {
    if (check.source !== undefined) continue
    context.addIssue({
      code: 'custom',
      path: ['checks', name, 'source'],
      message: 'no source: set it here or as health.source',
    })
  }
}

/** A metric without the version in it is there whichever version runs. */
function requireVersionInLive(
  { source, live }: Draft & { live?: Selector | undefined },
  context: z.RefinementCtx,
): void {
  if (live === undefined) return
  const complain = (message: string): void => context.addIssue({ code: 'custom', path: ['live'], message })
  if (source === undefined) complain('no source: it is read from health.source')
  const isOfVersion = live.matchers.some(
    ({ operator, value }) => (operator === '=' || operator === '=~') && /\{(?:sha|version)\}/.test(value),
  )
  if (!isOfVersion) complain('no {sha} or {version} in its labels: it would show whichever version runs')
}

const LEAST_EVERY_MS = 100

/** A limit that is broken by K ticks in a row needs a watch of K ticks; a step needs one. */
function requireTime(
  { every, hold, watch, checks }: Draft & { every: number; hold: number; watch: number },
  context: z.RefinementCtx,
): void {
  const ticks = Math.max(
    1,
    ...Object.values(checks).map((check) => (check.kind === 'traffic' ? 1 : check.consecutive)),
  )
  const complain = (key: string, message: string): void =>
    context.addIssue({ code: 'custom', path: [key], message })
  if (every < LEAST_EVERY_MS) complain('every', 'at least 100ms: more often is load, not knowledge')
  if (hold < every) complain('hold', 'shorter than one tick (every)')
  if (watch < ticks * every)
    complain('watch', `too short for ${ticks} ticks: a limit could not be broken ${ticks} times in a row`)
}

/** A past is read in one go, tick by tick. */
const MOST_PAST_TICKS = 10_000

function requireReachablePast(
  {
    every,
    baseline,
  }: {
    every: number
    baseline?: z.output<typeof beforeBaseline> | z.output<typeof concurrentBaseline> | undefined
  },
  context: z.RefinementCtx,
): void {
  if (baseline?.kind !== 'before') return
  const complain = (message: string): void =>
    context.addIssue({ code: 'custom', path: ['baseline', 'before'], message })
  if (baseline.beforeMs / every > MOST_PAST_TICKS) complain(`more than ${MOST_PAST_TICKS} ticks (every)`)
  if (baseline.sameTime !== undefined && baseline.beforeMs > 86_400_000)
    complain('with same-time at most 24h')
}

/** Two arms at the same time are told apart by labels; without them both would be the whole service. */
function requireArms({ candidate, baseline }: Draft, context: z.RefinementCtx): void {
  const isConcurrent = typeof baseline === 'object' && baseline !== null && 'labels' in baseline
  if (!isConcurrent || candidate !== undefined) return
  context.addIssue({
    code: 'custom',
    path: ['candidate'],
    message: 'a baseline by labels needs health.candidate: the labels of the new version',
  })
}

/** Hands the inner schema's issues on under the outer path. */
function passOn(error: z.ZodError, input: unknown, context: z.RefinementCtx): never {
  for (const issue of error.issues) context.issues.push({ ...issue, input } as z.core.$ZodRawIssue)
  return z.NEVER
}

function kindKey(value: object): keyof typeof KINDS | undefined {
  const keys = Object.keys(KINDS) as (keyof typeof KINDS)[]
  return keys.find((key) => Object.hasOwn(value, key))
}
