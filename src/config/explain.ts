import type { z } from 'zod'
import { type ConfigError, formatPath, quoted, visible } from './config-error.ts'
import { knownKeys } from './known-keys.ts'
import { nearestName } from './nearest.ts'
import type { Place, YamlDocument, YamlPath } from './yaml-document.ts'

type Read = Extract<YamlDocument, { ok: true }>
type Issue = z.core.$ZodIssue

/** What an error says, before it has a place. */
interface Finding {
  readonly path: YamlPath
  readonly part: 'key' | 'value'
  readonly message: string
  readonly expected?: string | undefined
  /** The word at fault and the words that would do: the nearest one is looked for last, in what is shown. */
  readonly slip?:
    | { readonly written: string; readonly names: readonly string[]; readonly braces?: boolean }
    | undefined
}

/** More would only hide the first ones. */
const MAX_ERRORS = 100

/** Zod's issues in the user's words, each with its place in the text, in the text's order; at most 100. */
export function explain(issues: readonly Issue[], document: Read, file: string): ConfigError[] {
  return issues
    .flatMap((issue) => findings(issue, document.value))
    .map((finding) => ({ finding, place: document.placeOf(finding.path, finding.part) }))
    .toSorted((a, b) => a.place.line - b.place.line || a.place.column - b.place.column)
    .slice(0, MAX_ERRORS)
    .map(({ finding, place }) => configError(finding, place, file))
}

function configError({ path, message, expected, slip }: Finding, place: Place, file: string): ConfigError {
  const close = slip === undefined ? undefined : nearestName(slip.written, slip.names)
  const nearest = close !== undefined && slip?.braces === true ? `{${close}}` : close
  return {
    file,
    ...place,
    path: formatPath(path),
    message: visible(message),
    ...(expected === undefined ? {} : { expected }),
    ...(nearest === undefined ? {} : { nearest }),
  }
}

function findings(issue: Issue, root: unknown): Finding[] {
  const path = issue.path.map((step) => (typeof step === 'symbol' ? String(step) : step))
  if (issue.code === 'unrecognized_keys') return unknownKeys(issue.keys, path, root)
  if (issue.code === 'invalid_key') return badKey(issue, path)
  if (issue.code === 'invalid_element') return issue.issues.flatMap((inner) => findings(inner, root))
  if (issue.code === 'custom' && issue.params !== undefined) return [ruleBroken(issue, path)]
  const value = valueAt(root, path)
  const expected = withQuotes(authored(issue) ?? expectation(issue), issue, value)
  if (value === undefined) return [{ path, part: 'key', message: 'missing', expected }]
  return [misfit(value, path, { expected, issue })]
}

function unknownKeys(keys: readonly string[], path: YamlPath, root: unknown): Finding[] {
  const names = knownKeys(path, root)
  return keys.map((key) => ({
    path: [...path, key],
    part: 'key',
    message: 'unknown key',
    expected: `one of ${names.join(', ')}`,
    slip: { written: key, names },
  }))
}

function badKey(issue: Extract<Issue, { code: 'invalid_key' }>, path: YamlPath): Finding[] {
  const [first] = issue.issues
  const expected = first === undefined ? 'another name' : (authored(first) ?? expectation(first))
  return [{ path, part: 'key', message: `${quoted(String(path.at(-1)))} is not usable here`, expected }]
}

/** An issue of our own: its `params` carry what a plain message cannot. */
function ruleBroken(issue: Extract<Issue, { code: 'custom' }>, path: YamlPath): Finding {
  const { expected, part, written, names, braces } = issue.params as RuleParams
  const slip = written === undefined ? undefined : { written, names: names ?? [], braces: braces === true }
  return { path, part: part ?? 'value', message: issue.message, expected, slip }
}

interface RuleParams {
  readonly expected?: string
  readonly part?: 'key' | 'value'
  readonly written?: string
  readonly names?: readonly string[]
  /** The names are template variables. */
  readonly braces?: boolean
}

function misfit(
  value: unknown,
  path: YamlPath,
  { expected, issue }: { expected: string | undefined; issue: Issue },
): Finding {
  const text = ownWords(issue)
  if (text !== undefined) return { path, part: 'value', message: text }
  if (value === '') return { path, part: 'value', message: 'empty', expected }
  const names = issue.code === 'invalid_value' ? issue.values.map(String) : knownOptions(issue)
  const slip = typeof value === 'string' && names !== undefined ? { written: value, names } : undefined
  return { path, part: 'value', message: `${described(value)} does not fit`, expected, slip }
}

/** A schema's own message that begins with "expected", without that word. */
function authored({ message }: Issue): string | undefined {
  return message.startsWith('expected ') ? message.slice('expected '.length) : undefined
}

/** A schema's own message of another form; zod's standard ones all begin in one of three ways. */
function ownWords(issue: Issue): string | undefined {
  if (authored(issue) !== undefined || /^(?:Invalid|Too (?:big|small)|Unrecognized)\b/.test(issue.message))
    return undefined
  return issue.message
}

/** What a value of zod's standard kinds had to be. */
function expectation(issue: Issue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return TYPES[issue.expected] ?? issue.expected
    case 'invalid_value':
      return oneOf(issue.values.map(String))
    case 'too_small':
      return `${issue.inclusive === false ? 'more than' : 'at least'} ${amount(issue.minimum, issue.origin)}`
    case 'too_big':
      return `${issue.inclusive === false ? 'less than' : 'at most'} ${amount(issue.maximum, issue.origin)}`
    case 'invalid_union':
      return oneOf(knownOptions(issue) ?? [])
    case 'invalid_format':
    case 'not_multiple_of':
    case 'unrecognized_keys':
    case 'invalid_key':
    case 'invalid_element':
    case 'custom':
      return undefined
    default:
      return issue satisfies never
  }
}

const TYPES: Readonly<Record<string, string>> = {
  string: 'text; a number goes in quotes',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping',
  record: 'a mapping',
}

/** `{version}` without quotes is a mapping in YAML. */
function withQuotes(expected: string | undefined, issue: Issue, value: unknown): string | undefined {
  const meantText = issue.code === 'invalid_type' && issue.expected === 'string'
  if (!meantText || typeof value !== 'object' || expected === undefined) return expected
  return `${expected}; one that begins with { or [ goes in quotes`
}

function knownOptions(issue: Issue): string[] | undefined {
  return issue.code === 'invalid_union' && 'options' in issue ? issue.options?.map(String) : undefined
}

function oneOf(names: readonly string[]): string | undefined {
  if (names.length === 0) return undefined
  return names.length === 1 ? names[0] : `one of ${names.join(', ')}`
}

function amount(limit: number | bigint, origin: string): string {
  if (origin === 'string') return `${limit} characters`
  return origin === 'array' ? `${limit} ${limit === 1 ? 'entry' : 'entries'}` : String(limit)
}

function described(value: unknown): string {
  if (typeof value === 'string') return quoted(value)
  if (Array.isArray(value)) return 'a list'
  return typeof value === 'object' && value !== null ? 'a mapping' : String(value)
}

function valueAt(root: unknown, path: YamlPath): unknown {
  let value = root
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined
    value = (value as Record<string | number, unknown>)[step]
  }
  return value
}
