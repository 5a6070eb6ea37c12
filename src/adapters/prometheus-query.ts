import { parseSelector, type Selector } from '../config/selector.ts'
import type { Measurement, Query } from '../ports/health-source.ts'
import type { ApiAnswer, QueryData } from './prometheus-api.ts'
import {
  measureExpression,
  measureSelector,
  pointsByTime,
  StrangeAnswer,
  withTimes,
} from './prometheus-samples.ts'

/** A query as PromQL, and as the config has it, for people. */
export type Prepared = RawSeries | Expression

export interface RawSeries {
  readonly promql: string
  readonly shown: string
  readonly selector: Selector
}

interface Expression {
  readonly promql: string
  readonly shown: string
}

export function prepare(query: Query): Prepared | Extract<Measurement, { kind: 'invalid' }> {
  if (query.kind === 'probe' || query.kind === 'alerts')
    return { kind: 'invalid', why: `a Prometheus does not answer ${query.kind} queries` }
  if (query.kind === 'expression') return { promql: query.promql, shown: query.promql }
  try {
    const selector = parseSelector(query.selector)
    return { promql: withTimes(selector), shown: query.selector, selector }
  } catch (error) {
    return { kind: 'invalid', why: error instanceof Error ? error.message : String(error) }
  }
}

/** The measurements of a result by the time of its evaluations; or the one reason why it has none. */
export function measureAll(query: Prepared, data: QueryData): Map<number, Measurement> | Measurement {
  const { shown } = query
  try {
    const measured = new Map<number, Measurement>()
    for (const [atMs, points] of pointsByTime(data)) {
      measured.set(
        atMs,
        'selector' in query
          ? measureSelector(points, query.selector)
          : measureExpression(points, atMs, shown),
      )
    }
    return measured
  } catch (error) {
    if (!(error instanceof StrangeAnswer)) throw error
    return { kind: 'invalid', why: `${shown}: ${error.message}` }
  }
}

export function unmeasured({ kind, why }: Exclude<ApiAnswer, { kind: 'data' }>): Measurement {
  return { kind: kind === 'error' || kind === 'refused' ? 'error' : 'invalid', why }
}
