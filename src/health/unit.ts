import type { Level, Unit } from '../config/quantity.ts'
import type { Selector } from '../config/selector.ts'

/** What a metric's name says of its unit: Prometheus' names end in the base unit (https://prometheus.io/docs/practices/naming/); `_ms` is a common exception. */
export function unitOf({ metric = '' }: Selector): { readonly unit: Unit; readonly perBase: number } {
  const name = metric.replace(/_(?:bucket|total|sum|count)$/, '')
  if (/_(?:ms|milliseconds)$/.test(name)) return { unit: 'seconds', perBase: 1000 }
  if (/_(?:us|microseconds)$/.test(name)) return { unit: 'seconds', perBase: 1e6 }
  if (name.endsWith('_seconds')) return { unit: 'seconds', perBase: 1 }
  if (name.endsWith('_bytes')) return { unit: 'bytes', perBase: 1 }
  if (name.endsWith('_percent')) return { unit: 'share', perBase: 100 }
  if (name.endsWith('_ratio')) return { unit: 'share', perBase: 1 }
  return { unit: 'none', perBase: 1 }
}

/** A level of the config in the metric's own unit: 300ms is 0.3 in seconds and 300 in milliseconds. A bare number is in the metric's unit already. */
export function levelIn(metric: Selector, level: Level): number {
  if (level.unit === 'none') return level.value
  const { unit, perBase } = unitOf(metric)
  return unit === level.unit ? level.value * perBase : level.value
}
