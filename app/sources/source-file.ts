import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { type ConfigError, formatConfigError, formatPath, visible } from '../../src/config/config-error.ts'
import { named } from '../../src/config/name.ts'
import { nearestName } from '../../src/config/nearest.ts'
import { type AccessVariable, readAccess } from '../../src/config/source-access.ts'
import { readYaml, type YamlDocument, type YamlPath } from '../../src/config/yaml-document.ts'
import type { Environment } from '../settings.ts'
import { type BoundSource, isRepositoryPattern, type SourceValue } from './bound-sources.ts'
import { placeRefusal } from './place-refusal.ts'
import type { SourcesRead } from './source-variables.ts'

const path = z.string().min(1).max(1000)
const word = z.string().min(1).max(1000)

const place = z.string({ error: 'expected a URL' }).superRefine((text, context) => {
  const why = placeRefusal(text)
  if (why !== undefined) context.addIssue({ code: 'custom', message: why })
})

/** A secret stands in a file or a variable of its own, never here: this file is one that people read and keep. */
const source = z.strictObject({
  url: z.union([place, z.array(place).min(1)], {
    error: 'expected a URL, or for metrics pages a list of them',
  }),
  'token-file': path.optional(),
  'token-variable': word.optional(),
  user: word.optional(),
  'password-file': path.optional(),
  'password-variable': word.optional(),
  headers: z.record(z.string(), z.string()).optional(),
  'ca-file': path.optional(),
  'cert-file': path.optional(),
  'key-file': path.optional(),
  allow: z.array(word).optional(),
})
type Source = z.output<typeof source>

const entry = z.strictObject({
  repositories: z
    .array(
      z.string().refine(isRepositoryPattern, {
        error: 'expected "owner/name" or "owner/*"; the owner is always named',
      }),
      { error: 'expected a list of "owner/name" or "owner/*"' },
    )
    .min(1, { error: 'expected at least one repository' }),
  sources: named(source),
})
const entries = z.array(entry, {
  error: 'expected a list of entries, each with "repositories" and "sources"',
})

/** The keys of each mapping, for whoever slips. */
const KEYS = { entry: Object.keys(entry.shape), source: Object.keys(source.shape) }

/**
 * The sources of `SEAMLESS_SOURCES_FILE`: which repositories read where, and how they are let in there. Everything that is wrong is
 * said at once, with its line; nothing of what a secret holds.
 */
export async function readSourceFile(file: string, environment: Environment): Promise<SourcesRead> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => error)
  if (typeof text !== 'string')
    return {
      ok: false,
      errors: [`SEAMLESS_SOURCES_FILE (${JSON.stringify(file)}) cannot be read (${codeOf(text)}).`],
    }
  const document = readYaml(text)
  if (!document.ok)
    return refused(document.problems.map((one) => ({ ...one, file, path: formatPath(one.path) })))
  const read = entries.safeParse(document.value)
  if (!read.success) return refused(read.error.issues.flatMap((issue) => errorsOf(issue, document, file)))
  const bound: BoundSource[] = []
  const errors: ConfigError[] = []
  for (const [index, { repositories, sources }] of read.data.entries()) {
    for (const [name, one] of Object.entries(sources)) {
      const found = await valuesOf(one, environment)
      const at: YamlPath = [index, 'sources', name]
      errors.push(
        ...found.wrong.map(({ key, message }) => errorAt([...at, key], { document, file, message })),
      )
      bound.push({
        repositories: repositories.map((pattern) => pattern.toLowerCase()),
        name,
        values: found.values,
      })
    }
  }
  return errors.length === 0 ? { ok: true, bound } : refused(errors)
}

function refused(errors: readonly ConfigError[]): SourcesRead {
  return { ok: false, errors: errors.map(formatConfigError) }
}

type Read = Extract<YamlDocument, { ok: true }>

