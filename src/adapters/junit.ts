import { XMLParser, XMLValidator } from 'fast-xml-parser'

import type { TestCase } from '../ports/test-runner.ts'

export type JUnitReport =
  | { readonly kind: 'report'; readonly cases: readonly TestCase[] }
  | { readonly kind: 'malformed'; readonly why: string }

const TEXT = '#text'
const CDATA = '#cdata'

/**
 * The test cases of a JUnit XML report, in document order. There is no one schema; this reads what surefire, gradle,
 * jest-junit, vitest, pytest, go-junit-report, phpunit and `node --test` write. Pure; file paths are as the report has them.
 */
export function parseJUnit(xml: string): JUnitReport {
  const text = xml.replace(/^\uFEFF/, '').trim()
  // No report needs a document type, and it is where entities that expand without bound come from.
  if (/<!(?:DOCTYPE|ENTITY)/i.test(text))
    return malformed('it has a document type, which Seamless does not read')
  try {
    const valid = XMLValidator.validate(text)
    if (valid !== true) return malformed(explained(valid.err))
    const root = elementOf('', parser.parse(text) as Node[], undefined)
    const [top, ...others] = root.children
    if (others.length > 0) return malformed('it has several elements at its top')
    if (top?.tag !== 'testsuites' && top?.tag !== 'testsuite') {
      return malformed('it has neither <testsuites> nor <testsuite> at its top')
    }
    return { kind: 'report', cases: casesIn(root, []) }
  } catch (error) {
    return malformed((error as Error).message)
  }
}

/** Deeper nesting of suites than any framework writes; the parser gives up beyond it. */
const DEPTH_MAX = 64

const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: '',
  cdataPropName: CDATA,
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: false,
  // Off, and its limits with it: `decoded` below knows the five that a document without a type may use.
  processEntities: false,
  ignoreDeclaration: true,
  ignorePiTags: true,
  maxNestedTags: DEPTH_MAX,
})

/** The validator lists the tags that are still open as JSON, and says no more. */
function explained({ msg, line }: { msg: string; line: number | undefined }): string {
  const at = line === undefined ? '' : `line ${line}: `
  return `${at}${msg.startsWith("Invalid '[") ? 'it ends before its elements are closed' : msg}`
}

function malformed(why: string): JUnitReport {
  return { kind: 'malformed', why }
}

/** What the parser makes of `preserveOrder`: one object per node, the tag's name as its only key beside `:@`. */
type Node = Readonly<Record<string, unknown>>

interface Element {
  readonly tag: string
  readonly attributes: ReadonlyMap<string, string>
  readonly children: readonly Element[]
  /** Its own text, CDATA included. */
  readonly text: string
}

function elementOf(tag: string, nodes: readonly Node[], attributes: unknown): Element {
  const children = nodes.flatMap((node) => {
    const name = Object.keys(node).find((key) => key !== ':@' && key !== TEXT && key !== CDATA)
    return name === undefined ? [] : [elementOf(name, node[name] as Node[], node[':@'])]
  })
  const given = Object.entries((attributes ?? {}) as Record<string, string>)
  return {
    tag,
    attributes: new Map(given.map(([key, value]) => [key, decoded(value)])),
    children,
    text: nodes.map(textOf).join(''),
  }
}

function textOf(node: Node): string {
  const cdata = node[CDATA] as Node[] | undefined
  if (cdata !== undefined) return cdata.map((part) => String(part[TEXT])).join('')
  return TEXT in node ? decoded(String(node[TEXT])) : ''
}

const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

