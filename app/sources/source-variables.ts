import { readAccess } from '../../src/config/source-access.ts'
import { nearestName } from '../../src/config/nearest.ts'
import type { Environment } from '../settings.ts'
import { type BoundSource, isRepositoryPattern, type SourceValue, sourceValues } from './bound-sources.ts'
import { placeRefusal } from './place-refusal.ts'

const FOR = 'SEAMLESS_SOURCES_FOR'
const EXAMPLE = 'such as "acme/* globex/shop"'
const PREFIX = 'SEAMLESS_SOURCE_'

export type SourcesRead =
  | { readonly ok: true; readonly bound: readonly BoundSource[] }
  | { readonly ok: false; readonly errors: readonly string[] }

/**
 * The sources of `SEAMLESS_SOURCE_<NAME>_…`, for the repositories of `SEAMLESS_SOURCES_FOR`: whoever installs the App brings a
 * configuration of their own, so without that list anybody's could read there.
 */
export function readSourceVariables(environment: Environment): SourcesRead {
  const repositories = (environment[FOR] ?? '').split(/[\s,]+/).filter((text) => text !== '')
  const given = Object.entries(environment).filter(([name]) => name.startsWith(PREFIX))
  const parts = given.map(([variable, value]) => ({ variable, value: value ?? '', part: partOf(variable) }))
  const unknown = parts.filter(({ part }) => part === undefined).map(({ variable }) => unknownText(variable))
  const named = Map.groupBy(
    parts.filter((one) => one.part !== undefined),
    ({ part }) => part?.name ?? '',
  )
  const sources = [...named].map(([name, values]): BoundSource => {
    const entries = values.map(({ part, value }) => [part?.what, value] as const)
    return {
      repositories: repositories.map((text) => text.toLowerCase()),
      name,
      values: Object.fromEntries(entries),
    }
  })
  const errors = [
    ...forErrors(environment, repositories, given.length),
    ...unknown,
    ...sources.flatMap(sourceErrors),
  ]
  return errors.length === 0 ? { ok: true, bound: sources } : { ok: false, errors }
}

function partOf(variable: string): { readonly name: string; readonly what: SourceValue } | undefined {
  const what = sourceValues.find((one) => variable.endsWith(`_${one}`))
  if (what === undefined) return undefined
  const name = variable.slice(PREFIX.length, -what.length - 1)
  return /^[A-Z]\w{0,39}$/.test(name) ? { name, what } : undefined
}

function unknownText(variable: string): string {
  const last = /_([A-Z]+(?:_FILE)?)$/.exec(variable)?.[1] ?? ''
  const near = nearestName(last, sourceValues)
  const hint = near === undefined ? '' : ` Did you mean "${near}"?`
  return `${variable} is no variable of a source: they are ${PREFIX}<NAME>_ and one of ${sourceValues.join(', ')}.${hint}`
}

function forErrors(environment: Environment, repositories: readonly string[], sources: number): string[] {
  if (environment[FOR] === undefined && sources > 0)
    return [
      `${FOR} is missing, but sources are set: name the repositories whose health may be read there, ${EXAMPLE}.`,
    ]
  if (environment[FOR] !== undefined && sources === 0)
    return [`${FOR} is set, but no source is: set SEAMLESS_SOURCE_<NAME>_URL, or leave it out.`]
  return repositories
    .filter((text) => !isRepositoryPattern(text))
    .map(
      (text) =>
        `${FOR} holds ${JSON.stringify(text.slice(0, 60))}, which is no "owner/name" and no "owner/*": ${EXAMPLE}.`,
    )
}

function sourceErrors({ name, values }: BoundSource): string[] {
  const variable = (what: SourceValue): string => `${PREFIX}${name}_${what}`
  const why = values.URL === undefined ? 'is missing: where the source answers.' : placeRefusal(values.URL)
  const read = readAccess(
    variable,
    Object.fromEntries(Object.entries(values).map(([what, value]) => [variable(what as SourceValue), value])),
  )
  return [...(why === undefined ? [] : [`${variable('URL')} ${why}`]), ...(read.ok ? [] : [read.message])]
}
