import type { Labels } from '../ports/health-source.ts'

/** One line of a metrics page. */
export interface PageSample {
  readonly labels: Labels
  readonly value: number
  /** The time that the page itself states (ms since the epoch); few pages do. */
  readonly atMs?: number
}

export type PageFormat = 'openmetrics' | 'prometheus'

/** A page that breaks its format. Says where and what was expected, and repeats nothing of the page. */
export class MalformedPage extends Error {
  override readonly name = 'MalformedPage'
}

/**
 * Reads a metrics page: OpenMetrics 1.0 text (https://prometheus.io/docs/specs/om/open_metrics_spec/) or the
 * Prometheus text format 0.0.4 (https://prometheus.io/docs/instrumenting/exposition_formats/). Gives every sample as
 * the page has it (`_total`, `_bucket`, `_created` …, NaN and infinities included), in order; metadata and exemplars are skipped.
 *
 * Stricter than it need be in nothing, but a page is taken whole or not at all: half a page would read as vanished
 * series. Written here because the parsers on npm are unmaintained (parse-prometheus-text-format, prom2javascript:
 * last published in 2024) and know neither OpenMetrics nor its `# EOF`.
 * @throws MalformedPage
 */
export function parsePage(text: string, format: PageFormat): readonly PageSample[] {
  const samples: PageSample[] = []
  let ended = false
  let line = 0
  for (const content of linesOf(text)) {
    line++
    if (ended) throw new MalformedPage(`line ${line}: nothing may follow # EOF`)
    if (content === '# EOF' && format === 'openmetrics') ended = true
    else if (!/^[ \t]*(?:#|$)/.test(content)) samples.push(parseSample({ content, format, line }))
  }
  if (format === 'openmetrics' && !ended) throw new MalformedPage('it does not end with # EOF: it is cut off')
  return samples
}

function* linesOf(text: string): Generator<string> {
  let start = 0
  while (start < text.length) {
    const found = text.indexOf('\n', start)
    const end = found === -1 ? text.length : found
    yield text.slice(start, end)
    start = end + 1
  }
}

interface Line {
  readonly content: string
  readonly format: PageFormat
  readonly line: number
}

const HEAD = /[ \t]*([a-zA-Z_:][\w:]*)[ \t]*(\{?)/y
const PROMETHEUS_TAIL = /[ \t]*([^ \t]+)(?:[ \t]+(-?\d+))?[ \t]*$/y
// What follows ` # ` is an exemplar.
const OPENMETRICS_TAIL = /[ \t]*([^ \t]+)(?:[ \t]+([-+\d.eE]+))?[ \t]*(?: # [^]*)?$/y

function parseSample(line: Line): PageSample {
  const head = matchAt(HEAD, line.content, 0)
  if (head?.[1] === undefined) throw expected(line, 'a metric name')
  const labels: Record<string, string> = Object.create(null)
  labels['__name__'] = head[1]
  const end = head[2] === '{' ? readLabels(line, head[0].length, labels) : head[0].length
  const tail = matchAt(line.format === 'openmetrics' ? OPENMETRICS_TAIL : PROMETHEUS_TAIL, line.content, end)
  const value = parseValue(tail?.[1] ?? '')
  if (value === undefined) throw expected(line, 'a number, and at most a timestamp after it')
  const stated = tail?.[2]
  return stated === undefined ? { labels, value } : { labels, value, atMs: parseTime(line, stated) }
}

const LABEL = /[ \t]*([a-zA-Z_]\w*)[ \t]*=[ \t]*"([^"\\]*(?:\\[^][^"\\]*)*)"[ \t]*/y
const SEPARATOR = /,?[ \t]*(\}?)/y

/** Reads `name="value", …}` into `labels`; returns where it ends. */
function readLabels(line: Line, from: number, labels: Record<string, string>): number {
  const { content } = line
  let at = from + (matchAt(/[ \t]*/y, content, from)?.[0].length ?? 0)
  if (content[at] === '}') return at + 1
  for (;;) {
    const label = matchAt(LABEL, content, at)
    if (label?.[1] === undefined || label[2] === undefined) throw expected(line, 'a label as name="value"')
    if (label[1] in labels) throw expected(line, 'each label once')
    labels[label[1]] = unescapeValue(label[2])
    at += label[0].length
    const separator = matchAt(SEPARATOR, content, at)
    if (separator === null || separator[0] === '') throw expected(line, 'a comma or } after a label')
    at += separator[0].length
    if (separator[1] === '}') return at
  }
}

function unescapeValue(text: string): string {
  if (!text.includes('\\')) return text
  // Any other escape stands for itself, backslash included, as Prometheus reads it.
  return text.replace(/\\([\\"n])/g, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped))
}

/** A sample value as Prometheus and OpenMetrics write it, or undefined: `1`, `-1.5e-7`, `NaN`, `+Inf`. JavaScript's own Number() would take '' and 0x10 too. */
export function parseValue(text: string): number | undefined {
  if (/^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/.test(text)) return Number(text)
  if (/^nan$/i.test(text)) return Number.NaN
  if (/^\+?inf(?:inity)?$/i.test(text)) return Number.POSITIVE_INFINITY
  if (/^-inf(?:inity)?$/i.test(text)) return Number.NEGATIVE_INFINITY
  return undefined
}

/** OpenMetrics states seconds, the older format milliseconds. */
function parseTime(line: Line, text: string): number {
  const number = parseValue(text)
  if (number === undefined) throw expected(line, 'a timestamp')
  return line.format === 'openmetrics' ? Math.round(number * 1000) : number
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at
  return pattern.exec(text)
}

function expected(line: Line, what: string): MalformedPage {
  return new MalformedPage(`line ${line.line}: expected ${what}`)
}