/** The references of XML 1.0, section 4.6, and characters by number; others stay as they are. */
function decoded(text: string): string {
  return text.replace(
    /&(?:#(\d{1,7})|#x([0-9a-fA-F]{1,6})|(amp|lt|gt|quot|apos));/g,
    (all, decimal, hex, name) => {
      if (name !== undefined) return NAMED[name as string] ?? all
      const code = decimal === undefined ? Number.parseInt(hex as string, 16) : Number(decimal)
      return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : all
    },
  )
}

function casesIn(element: Element, suites: readonly string[]): TestCase[] {
  return element.children.flatMap((child) => {
    if (child.tag === 'testcase') return [testCase(child, suites)]
    if (child.tag === 'testsuite') return casesIn(child, [...suites, child.attributes.get('name') ?? ''])
    if (child.tag === 'testsuites') return casesIn(child, suites)
    // A suite that broke before or after its cases says so beside them.
    return FAILED.has(child.tag) ? [suiteFailure(child, suites)] : []
  })
}

const FAILED: ReadonlySet<string> = new Set(['failure', 'error'])

function testCase(element: Element, suites: readonly string[]): TestCase {
  const { attributes, children } = element
  const failures = children.filter(({ tag }) => FAILED.has(tag))
  const isSkipped =
    children.some(({ tag }) => tag === 'skipped') ||
    /^(?:notrun|disabled)$/.test(attributes.get('status') ?? '')
  const seconds = secondsOf(attributes.get('time'))
  return {
    name: nameOf(attributes, suites),
    result: failures.length > 0 ? 'failed' : isSkipped ? 'skipped' : 'passed',
    ...(failures.length > 0 && { message: messageOf(failures) }),
    ...placeOf(attributes, failures),
    ...(seconds !== undefined && { seconds }),
  }
}

function suiteFailure(element: Element, suites: readonly string[]): TestCase {
  return { name: joined([...suites, '(suite)']), result: 'failed', message: messageOf([element]) }
}

/** What some writers put where a group has no name. */
const NOISE: ReadonlySet<string> = new Set([
  '',
  'test',
  'undefined',
  'pytest',
  'root suite',
  'jest tests',
  'mocha tests',
])

/** `suite › case`: the class where it says more than the suites' names, else those. */
function nameOf(attributes: ReadonlyMap<string, string>, suites: readonly string[]): string {
  const name = attributes.get('name') ?? ''
  const classname = (attributes.get('classname') ?? '').trim()
  const inner = suites.at(-1) ?? ''
  // go-junit-report's class is only the end of its suite, the package.
  const isTold = NOISE.has(classname.toLowerCase()) || classname === name || inner.endsWith(classname)
  return joined([...(isTold ? suites : [classname]), name])
}

function joined(parts: readonly string[]): string {
  const told = parts
    .map((part) => part.replace(/\s+/g, ' ').trim())
    .filter((part) => !NOISE.has(part.toLowerCase()))
  return told.join(' › ') || '(no name)'
}

/** As `ports/test-runner.ts` promises. */
const MESSAGE_MAX = 4096

function messageOf(failures: readonly Element[]): string {
  const parts = failures.flatMap(({ attributes, text }) => [attributes.get('message') ?? '', text])
  const told = [...new Set(parts.map((part) => part.trim()).filter((part) => part !== ''))]
  // Most writers repeat the message at the start of the text.
  const [first = '', ...rest] = told.filter((part, index) => !told[index + 1]?.startsWith(part))
  return limited([first, ...rest].join('\n'))
}

function limited(text: string): string {
  const bytes = Buffer.from(text)
  if (bytes.length <= MESSAGE_MAX) return text
  return `${bytes
    .subarray(0, MESSAGE_MAX - 4)
    .toString('utf8')
    .replace(/\uFFFD+$/, '')}…`
}

/** The file and line of the case's own attributes, else the line that its failure names in that file. */
function placeOf(
  attributes: ReadonlyMap<string, string>,
  failures: readonly Element[],
): { file?: string; line?: number } {
  const file = attributes.get('file') ?? attributes.get('filepath')
  if (file === undefined || file === '') return {}
  const said = Number(attributes.get('line') ?? attributes.get('lineno'))
  const line = Number.isSafeInteger(said) && said > 0 ? said : lineIn(failures, file)
  return line === undefined ? { file } : { file, line }
}

function lineIn(failures: readonly Element[], file: string): number | undefined {
  const base = `${file.slice(file.search(/[^/\\]*$/))}:`
  for (const { text } of failures) {
    const at = text.indexOf(base)
    const digits = at === -1 ? undefined : /^\d{1,7}/.exec(text.slice(at + base.length))
    if (digits) return Number(digits[0])
  }
  return undefined
}

/** Surefire groups thousands: `1,234.5`. */
function secondsOf(time: string | undefined): number | undefined {
  const seconds = Number((time ?? '').replaceAll(',', '') || Number.NaN)
  return Number.isFinite(seconds) && seconds >= 0 ? seconds : undefined
}
