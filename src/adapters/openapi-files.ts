import { readFile } from 'node:fs/promises'
import { dirname, relative, resolve } from 'node:path'

import {
  type ApiDocument,
  type DocumentPath,
  DocumentUnreadable,
  readApiDocument,
} from './openapi-document.ts'
import { pathInside } from './path-inside.ts'

/** A value of a description and where it stands. */
export interface Place {
  readonly value: unknown
  /** From the checkout's top, with `/`. */
  readonly file: string
  readonly path: DocumentPath
}

/** A description with the files that it refers to. */
export interface Api {
  readonly root: Place
  /** What stands there once all `$ref`s are followed; of one that leads to another server, the reference itself. */
  resolve(place: Place): Place
  /** What stands below a key, as it is written. */
  child(place: Place, key: string | number): Place | undefined
  lineOf(place: Place): number
}

/** What is wrong with a description, where. */
export class ApiUnreadable extends Error {
  override readonly name = 'ApiUnreadable'
  readonly file: string
  readonly line: number
  constructor(file: string, line: number, why: string) {
    super(`${file}:${line}: ${why}`)
    this.file = file
    this.line = line
  }
}

/** As many references in a row as nobody writes by hand. */
const REFS_MAX = 100
/** A description of a large company has some hundred. */
const FILES_MAX = 2000

/**
 * Reads a description and all files below `root` that it refers to, or nothing where there is none. References to other
 * servers are never followed, and none leads out of the checkout (I14). Errors: `ApiUnreadable`; `UsageError` for a file
 * that is a link that leads out.
 */
export async function readApi(root: string, file: string): Promise<Api | undefined> {
  const documents = new Map<string, ApiDocument>()
  if ((await textOf(root, file)) === undefined) return undefined
  // A reference that leads to nothing is told now, with its line, whether anything needs it or not.
  for (const ref of await readAll(root, file, documents)) follow(ref, documents)
  return {
    root: { value: documents.get(file)?.value, file, path: [] },
    resolve: (place) => follow(place, documents),
    child: (place, key) => {
      const inner = below(place.value, key)
      return inner === undefined ? undefined : { value: inner, file: place.file, path: [...place.path, key] }
    },
    lineOf: ({ file: at, path }) => documents.get(at)?.lineOf(path) ?? 1,
  }
}

async function readAll(root: string, first: string, documents: Map<string, ApiDocument>): Promise<Place[]> {
  const all: Place[] = []
  const waiting: { file: string; from?: Place }[] = [{ file: first }]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { file, from } = next
    if (documents.has(file)) continue
    if (documents.size >= FILES_MAX)
      throw new ApiUnreadable(first, 1, `it refers to more than ${FILES_MAX} files`)
    const document = await readOne(root, file, from === undefined ? undefined : placeIn(from, documents))
    documents.set(file, document)
    for (const ref of refsOf({ value: document.value, file, path: [] })) {
      all.push(ref)
      const target = targetFile(ref)
      if (target !== undefined) waiting.push({ file: target, from: { ...ref, path: [...ref.path, '$ref'] } })
    }
  }
  return all
}

async function readOne(root: string, file: string, from: Where | undefined): Promise<ApiDocument> {
  const fail = (why: string): ApiUnreadable =>
    from === undefined ? new ApiUnreadable(file, 1, why) : new ApiUnreadable(from.file, from.line, why)
  if (file.startsWith('../')) throw fail(`it refers to ${file}, outside the repository, which is never read`)
  const text = await textOf(root, file)
  if (text === undefined) throw fail(`it refers to ${file}, which is not there`)
  try {
    return readApiDocument(text, /\.json$/i.test(file))
  } catch (error) {
    if (error instanceof DocumentUnreadable) throw new ApiUnreadable(file, error.line, error.message)
    throw error
  }
}

