import { z } from 'zod'

/** Milliseconds in a unit of a duration. */
const DURATION_UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
}

/** Bytes in a unit of a size: SI (kB = 1000) and IEC 80000-13 (KiB = 1024). */
const SIZE_UNITS: Readonly<Record<string, number>> = {
  B: 1,
  kB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KiB: 1024,
  MiB: 1024 ** 2,
  GiB: 1024 ** 3,
  TiB: 1024 ** 4,
}

/** Longer than any watch or baseline; keeps sums of times far from the end of the number line. */
const LONGEST_MS = 366 * 86_400_000

const NUMBER = String.raw`\d{1,15}(?:\.\d{1,9})?`
const DURATION = new RegExp(`^(?:${NUMBER}(?:ms|[smhdw]))+$`)
const PERCENTAGE = new RegExp(`^${NUMBER}%$`)
const POINTS = new RegExp(`^${NUMBER}(?:pp|%)$`)
const SIZE = new RegExp(`^${NUMBER}(?:[kMGT]?B|[KMGT]iB)$`)

const EXPECTED_DURATION = 'expected a duration such as 30s, 5m or 1h30m'
const EXPECTED_PERCENTAGE = 'expected a percentage such as 10% or 0.5%'
const EXPECTED_POINTS = 'expected percentage points such as 0.05pp'
const EXPECTED_SIZE = 'expected a size such as 512MiB or 2GB'

/** `30s`, `5m`, `1h30m`: milliseconds, above zero and at most a year. */
export const duration = z
  .string({ error: EXPECTED_DURATION })
  .regex(DURATION, { error: EXPECTED_DURATION })
  .transform(milliseconds)
  .refine((ms) => ms > 0 && ms <= LONGEST_MS, { error: 'a duration is more than 0s and at most 366d' })

/** As `duration`, but `0s` is meant. */
export const durationOrNone = z
  .string({ error: EXPECTED_DURATION })
  .regex(DURATION, { error: EXPECTED_DURATION })
  .transform(milliseconds)
  .refine((ms) => ms <= LONGEST_MS, { error: 'a duration is at most 366d' })

/** `10%`: a share, 0.1; may be more than 100 % (a margin of 300 % is four times as bad). */
export const percentage = z
  .string({ error: EXPECTED_PERCENTAGE })
  .regex(PERCENTAGE, { error: EXPECTED_PERCENTAGE })
  .transform(share)

/** `10%` of a whole: a share from 0 to 1. */
export const proportion = percentage.refine((value) => value <= 1, { error: 'at most 100%' })

/** `0.05pp`: an absolute difference of two shares, 0.0005. */
export const percentagePoints = z
  .string({ error: EXPECTED_POINTS })
  .regex(POINTS, { error: EXPECTED_POINTS })
  .transform(share)
  .refine((value) => value <= 1, { error: 'at most 100pp' })

/** `512MiB`: bytes. */
export const size = z.string({ error: EXPECTED_SIZE }).regex(SIZE, { error: EXPECTED_SIZE }).transform(bytes)

/** What a number in front of a metric means. */
export type Unit = 'seconds' | 'bytes' | 'share' | 'none'

/** A level of a metric: the value in the base unit that Prometheus prescribes (seconds, bytes, ratio), or bare, in the metric's own unit. */
export interface Level {
  readonly value: number
  readonly unit: Unit
}

const LEVEL = new RegExp(
  `^(?:(?:${NUMBER}(?:ms|[smhdw]))+|${NUMBER}%|${NUMBER}(?:[kMGT]?B|[KMGT]iB)|-?${NUMBER})$`,
)
const EXPECTED_LEVEL = 'expected a number, a duration (300ms), a size (512MiB) or a percentage (80%)'

/** A level to hold a metric against: `300ms`, `512MiB`, `80%` or a bare number. */
export const level = z
  .union([z.number(), z.string().regex(LEVEL)], { error: EXPECTED_LEVEL })
  .transform((text): Level => {
    if (typeof text === 'number') return { value: text, unit: 'none' }
    if (DURATION.test(text)) return { value: milliseconds(text) / 1000, unit: 'seconds' }
    if (PERCENTAGE.test(text)) return { value: share(text), unit: 'share' }
    if (SIZE.test(text)) return { value: bytes(text), unit: 'bytes' }
    return { value: Number(text), unit: 'none' }
  })

function milliseconds(text: string): number {
  let sum = 0
  for (const [, number, unit = ''] of text.matchAll(/([\d.]+)(ms|[smhdw])/g)) {
    sum += Number(number) * (DURATION_UNITS[unit] ?? Number.NaN)
  }
  return Math.round(sum)
}

function share(text: string): number {
  const number = Number(text.replace(/(?:%|pp)$/, ''))
  // 0.1 % as 0.1/100 is 0.001; a rounded quotient keeps the figures in reports as short as they were written.
  return Number((number / 100).toPrecision(12))
}

function bytes(text: string): number {
  const [, number, unit = ''] = /^([\d.]+)(\w+)$/.exec(text) ?? []
  return Number(number) * (SIZE_UNITS[unit] ?? Number.NaN)
}
