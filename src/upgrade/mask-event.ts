import type { UpgradeEvent } from './event.ts'

/** Where events carry text that came from outside; everything else is ours: names of steps, states, digests. */
const FREE = new Set(['message', 'output', 'difference', 'subject', 'author', 'line', 'text'])
/** A test report is outside text throughout but for these. */
const OURS = new Set(['type', 'suite', 'kind', 'result', 'against'])

/** The event without secrets in its texts. Pure but for the mask. */
export function maskEvent(event: UpgradeEvent, mask: (text: string) => string): UpgradeEvent {
  // A receipt was masked where it was made.
  if (event.type === 'received') return event
  const isFree = (key: string): boolean => (event.type === 'tested' ? !OURS.has(key) : FREE.has(key))
  return deep(event, (text, key) => (isFree(key) ? mask(text) : text), '') as UpgradeEvent
}

/** Elements of a list have the key of their list. */
function deep(value: unknown, change: (text: string, key: string) => string, key: string): unknown {
  if (typeof value === 'string') return change(value, key)
  if (Array.isArray(value)) return value.map((one) => deep(one, change, key))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, deep(inner, change, name)]))
}
