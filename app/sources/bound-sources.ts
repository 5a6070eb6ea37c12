import type { AccessVariable } from '../../src/config/source-access.ts'
import { sourceVariable } from '../../src/config/source-binding.ts'

/** What an operator may say of a source: its place, and how it is let in. */
export type SourceValue = 'URL' | 'ALLOW' | AccessVariable

export const sourceValues = [
  'URL',
  'TOKEN',
  'USER',
  'PASSWORD',
  'HEADERS',
  'CA_FILE',
  'CERT_FILE',
  'KEY_FILE',
  'ALLOW',
] as const satisfies readonly SourceValue[]

/** A source at its place, for the repositories that may read there, and for nobody else. */
export interface BoundSource {
  /** `owner/name` or `owner/*`, in lower case. */
  readonly repositories: readonly string[]
  /** As the operator wrote it; `my-source` and `MY_SOURCE` are the same one. */
  readonly name: string
  readonly values: Readonly<Partial<Record<SourceValue, string>>>
}

/** The first one that is for this repository and this name, as the variables of a shell of its own. */
export function sourceEnvironment(
  bound: readonly BoundSource[],
  repository: string,
  name: string,
): Readonly<Record<string, string>> | undefined {
  const own = sourceVariable(name, 'URL')
  const found = bound.find(
    (one) => sourceVariable(one.name, 'URL') === own && isFor(one.repositories, repository),
  )
  if (found === undefined) return undefined
  const variables = Object.entries(found.values).map(
    ([what, value]) => [sourceVariable(name, what as SourceValue), value] as const,
  )
  return Object.fromEntries(variables)
}

function isFor(patterns: readonly string[], repository: string): boolean {
  const name = repository.toLowerCase()
  const [owner = ''] = name.split('/', 1)
  return patterns.some((pattern) => pattern === name || pattern === `${owner}/*`)
}

/** An owner is always named: no pattern is for everybody who installs the App. */
const PATTERN = /^[A-Za-z\d](?:[A-Za-z\d-]{0,38})\/(?:\*|[\w.-]{1,100})$/

export function isRepositoryPattern(text: string): boolean {
  return PATTERN.test(text)
}

/** What the sources hold that nobody may read in a log. */
export function sourceSecrets(bound: readonly BoundSource[]): readonly string[] {
  return bound
    .flatMap(({ values }) => [values.TOKEN, values.PASSWORD])
    .filter((secret) => secret !== undefined)
}
