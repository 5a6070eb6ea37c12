import type { SyntaxNode, Tree } from '@lezer/common'
import { parser } from '@prometheus-io/lezer-promql'
import { z } from 'zod'

import { fillTemplate, misspeltVariable, type TemplateValues } from './label-template.ts'

const OPERATORS = ['=', '!=', '=~', '!~'] as const

/** One label matcher; `value` is the text itself, without quotes and escapes. */
export interface Matcher {
  readonly label: string
  readonly operator: (typeof OPERATORS)[number]
  readonly value: string
}

/** A PromQL instant vector selector, taken apart: a query is only ever made of these parts, so a value cannot become syntax. */
export interface Selector {
  readonly metric?: string
  readonly matchers: readonly Matcher[]
}

/** Label values to add to a selector, e.g. `{ version: '{version}' }`. */
export type LabelTemplates = Readonly<Record<string, string>>

const PLAIN_METRIC = /^[A-Za-z_:][\w:]*$/
const PLAIN_LABEL = /^[A-Za-z_]\w*$/

/** Text → `Selector`; functions, ranges, offsets and arithmetic are refused, because sources answer raw series only. */
export const selector = z
  .string({ error: 'expected a PromQL selector such as http_requests_total{code=~"5.."}' })
  .max(2000)
  .transform((text, context): Selector => {
    try {
      return parseSelector(text)
    } catch (error) {
      context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : String(error) })
      return z.NEVER
    }
  })

/** Labels that tell one arm's series from the other's. */
export const labelTemplates = z
  .record(
    z.string().regex(PLAIN_LABEL, { error: 'expected a label name such as version' }),
    z
      .string()
      .min(1, { error: 'an empty value matches every series without the label' })
      .superRefine(refuseMisspelt),
  )
  .refine((labels) => Object.keys(labels).length > 0, { error: 'expected at least one label' })
  .refine((labels) => !('__name__' in labels), { error: '__name__ is the metric itself' })

/** @throws Error that says what is wrong and where in the text. */
export function parseSelector(text: string): Selector {
  const tree = parser.parse(text)
  refuseSyntaxErrors(tree, text)
  const root = tree.topNode.firstChild
  if (root?.name !== 'VectorSelector' || root.nextSibling !== null) {
    throw new Error(
      `${JSON.stringify(text)} is not a selector: write a metric and its labels only, e.g. http_requests_total{code=~"5.."}`,
    )
  }
  const parsed = readSelector(root, text)
  const selective = parsed.metric !== undefined || parsed.matchers.some(isSelective)
  if (!selective) throw new Error(`${JSON.stringify(text)} selects everything: name a metric`)
  return parsed
}

/** `selector` with its templates filled and `labels` added; undefined when a value that it needs is not known. */
export function fillSelector(
  selector: Selector,
  labels: LabelTemplates,
  values: TemplateValues,
): Selector | undefined {
  const matchers: Matcher[] = []
  const added = Object.entries(labels).map(([label, value]): Matcher => ({ label, operator: '=', value }))
  for (const matcher of [...selector.matchers, ...added]) {
    const isRegex = matcher.operator === '=~' || matcher.operator === '!~'
    const value = fillTemplate(matcher.value, values, isRegex ? quoteRegex : undefined)
    if (value === undefined) return undefined
    matchers.push({ ...matcher, value })
  }
  return { ...selector, matchers }
}

/** The selector as PromQL. Names outside the classic alphabet are quoted, as Prometheus 3 reads them. */
export function formatSelector(selector: Selector): string {
  const quotedMetric = selector.metric !== undefined && !PLAIN_METRIC.test(selector.metric)
  const parts = selector.matchers.map(
    ({ label, operator, value }) =>
      `${PLAIN_LABEL.test(label) ? label : quote(label)}${operator}${quote(value)}`,
  )
  if (quotedMetric) parts.unshift(quote(selector.metric))
  const braces = parts.length > 0 ? `{${parts.join(',')}}` : ''
  return quotedMetric ? braces : `${selector.metric ?? ''}${braces}`
}

function refuseMisspelt(text: string, context: z.RefinementCtx): void {
  const found = misspeltVariable(text)
  if (found === undefined) return
  context.addIssue({
    code: 'custom',
    message: `unknown variable {${found.written}}; did you mean {${found.meant}}?`,
  })
}

function refuseSyntaxErrors(tree: Tree, text: string): void {
  tree.iterate({
    enter: ({ type, from }) => {
      if (!type.isError) return
      const place =
        from >= text.length
          ? 'at its end'
          : `at character ${from + 1} (${JSON.stringify(text.slice(from, from + 12))})`
      throw new Error(`${JSON.stringify(text)} is no PromQL: unexpected text ${place}`)
    },
  })
}