/** Nothing where there is no such file. Error: `UsageError` for a link that leads out. */
async function textOf(root: string, file: string): Promise<string | undefined> {
  const lexical = resolve(root, file)
  try {
    return await readFile(await pathInside(root, relative(root, lexical)), 'utf8')
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

function isMissing(error: unknown): boolean {
  const cause = error instanceof Error ? (error.cause ?? error) : error
  return (cause as NodeJS.ErrnoException | undefined)?.code === 'ENOENT'
}

interface Where {
  readonly file: string
  readonly line: number
}

function placeIn({ file, path }: Place, documents: ReadonlyMap<string, ApiDocument>): Where {
  return { file, line: documents.get(file)?.lineOf(path) ?? 1 }
}

/** What holds data rather than references, unless it is the name of a property. */
const DATA = new Set(['example', 'examples', 'default', 'enum', 'const'])

/** All places in a document that are references. */
function refsOf(root: Place): Place[] {
  const found: Place[] = []
  const seen = new Set<object>()
  const todo: Place[] = [root]
  for (let place = todo.pop(); place !== undefined; place = todo.pop()) {
    const { value, file, path } = place
    // Aliases make one object stand at many places.
    if (typeof value !== 'object' || value === null || seen.has(value)) continue
    seen.add(value)
    if (refOf(value) !== undefined) found.push(place)
    for (const [key, inner] of Object.entries(value)) {
      if (!DATA.has(key) || path.at(-1) === 'properties')
        todo.push({ value: inner, file, path: [...path, key] })
    }
  }
  return found
}

export function refOf(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, '$ref')) return undefined
  const { $ref } = value as { $ref: unknown }
  return typeof $ref === 'string' ? $ref : undefined
}

/** Whether a reference leads to another server, or names a scheme of any kind: none of them is followed. */
function isRemote(ref: string): boolean {
  return /^(?:[A-Za-z][A-Za-z0-9+.-]*:|\/\/)/.test(ref)
}

/** The file that a reference is into, from the checkout's top; nothing for one within its own document or to a server. */
function targetFile({ value, file }: Place): string | undefined {
  const ref = refOf(value) ?? ''
  const [path = ''] = ref.split('#')
  if (path === '' || isRemote(ref)) return undefined
  const target = relative('/', resolve('/', dirname(file), decoded(path)))
  // `resolve` stops at the root; how far it would have gone beyond tells whether it leads out.
  return leadsOut(dirname(file), decoded(path)) ? `../${target}` : target
}

function leadsOut(folder: string, path: string): boolean {
  if (path.startsWith('/')) return true
  let depth = folder.split('/').filter((part) => part !== '' && part !== '.').length
  for (const part of path.split('/')) {
    if (part === '..') depth--
    else if (part !== '' && part !== '.') depth++
    if (depth < 0) return true
  }
  return false
}

function follow(start: Place, documents: ReadonlyMap<string, ApiDocument>): Place {
  let place = start
  for (let count = 0; ; count++) {
    const ref = refOf(place.value)
    if (ref === undefined || isRemote(ref)) return place
    const { file, line } = placeIn({ ...place, path: [...place.path, '$ref'] }, documents)
    if (count > REFS_MAX) throw new ApiUnreadable(file, line, `its reference ${ref} leads in a circle`)
    const next = targetOf(place, ref, documents)
    if (next === undefined) throw new ApiUnreadable(file, line, `its reference ${ref} leads to nothing`)
    place = next
  }
}

function targetOf(place: Place, ref: string, documents: ReadonlyMap<string, ApiDocument>): Place | undefined {
  const file = targetFile(place) ?? place.file
  const pointer = ref.split('#')[1] ?? ''
  let value = documents.get(file)?.value
  const path = pointer.split('/').slice(1).map(decoded).map(unescaped)
  for (const key of path) value = below(value, key)
  return value === undefined ? undefined : { value, file, path }
}

/** Own keys only: a name from outside, such as `__proto__`, finds what was written and nothing else. */
function below(value: unknown, key: string | number): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined
  return (value as Record<string | number, unknown>)[key]
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** RFC 6901. */
function unescaped(key: string): string {
  return key.replaceAll('~1', '/').replaceAll('~0', '~')
}
