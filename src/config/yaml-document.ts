import {
  constructFromEvents,
  EVENT_ID,
  type Event,
  getScalarValue,
  JSON_SCHEMA,
  type MappingEvent,
  parseEvents,
  SCALAR_STYLE,
  type SequenceEvent,
  YAMLException,
} from 'js-yaml'

/** Where something stands in a text; both from 1, columns in UTF-16 units as editors count them. */
export interface Place {
  readonly line: number
  readonly column: number
}

export type YamlPath = readonly (string | number)[]

interface YamlProblem extends Place {
  readonly path: YamlPath
  readonly message: string
  readonly expected: string
}

export type YamlDocument =
  | {
      readonly ok: true
      readonly value: unknown
      /** Where a path's key or value begins; of a path that the text does not have, its nearest ancestor's key. */
      placeOf(path: YamlPath, part: 'key' | 'value'): Place
    }
  | { readonly ok: false; readonly problems: readonly YamlProblem[] }

/** A configuration by hand is a few KiB; the cap bounds every later step. */
const MAX_BYTES = 64 * 1024
/** Keys and values: the complete example has 250. With it the errors of a hostile file stay few enough to be told in time. */
const MAX_NODES = 5000
/** The schema is nine levels deep. */
const MAX_DEPTH = 32

/** More would only hide the first ones. */
const MAX_PROBLEMS = 100

/** Where a node stands, and what it holds, by offsets into the text. */
interface Node {
  readonly keyAt: number
  readonly at: number
  readonly children: Map<string | number, Node>
}

/**
 * One YAML document as JSON values: text, numbers, true, false, null, lists, mappings. YAML's other abilities are refused
 * with their place, because each is a known trap: aliases and merge keys (bombs, hidden sharing), tags (types),
 * repeated keys (the last one would win in silence), `__proto__`.
 */
export function readYaml(text: string): YamlDocument {
  const bytes = Buffer.byteLength(text)
  if (bytes > MAX_BYTES) {
    return refused([ofFile(`the file has ${bytes} bytes`, `at most ${MAX_BYTES}`)])
  }
  try {
    const events = parseEvents(text, { maxDepth: MAX_DEPTH })
    const nodes = events.filter(({ type }) => type !== EVENT_ID.POP && type !== EVENT_ID.DOCUMENT).length
    if (nodes <= MAX_NODES) return readEvents(text, events)
    return refused([ofFile(`the file has ${nodes} keys and values`, `at most ${MAX_NODES}`)])
  } catch (error) {
    return refused([syntaxProblem(error)])
  }
}

function readEvents(text: string, events: Event[]): YamlDocument {
  const walk = new Walk(text, events)
  const root = walk.document()
  if (walk.problems.length > 0) return refused(walk.problems.slice(0, MAX_PROBLEMS))
  if (root === undefined) {
    const expected = 'a mapping that begins with "driver: action"'
    return refused([ofFile('the file is empty', expected)])
  }
  const [value] = constructFromEvents(events, { source: text, schema: JSON_SCHEMA, maxAliases: 0 })
  return { ok: true, value, placeOf: (path, part) => walk.lines.place(offsetOf(root, path, part)) }
}

function refused(problems: readonly YamlProblem[]): YamlDocument {
  return { ok: false, problems }
}

function ofFile(message: string, expected: string): YamlProblem {
  return { line: 1, column: 1, path: [], message, expected }
}

function syntaxProblem(error: unknown): YamlProblem {
  const mark = error instanceof YAMLException ? error.mark : undefined
  const reason = error instanceof YAMLException ? error.reason : String(error)
  return {
    line: (mark?.line ?? 0) + 1,
    column: (mark?.column ?? 0) + 1,
    path: [],
    message: `not readable: ${reason}`,
    expected: 'valid YAML',
  }
}

function offsetOf(root: Node, path: YamlPath, part: 'key' | 'value'): number {
  let node = root
  for (const step of path) {
    const child = node.children.get(step)
    if (child === undefined) return node.keyAt
    node = child
  }
  return part === 'key' ? node.keyAt : node.at
}

class Lines {
  readonly #starts: number[] = [0]

  constructor(text: string) {
    for (const { index, 0: end } of text.matchAll(/\r\n|\r|\n/g)) this.#starts.push(index + end.length)
  }