function errorsOf(issue: z.core.$ZodIssue, document: Read, file: string): ConfigError[] {
  const at = issue.path.map((step) => (typeof step === 'symbol' ? String(step) : step))
  if (issue.code === 'unrecognized_keys') {
    const names = at.length > 1 ? KEYS.source : KEYS.entry
    return issue.keys.map((key) => {
      const nearest = nearestName(key, names)
      const error = errorAt([...at, key], { document, file, message: 'unknown key', part: 'key' })
      return {
        ...error,
        expected: `one of ${names.join(', ')}`,
        ...(nearest === undefined ? {} : { nearest }),
      }
    })
  }
  return [errorAt(at, { document, file, message: issue.message })]
}

interface Said {
  readonly document: Read
  readonly file: string
  readonly message: string
  readonly part?: 'key' | 'value'
}

function errorAt(at: YamlPath, { document, file, message, part = 'value' }: Said): ConfigError {
  return { file, ...document.placeOf(at, part), path: formatPath(at), message: visible(message) }
}

interface Values {
  readonly values: Partial<Record<SourceValue, string>>
  readonly wrong: readonly { readonly key: string; readonly message: string }[]
}

/** The key of the file that says it, for the messages of the house's reader. */
const KEY_OF: Readonly<Record<AccessVariable, string>> = {
  TOKEN: 'token-file',
  USER: 'user',
  PASSWORD: 'password-file',
  HEADERS: 'headers',
  CA_FILE: 'ca-file',
  CERT_FILE: 'cert-file',
  KEY_FILE: 'key-file',
}

async function valuesOf(one: Source, environment: Environment): Promise<Values> {
  const token = await secretOf(one, 'token', environment)
  const password = await secretOf(one, 'password', environment)
  const headers = Object.entries(one.headers ?? {}).map(([name, value]) => `${name}: ${value}`)
  const values = given({
    URL: typeof one.url === 'string' ? one.url : one.url.join(' '),
    TOKEN: token.value,
    USER: one.user,
    PASSWORD: password.value,
    HEADERS: headers.length === 0 ? undefined : headers.join('\n'),
    CA_FILE: one['ca-file'],
    CERT_FILE: one['cert-file'],
    KEY_FILE: one['key-file'],
    ALLOW: one.allow?.join(' '),
  })
  const missing = [...token.wrong, ...password.wrong]
  if (missing.length > 0) return { values, wrong: missing }
  const told = Object.fromEntries(
    Object.entries(KEY_OF).map(([what, key]) => [key, values[what as AccessVariable]]),
  )
  const read = readAccess((what) => KEY_OF[what], told)
  return { values, wrong: read.ok ? [] : [{ key: read.variable, message: read.message }] }
}

function given(
  values: Partial<Record<SourceValue, string | undefined>>,
): Partial<Record<SourceValue, string>> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined))
}

interface Secret {
  readonly value: string | undefined
  readonly wrong: Values['wrong']
}

async function secretOf(one: Source, what: 'token' | 'password', environment: Environment): Promise<Secret> {
  const [file, variable] = [one[`${what}-file`], one[`${what}-variable`]]
  const wrong = (key: 'file' | 'variable', message: string): Secret => ({
    value: undefined,
    wrong: [{ key: `${what}-${key}`, message }],
  })
  if (file !== undefined && variable !== undefined)
    return wrong('variable', `${what}-file is set too: set one of the two`)
  if (variable !== undefined) {
    const value = environment[variable]
    return value === undefined || value === ''
      ? wrong('variable', `${variable} is not set in the environment of the App`)
      : { value, wrong: [] }
  }
  if (file === undefined) return { value: undefined, wrong: [] }
  const text = await readFile(file, 'utf8').catch((error: unknown) => error)
  if (typeof text !== 'string') return wrong('file', `${file} cannot be read (${codeOf(text)})`)
  const value = text.trim()
  return value === '' ? wrong('file', `${file} is empty`) : { value, wrong: [] }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'
}
