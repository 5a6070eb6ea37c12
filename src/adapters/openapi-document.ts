import {
  EVENT_ID,
  type Event,
  getScalarValue,
  JSON_SCHEMA,
  load,
  mergeTag,
  parseEvents,
  YAMLException,
} from 'js-yaml'

/** A path of keys and indexes from a document's root. */
export type DocumentPath = readonly (string | number)[]

export interface ApiDocument {
  readonly value: unknown
  /** The line, from 1, of what stands there; of a path that the document does not have, its nearest ancestor's. */
  lineOf(path: DocumentPath): number
}

/** A document cannot be read. */
export class DocumentUnreadable extends Error {
  override readonly name = 'DocumentUnreadable'
  /** From 1. */
  readonly line: number
  constructor(line: number, message: string) {
    super(message)
    this.line = line
  }
}

/** GitHub's own description has 12 MB; what is larger is none. */
const MAX_BYTES = 32 * 1024 * 1024
/** Schemas nest some ten deep, each level three keys. */
const MAX_DEPTH = 200
const MAX_ALIASES = 10_000

/**
 * A document of YAML or JSON as JSON values. Unlike a configuration it may use anchors and merge keys: generators write
 * them. Error: `DocumentUnreadable` with the line.
 */
export function readApiDocument(text: string, isJson: boolean): ApiDocument {
  if (Buffer.byteLength(text) > MAX_BYTES) throw new DocumentUnreadable(1, 'it has more than 32 MiB')
  const value = isJson ? parsedJson(text) : parsedYaml(text)
  let places: { readonly root: Node; readonly lineAt: (offset: number) => number } | undefined
  return {
    value,
    lineOf: (path) => {
      places ??= { root: placesOf(text), lineAt: linesOf(text) }
      return places.lineAt(offsetOf(places.root, path))
    },
  }
}

function parsedYaml(text: string): unknown {
  try {
    const schema = JSON_SCHEMA.withTags(mergeTag)
    return load(text, { schema, maxDepth: MAX_DEPTH, maxAliases: MAX_ALIASES })
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error
    throw new DocumentUnreadable((error.mark?.line ?? 0) + 1, error.reason)
  }
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    const { message } = error as Error
    const at = Number(/position (\d+)/.exec(message)?.[1] ?? (/end of JSON/.test(message) ? text.length : 0))
    throw new DocumentUnreadable(linesOf(text)(at), message.replace(/ \(line \d+ column \d+\)$/, ''))
  }
}

interface Node {
  readonly at: number
  readonly children: Map<string, Node>
}

/** JSON is read as the YAML that it is. Where that fails there are no places, which costs a line number only. */
function placesOf(text: string): Node {
  const root: Node = { at: 0, children: new Map() }
  try {
    const events = parseEvents(text, { maxDepth: MAX_DEPTH })
    const [, ...inner] = events
    if (inner.length > 0) nodeFrom(text, inner[Symbol.iterator](), root)
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error
  }
  return root
}

/** Reads one node's events into `node`; gives whether there was one. */
function nodeFrom(text: string, events: Iterator<Event>, node: Node): boolean {
  const { value: event, done } = events.next()
  if (done === true || event.type === EVENT_ID.POP) return false
  if (event.type === EVENT_ID.MAPPING) {
    for (let key = events.next(); key.done !== true && key.value.type !== EVENT_ID.POP; key = events.next()) {
      const scalar = key.value.type === EVENT_ID.SCALAR ? key.value : undefined
      const child: Node = { at: scalar?.valueStart ?? node.at, children: new Map() }
      nodeFrom(text, events, child)
      if (scalar !== undefined) node.children.set(getScalarValue(text, scalar), child)
    }
  }
  if (event.type === EVENT_ID.SEQUENCE) {
    for (let index = 0; ; index++) {
      const child: Node = { at: node.at, children: new Map() }
      if (!nodeFrom(text, events, child)) break
      node.children.set(String(index), child)
    }
  }
  return true
}

function offsetOf(root: Node, path: DocumentPath): number {
  let node = root
  for (const step of path) {
    const child = node.children.get(String(step))
    if (child === undefined) return node.at
    node = child
  }
  return node.at
}

/** The line of an offset, from 1. */
function linesOf(text: string): (offset: number) => number {
  const starts = [0]
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return (offset) => {
    let [low, high] = [0, starts.length - 1]
    while (low < high) {
      const middle = Math.ceil((low + high) / 2)
      if ((starts[middle] ?? 0) <= offset) low = middle
      else high = middle - 1
    }
    return low + 1
  }
}
