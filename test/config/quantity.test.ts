import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  duration,
  durationOrNone,
  level,
  percentage,
  percentagePoints,
  proportion,
  size,
} from '../../src/config/quantity.ts'

describe('durations', () => {
  it.each([
    ['30s', 30_000],
    ['5m', 300_000],
    ['1h30m', 5_400_000],
    ['1.5s', 1500],
    ['250ms', 250],
    ['1w', 604_800_000],
  ])('%s is %d ms', (text, ms) => expect(duration.parse(text)).toBe(ms))

  it.each(['30', 30, '', 's', '5 m', '-5m', '5M', '1h-30m', '0s', '9999999d', '٣s', '5m\n', null, ['5m']])(
    'refuses %j',
    (text) => expect(duration.safeParse(text).success).toBe(false),
  )

  it('says what a duration looks like', () => {
    expect(duration.safeParse(30).error?.issues[0]?.message).toBe(
      'expected a duration such as 30s, 5m or 1h30m',
    )
  })

  it('0s is a duration only where none is meant', () => {
    expect(durationOrNone.parse('0s')).toBe(0)
    expect(duration.safeParse('0s').success).toBe(false)
  })
})

describe('shares', () => {
  it.each([
    ['10%', 0.1],
    ['0.1%', 0.001],
    ['99.9%', 0.999],
    ['300%', 3],
  ])('%s is %d', (text, share) => expect(percentage.parse(text)).toBe(share))

  it('0.05pp is an absolute difference', () => expect(percentagePoints.parse('0.05pp')).toBe(0.0005))
  it('a part of a whole is at most 100%', () => expect(proportion.safeParse('101%').success).toBe(false))
  it.each([0.1, '0.1', '10 %', '%', '-1%', '1e3%'])('refuses %j', (text) =>
    expect(percentage.safeParse(text).success).toBe(false),
  )
})

describe('sizes and levels', () => {
  it.each([
    ['512MiB', 536_870_912],
    ['2GB', 2e9],
    ['1B', 1],
  ])('%s is %d bytes', (text, bytes) => expect(size.parse(text)).toBe(bytes))

  it.each([
    ['300ms', { value: 0.3, unit: 'seconds' }],
    ['512MiB', { value: 536_870_912, unit: 'bytes' }],
    ['80%', { value: 0.8, unit: 'share' }],
    [17, { value: 17, unit: 'none' }],
    ['-3.5', { value: -3.5, unit: 'none' }],
  ])('a level may be %j', (text, wanted) => expect(level.parse(text)).toEqual(wanted))

  it('no text makes a quantity that is not a finite number', () => {
    const text = fc.oneof(fc.string(), fc.stringMatching(/^[\d.]{1,20}(ms|s|m|%|pp|MiB|B)$/))
    const finite = fc.property(text, (text) =>
      [duration, percentage, percentagePoints, size].every((schema) => {
        const read = schema.safeParse(text)
        return !read.success || Number.isFinite(read.data)
      }),
    )
    expect(fc.check(finite)).toMatchObject({ failed: false })
  })
})