function readSelector(node: SyntaxNode, text: string): Selector {
  const identifier = node.getChild('Identifier')
  let metric = identifier === null ? undefined : text.slice(identifier.from, identifier.to)
  const matchers: Matcher[] = []
  for (
    let part = node.getChild('LabelMatchers')?.firstChild ?? null;
    part !== null;
    part = part.nextSibling
  ) {
    if (part.name === 'LineComment') continue
    if (part.name === 'QuotedLabelName') metric = onlyOne(metric, unquote(text.slice(part.from, part.to)))
    else {
      const matcher = readMatcher(part, text)
      if (matcher.label === '__name__' && matcher.operator === '=') metric = onlyOne(metric, matcher.value)
      else matchers.push(matcher)
    }
  }
  return metric === undefined ? { matchers } : { metric, matchers }
}

function onlyOne(metric: string | undefined, another: string): string {
  if (metric !== undefined)
    throw new Error(`two metric names: ${JSON.stringify(metric)} and ${JSON.stringify(another)}`)
  return another
}

function readMatcher(node: SyntaxNode, text: string): Matcher {
  const of = (child: SyntaxNode | null): string => (child === null ? '' : text.slice(child.from, child.to))
  const name = of(node.firstChild)
  const operator = OPERATORS.find((known) => known === of(node.getChild('MatchOp')))
  if (operator === undefined) throw new Error(`${JSON.stringify(of(node))} is no label matcher`)
  const value = unquote(of(node.lastChild))
  if (operator === '=~' || operator === '!~') refuseBrokenRegex(value)
  const misspelt = misspeltVariable(value)
  if (misspelt !== undefined)
    throw new Error(`unknown variable {${misspelt.written}}; did you mean {${misspelt.meant}}?`)
  return { label: node.name === 'QuotedLabelMatcher' ? unquote(name) : name, operator, value }
}

/** Prometheus refuses a selector whose every matcher also matches the empty string; a negative one nearly always does. */
function isSelective({ operator, value }: Matcher): boolean {
  if (operator === '=') return value !== ''
  if (operator === '=~') return !matchesEmpty(value)
  return operator === '!=' && value === ''
}

function matchesEmpty(pattern: string): boolean {
  try {
    return new RegExp(`^(?:${pattern})$`).test('')
  } catch {
    return false
  }
}

/** Regular expressions are RE2's; one that JavaScript cannot read either, and that uses no `(?…)` where the two differ, is a slip. */
function refuseBrokenRegex(pattern: string): void {
  try {
    void new RegExp(pattern.replaceAll(/\{[a-z]+\}/g, 'x'))
  } catch (error) {
    if (pattern.includes('(?')) return
    const why = error instanceof Error ? error.message : String(error)
    throw new Error(`${JSON.stringify(pattern)} is no regular expression: ${why}`, { cause: error })
  }
}

const ESCAPES: Readonly<Record<string, string>> = {
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  '"': '"',
  "'": "'",
}

/** A PromQL string literal's text; its escapes are Go's: https://prometheus.io/docs/prometheus/latest/querying/basics/#string-literals */
function unquote(literal: string): string {
  const inner = literal.slice(1, -1)
  if (literal.startsWith('`')) return inner
  return inner.replaceAll(
    /\\(x[\da-fA-F]{2}|u[\da-fA-F]{4}|U[\da-fA-F]{8}|[0-7]{3}|[\s\S])/g,
    (escape, body: string) => ESCAPES[body] ?? fromCode(body) ?? refuseEscape(escape),
  )
}

function fromCode(body: string): string | undefined {
  if (body.length === 1) return undefined
  const code = /^[0-7]/.test(body) ? Number.parseInt(body, 8) : Number.parseInt(body.slice(1), 16)
  return code <= 0x10_ff_ff ? String.fromCodePoint(code) : undefined
}

function refuseEscape(escape: string): never {
  throw new Error(`${JSON.stringify(escape)} is no escape of PromQL`)
}

/** A double-quoted literal; a lone surrogate, which UTF-8 cannot carry, becomes U+FFFD. */
function quote(text: string): string {
  const escaped = text.toWellFormed().replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
  return `"${escaped}"`
}

/** As Go's `regexp.QuoteMeta`: https://pkg.go.dev/regexp#QuoteMeta */
function quoteRegex(text: string): string {
  return text.replaceAll(/[\\.+*?()|[\]{}^$]/g, String.raw`\$&`)
}
