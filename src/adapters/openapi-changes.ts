import type { Api, Place } from './openapi-files.ts'
import { type Operation, operationsOf } from './openapi-operations.ts'
import {
  type Apis,
  type CompareSchemas,
  type Direction,
  type SchemaChange,
  schemaComparer,
} from './openapi-schema.ts'
import { securityChanges } from './openapi-security.ts'
import { isMapping } from './openapi-shape.ts'

/** One thing that changed for users of an API. */
export interface ApiChange {
  readonly kind: 'breaking' | 'unknown'
  readonly what: string
  /** Where it is, if not the whole operation: `200 application/json`. */
  readonly where: string
  /** In the new description. */
  readonly place: Place
}

/** An operation of either version, with what breaks whoever uses it. */
export interface ComparedOperation {
  readonly name: string
  readonly state: 'kept' | 'added'
  readonly changes: readonly ApiChange[]
}

/** What users of version n's API would meet in version n+1's. Errors: `ApiTooLarge`, `ApiUnreadable`. */
export function compareApis(apis: Apis): ComparedOperation[] {
  const [before, after] = [operationsOf(apis.before), operationsOf(apis.after)]
  const comparison: Comparison = { apis, schemas: schemaComparer(apis) }
  const added = [...after].filter(([key]) => !before.has(key))
  return [
    ...[...before].map(([key, was]) => compared(comparison, was, after.get(key))),
    ...added.map(([, { name }]): ComparedOperation => ({ name, state: 'added', changes: [] })),
  ]
}

interface Comparison {
  readonly apis: Apis
  readonly schemas: CompareSchemas
}

function compared(comparison: Comparison, was: Operation, is: Operation | undefined): ComparedOperation {
  const { apis } = comparison
  const { name } = was
  if (is === undefined) {
    const paths = apis.after.child(apis.after.root, 'paths') ?? apis.after.root
    return { name, state: 'kept', changes: [breaking('removed', '', paths)] }
  }
  const changes = [
    ...securityChanges(apis, was.place, is.place).map((what) => breaking(what, '', is.place)),
    ...parameterChanges(comparison, was, is),
    ...bodyChanges(comparison, was, is),
    ...responseChanges(comparison, was, is),
  ]
  return { name, state: 'kept', changes }
}

function parameterChanges({ apis, schemas }: Comparison, was: Operation, is: Operation): ApiChange[] {
  const keys = new Set([...was.parameters.keys(), ...is.parameters.keys()])
  return [...keys].flatMap((key): ApiChange[] => {
    const [before, after] = [was.parameters.get(key), is.parameters.get(key)]
    const name = parameterName(before ?? after)
    if (after === undefined) return [breaking(`${name} removed`, '', is.place)]
    if (before === undefined)
      return isRequired(after) ? [breaking(`${name} added as required`, '', after)] : []
    const subject = { body: name, property: `${name} property` }
    return [
      ...(isRequired(after) && !isRequired(before) ? [breaking(`${name} became required`, '', after)] : []),
      ...(wireForm(after) === wireForm(before)
        ? []
        : [breaking(`${name} is written another way`, '', after)]),
      ...contentChanges({ apis, schemas }, before, after, { direction: 'request', subject, where: '' }),
    ]
  })
}

function parameterName(place: Place | undefined): string {
  const { in: where, name } = mapping(place)
  return `${String(where)} parameter ${JSON.stringify(name)}`
}

function isRequired(place: Place | undefined): boolean {
  const { required, in: where } = mapping(place)
  return required === true || where === 'path'
}

/** How a list or a mapping is written into the request, with the defaults of OpenAPI 3 (Parameter Object, `style`). */
function wireForm(place: Place): string {
  const { in: where } = mapping(place)
  const { style = where === 'query' || where === 'cookie' ? 'form' : 'simple', explode = style === 'form' } =
    mapping(place)
  return JSON.stringify([style, explode])
}

function bodyChanges(comparison: Comparison, was: Operation, is: Operation): ApiChange[] {
  const { before: old, after: now } = comparison.apis
  const [before, after] = [resolved(old, was.place, 'requestBody'), resolved(now, is.place, 'requestBody')]
  const place = after ?? is.place
  if (before === undefined)
    return isRequired(after) ? [breaking('request body added as required', '', place)] : []
  if (after === undefined) return [breaking('request body removed', '', place)]
  const subject = { body: 'request body', property: 'request property' }
  return [
    ...(isRequired(after) && !isRequired(before)
      ? [breaking('request body became required', '', place)]
      : []),
    ...contentChanges(comparison, before, after, { direction: 'request', subject, where: '' }),
  ]
}