  place(offset: number): Place {
    let low = 0
    let high = this.#starts.length - 1
    while (low < high) {
      const middle = Math.ceil((low + high) / 2)
      if ((this.#starts[middle] ?? 0) <= offset) low = middle
      else high = middle - 1
    }
    return { line: low + 1, column: offset - (this.#starts[low] ?? 0) + 1 }
  }
}

/** Reads the parser's flat events, which carry offsets, into a tree of places. */
class Walk {
  readonly problems: YamlProblem[] = []
  readonly lines: Lines
  readonly #text: string
  readonly #events: readonly Event[]
  #next = 0

  constructor(text: string, events: readonly Event[]) {
    this.#text = text
    this.#events = events
    this.lines = new Lines(text)
  }

  document(): Node | undefined {
    if (this.#take() === undefined) return undefined
    const root = this.#node(0, [])
    this.#take()
    const second = this.#events[this.#next]
    if (second !== undefined) {
      const inner = this.#events[this.#next + 1]
      this.#refuse(
        inner === undefined ? 0 : startOf(inner),
        [],
        'a second document',
        'one document in the file',
      )
    }
    return root
  }

  #take(): Event | undefined {
    return this.#events[this.#next++]
  }

  #node(keyAt: number, path: YamlPath, isItem = false): Node {
    const event = this.#take()
    const children = new Map<string | number, Node>()
    if (event === undefined) return { keyAt, at: keyAt, children }
    const at = this.#valueStart(event, keyAt)
    const node: Node = { keyAt: isItem ? at : keyAt, at, children }
    this.#refuseExtras(event, at, path)
    if (event.type === EVENT_ID.MAPPING) this.#mapping(node, path)
    if (event.type === EVENT_ID.SEQUENCE) this.#sequence(node, path)
    return node
  }

  #mapping(node: Node, path: YamlPath): void {
    for (let event = this.#take(); event !== undefined && event.type !== EVENT_ID.POP; event = this.#take()) {
      const at = this.#valueStart(event, node.at)
      const key = this.#key(event, at, path)
      const first = node.children.get(key)
      if (first !== undefined) {
        const { line } = this.lines.place(first.keyAt)
        this.#refuse(at, [...path, key], `stands here again (first in line ${line})`, 'each key once')
      }
      const value = this.#node(at, [...path, key])
      if (first === undefined) node.children.set(key, value)
    }
  }

  #sequence(node: Node, path: YamlPath): void {
    for (let index = 0; this.#events[this.#next]?.type !== EVENT_ID.POP; index++) {
      node.children.set(index, this.#node(node.at, [...path, index], true))
    }
    this.#take()
  }

  #key(event: Event, at: number, path: YamlPath): string {
    if (event.type !== EVENT_ID.SCALAR) {
      this.#refuse(at, path, 'a key that is not text', 'text')
      this.#next--
      this.#node(at, path)
      return ''
    }
    this.#refuseExtras(event, at, path)
    const key = getScalarValue(this.#text, event)
    const isMerge = key === '<<' && event.style === SCALAR_STYLE.PLAIN
    if (isMerge) this.#refuse(at, [...path, key], 'merge keys are not read', 'the keys themselves')
    if (INHERITED.has(key)) this.#refuse(at, [...path, key], 'not usable as a name', 'another name')
    return key
  }

  #refuseExtras(event: Event, at: number, path: YamlPath): void {
    if (event.type === EVENT_ID.ALIAS) {
      this.#refuse(
        at,
        path,
        'aliases are not read',
        'the value itself, or quotes around a text that begins with *',
      )
    }
    if (event.type !== EVENT_ID.SCALAR && event.type !== EVENT_ID.MAPPING && event.type !== EVENT_ID.SEQUENCE)
      return
    if (event.anchorStart >= 0) {
      const expected = 'the value alone, or quotes around a text that begins with &'
      this.#refuse(event.anchorStart - 1, path, 'anchors are not read', expected)
    }
    if (event.tagStart >= 0) {
      const expected = 'the value alone, or quotes around a text that begins with !'
      this.#refuse(event.tagStart, path, 'tags are not read', expected)
    }
  }

  #refuse(offset: number, path: YamlPath, message: string, expected: string): void {
    this.problems.push({ ...this.lines.place(Math.max(0, offset)), path, message, expected })
  }

  /** An empty value has no offset of its own: it stands where its key does. A block text stands at its `|`. */
  #valueStart(event: Event, keyAt: number): number {
    const at = startOf(event)
    if (at < 0) return keyAt
    if (event.type !== EVENT_ID.SCALAR) return at
    if (event.style === SCALAR_STYLE.SINGLE_QUOTED || event.style === SCALAR_STYLE.DOUBLE_QUOTED)
      return at - 1
    if (event.style === SCALAR_STYLE.PLAIN) return at
    const header = this.#text.slice(keyAt, at).search(/[|>]/)
    return header < 0 ? at : keyAt + header
  }
}

/** Names that every object inherits and that a careless `object[name]` would find. */
const INHERITED: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype'])

function startOf(event: Event): number {
  if (event.type === EVENT_ID.SCALAR) return event.valueStart
  if (event.type === EVENT_ID.ALIAS) return event.anchorStart - 1
  return isCollection(event) ? event.start : -1
}

function isCollection(event: Event): event is MappingEvent | SequenceEvent {
  return event.type === EVENT_ID.MAPPING || event.type === EVENT_ID.SEQUENCE
}
