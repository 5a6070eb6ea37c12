import type { Matcher, Selector } from '../config/selector.ts'
import type { Labels } from '../ports/health-source.ts'
import { compilePattern } from './pattern.ts'

/**
 * Whether a series is one that a PromQL selector selects: an absent label is an empty one, and a regular expression
 * must match the whole value, line feeds included as since Prometheus 3 (https://prometheus.io/docs/prometheus/latest/querying/basics/#instant-vector-selectors).
 * @throws PatternFailure
 */
export function seriesMatch({ metric, matchers }: Selector): (labels: Labels) => boolean {
  const tests = matchers.map(matcherTest)
  return (labels) =>
    (metric === undefined || labels['__name__'] === metric) && tests.every((test) => test(labels))
}

function matcherTest({ label, operator, value }: Matcher): (labels: Labels) => boolean {
  const of = (labels: Labels): string => (Object.hasOwn(labels, label) ? (labels[label] ?? '') : '')
  if (operator === '=') return (labels) => of(labels) === value
  if (operator === '!=') return (labels) => of(labels) !== value
  const whole = wholeValue(value)
  return operator === '=~' ? (labels) => whole.test(of(labels)) : (labels) => !whole.test(of(labels))
}

/** As Prometheus anchors it: `^(?s:…)$`. */
function wholeValue(pattern: string): RegExp {
  const { source, flags } = compilePattern(pattern, 's')
  return new RegExp(`^(?:${source})$`, flags)
}