function responseChanges(comparison: Comparison, was: Operation, is: Operation): ApiChange[] {
  const { before: old, after: now } = comparison.apis
  const [before, after] = [old.child(was.place, 'responses'), now.child(is.place, 'responses')]
  const statuses = before !== undefined && isMapping(before.value) ? Object.keys(before.value) : []
  return statuses.flatMap((status): ApiChange[] => {
    const response = before && resolved(old, before, status)
    // A status that is not named any more may be meant by its range or by the rest.
    const next =
      after &&
      [status, `${status[0]}XX`, 'default']
        .map((key) => resolved(now, after, key))
        .find((one) => one !== undefined)
    if (response === undefined || status.startsWith('x-')) return []
    if (next === undefined) {
      return status.startsWith('2') ? [breaking(`response ${status} removed`, '', after ?? is.place)] : []
    }
    const subject = { body: 'response body', property: 'response property' }
    return [
      ...headerChanges(comparison, response, next, status),
      ...contentChanges(comparison, response, next, { direction: 'response', subject, where: status }),
    ]
  })
}

function headerChanges({ apis, schemas }: Comparison, was: Place, is: Place, where: string): ApiChange[] {
  const [before, after] = [apis.before.child(was, 'headers'), apis.after.child(is, 'headers')]
  return Object.keys(mapping(before)).flatMap((name): ApiChange[] => {
    const subject = `response header ${JSON.stringify(name)}`
    const [old, now] = [
      before && resolved(apis.before, before, name),
      after && resolved(apis.after, after, name),
    ]
    if (old === undefined) return []
    if (now === undefined) return [breaking(`${subject} removed`, where, is)]
    const named = { body: subject, property: `${subject} property` }
    return contentChanges({ apis, schemas }, old, now, { direction: 'response', subject: named, where })
  })
}

interface Content {
  readonly direction: Direction
  /** What a whole value and a property of it are called. */
  readonly subject: { readonly body: string; readonly property: string }
  readonly where: string
}

/** What `schema` or `content` say of a value, whichever stands there. */
function contentChanges(comparison: Comparison, was: Place, is: Place, content: Content): ApiChange[] {
  const { apis } = comparison
  const { where, subject } = content
  const [before, after] = [apis.before.child(was, 'content'), apis.after.child(is, 'content')]
  const own = schemaChanges(comparison, was, is, content)
  return [
    ...own,
    ...Object.keys(mapping(before)).flatMap((type): ApiChange[] => {
      const old = before && resolved(apis.before, before, type)
      const now = after && resolved(apis.after, after, type)
      if (old === undefined) return []
      if (now === undefined) return [breaking(`${subject.body} as ${type} removed`, where, is)]
      return schemaChanges(comparison, old, now, { ...content, where: `${where} ${type}`.trim() })
    }),
  ]
}

function schemaChanges(
  { apis, schemas }: Comparison,
  was: Place,
  is: Place,
  { direction, subject, where }: Content,
): ApiChange[] {
  const [before, after] = [apis.before.child(was, 'schema'), apis.after.child(is, 'schema')]
  if (before === undefined || after === undefined) return []
  return schemas(before, after, direction).map((change) => ({ ...named(change, subject), where }))
}

function named(
  { kind, at, what, place }: SchemaChange,
  { body, property }: Content['subject'],
): Omit<ApiChange, 'where'> {
  const path = at.join('.').replaceAll('.[]', '[]')
  return {
    kind,
    what: path === '' ? `${body} ${what}` : `${property} ${JSON.stringify(path)} ${what}`,
    place,
  }
}

function resolved(api: Api, place: Place, key: string): Place | undefined {
  const child = api.child(place, key)
  return child && api.resolve(child)
}

function mapping(place: Place | undefined): Readonly<Record<string, unknown>> {
  return place !== undefined && isMapping(place.value) ? place.value : {}
}

function breaking(what: string, where: string, place: Place): ApiChange {
  return { kind: 'breaking', what, where, place }
}
