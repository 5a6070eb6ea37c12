import { expect, it } from 'vitest'
import { level } from '../../src/config/quantity.ts'
import { parseSelector } from '../../src/config/selector.ts'
import { levelIn, unitOf } from '../../src/health/unit.ts'

it.each([
  ['latency_seconds', '300ms', 0.3, 'seconds'],
  ['latency_seconds_bucket', '2s', 2, 'seconds'],
  ['latency_ms', '300ms', 300, 'seconds'],
  ['latency_milliseconds_bucket', '1m', 60_000, 'seconds'],
  ['latency_microseconds', '1ms', 1000, 'seconds'],
  ['memory_bytes', '1KiB', 1024, 'bytes'],
  ['cpu_ratio', '80%', 0.8, 'share'],
  ['cpu_percent', '80%', 80, 'share'],
  ['queue_length', '17', 17, 'none'],
  ['queue_length', '80%', 0.8, 'none'],
  ['latency_ms', '250', 250, 'seconds'],
])('%s held against %s: %d, in %s', (metric, text, wanted, unit) => {
  const selector = parseSelector(metric)
  expect(levelIn(selector, level.parse(text))).toBeCloseTo(wanted, 12)
  expect(unitOf(selector).unit).toBe(unit)
})
