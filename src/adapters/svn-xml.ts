import { XMLParser } from 'fast-xml-parser'
import { z } from 'zod'

import { VersionControlError } from '../errors.ts'

const REPEATED = new Set(['entry', 'logentry', 'path', 'target', 'property'])

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '',
  textNodeName: 'text',
  isArray: (name, _path, _isLeaf, isAttribute) => !isAttribute && REPEATED.has(name),
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: false,
  ignoreDeclaration: true,
  // svn writes no document type; the five entities and numbers are all that it escapes with.
  processEntities: { enabled: true, maxTotalExpansions: Infinity, maxExpandedLength: Infinity },
  htmlEntities: true,
})

const number = z
  .string()
  .regex(/^-?\d+$/)
  .transform(Number)
const text = z.union([z.string(), z.strictObject({ text: z.string() }).transform(({ text: value }) => value)])

const commit = z.object({ revision: number.optional(), author: text.optional(), date: text.optional() })

const infoEntry = z.object({
  kind: z.string(),
  revision: number,
  url: text,
  'relative-url': text,
  repository: z.object({ root: text, uuid: text }),
  'wc-info': z.object({ 'wcroot-abspath': text.optional() }).optional(),
  commit: commit.optional(),
})

export interface SvnInfo {
  readonly kind: 'file' | 'dir' | 'other'
  readonly url: string
  /** From the repository's root, decoded, without a slash at its ends. */
  readonly path: string
  readonly root: string
  readonly uuid: string
  /** The revision that it is of: in a working copy the one that was checked out, else the newest. */
  readonly revision: number
  /** The newest revision that changed it. */
  readonly changedIn: number
  /** The top folder of the working copy, where it is of one. */
  readonly workingCopy?: string
}

/** `svn info --xml` of one target. */
export function readInfo(xml: string): SvnInfo {
  const [entry] = parse(xml, z.object({ info: z.object({ entry: z.array(infoEntry) }) })).info.entry
  if (entry === undefined) throw unreadable(new Error('it has no entry'))
  const folder = entry['wc-info']?.['wcroot-abspath']
  return {
    kind: entry.kind === 'file' || entry.kind === 'dir' ? entry.kind : 'other',
    url: entry.url,
    path: decodeURIComponent(entry['relative-url'].replace(/^\^\/?/, '')),
    root: entry.repository.root,
    uuid: entry.repository.uuid,
    revision: entry.revision,
    changedIn: entry.commit?.revision ?? 0,
    ...(folder !== undefined && { workingCopy: folder }),
  }
}

const logEntry = z.object({
  revision: number,
  author: text.optional(),
  date: text.optional(),
  msg: text.optional(),
  paths: z
    .union([
      z.object({
        path: z.array(
          z.object({
            text: z.string(),
            action: z.enum(['A', 'D', 'M', 'R']),
            kind: z.string().optional(),
            'copyfrom-path': z.string().optional(),
            'copyfrom-rev': number.optional(),
          }),
        ),
      }),
      z.string().transform(() => ({ path: [] })),
    ])
    .optional(),
  revprops: z
    .union([
      z.object({ property: z.array(z.object({ name: z.string(), text: z.string().optional() })) }),
      z.string(),
    ])
    .optional(),
})

export interface LogEntry {
  readonly revision: number
  readonly author?: string
  readonly atMs: number
  readonly message: string
  readonly paths: readonly ChangedPath[]
  readonly properties: ReadonlyMap<string, string>
}

interface ChangedPath {
  readonly path: string
  readonly action: 'A' | 'D' | 'M' | 'R'
  readonly isFolder: boolean
  readonly copiedFrom?: { readonly path: string; readonly revision: number }
}

const log = z.object({
  log: z.union([
    z.object({ logentry: z.array(logEntry).default([]) }),
    z.string().transform(() => ({ logentry: [] })),
  ]),
})

/** `svn log --xml`. Times are ms since the epoch. */
export function readLog(xml: string): LogEntry[] {
  return parse(xml, log).log.logentry.map(({ revision, author, date, msg = '', paths, revprops }) => ({
    revision,
    ...(author !== undefined && { author }),
    atMs: Date.parse(date ?? ''),
    message: msg,
    paths: (paths?.path ?? []).map(
      ({ text: path, action, kind, 'copyfrom-path': from, 'copyfrom-rev': at }): ChangedPath => ({
        path,
        action,
        isFolder: kind === 'dir',
        ...(from !== undefined && at !== undefined && { copiedFrom: { path: from, revision: at } }),
      }),
    ),
    properties: new Map(
      typeof revprops === 'object'
        ? revprops.property.map(({ name, text: value = '' }) => [name, value])
        : [],
    ),
  }))
}

const summary = z.object({
  diff: z.object({
    paths: z.union([
      z.object({ path: z.array(z.object({ text: z.string(), kind: z.string() })) }),
      z.string().transform(() => ({ path: [] })),
    ]),
  }),
})

/** The files of `svn diff --summarize --xml`, as svn names them: below the older of the two addresses. */
export function readSummary(xml: string): string[] {
  return parse(xml, summary).diff.paths.path.flatMap((one) => (one.kind === 'file' ? [one.text] : []))
}

const status = z.object({
  status: z.object({
    target: z.array(
      z.object({
        entry: z
          .array(
            z.object({
              path: z.string(),
              'wc-status': z.object({
                item: z.string(),
                props: z.string(),
                'tree-conflicted': z.string().optional(),
              }),
            }),
          )
          .default([]),
      }),
    ),
  }),
})

export interface StatusEntry {
  readonly path: string
  /** `modified`, `unversioned`, `missing`, … as `svn status` has them. */
  readonly item: string
  readonly isConflict: boolean
}

export function readStatus(xml: string): StatusEntry[] {
  return parse(xml, status).status.target.flatMap(({ entry }) =>
    entry.map(({ path, 'wc-status': { item, props, 'tree-conflicted': tree } }) => ({
      path,
      item,
      isConflict: item === 'conflicted' || props === 'conflicted' || tree === 'true',
    })),
  )
}

function parse<Shape extends z.ZodType>(xml: string, shape: Shape): z.output<Shape> {
  try {
    return shape.parse(parser.parse(xml))
  } catch (error) {
    throw unreadable(error)
  }
}

function unreadable(cause: unknown): VersionControlError {
  const why = cause instanceof z.ZodError ? z.prettifyError(cause) : (cause as Error).message
  return new VersionControlError(
    `What svn answered cannot be read (is it of version 1.10 or newer?): ${why.split('\n', 1)[0] ?? ''}`,
    { cause },
  )
}
