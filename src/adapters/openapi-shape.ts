import type { Api, Place } from './openapi-files.ts'
import { refOf } from './openapi-files.ts'

/** What a schema says of values, the same for OpenAPI 3.0 and 3.1, `allOf` taken together. */
export interface Shape {
  readonly place: Place
  /** JSON types but null; undefined: any. */
  readonly types: ReadonlySet<string> | undefined
  readonly nullable: boolean
  /** The only values that it takes, as JSON; without null. */
  readonly values: readonly string[] | undefined
  /** By keyword: `maximum`, `exclusiveMinimum`, `maxLength`, … */
  readonly bounds: ReadonlyMap<string, number>
  readonly format: string | undefined
  readonly pattern: string | undefined
  readonly properties: ReadonlyMap<string, Place>
  readonly required: ReadonlySet<string>
  readonly items: Place | undefined
  /** What other properties may be; undefined: anything. */
  readonly additional: Place | 'none' | undefined
  /** Of `oneOf` or `anyOf`, without null. */
  readonly alternatives: readonly Place[]
  readonly side: 'both' | 'read_only' | 'write_only'
  /** A reference to another server, which is never read. */
  readonly remote: string | undefined
}

export const BOUNDS = [
  'maximum',
  'exclusiveMaximum',
  'maxLength',
  'maxItems',
  'maxProperties',
  'minimum',
  'exclusiveMinimum',
  'minLength',
  'minItems',
  'minProperties',
] as const

/** `allOf` may lead back to where it began; nobody nests them this deep. */
const NESTED_MAX = 32

export function shapeOf(api: Api, place: Place, nested = 0): Shape {
  const target = api.resolve(place)
  const own = shapeOfOne(api, target)
  if (nested > NESTED_MAX) return own
  const parts = childrenOf(api, target, 'allOf').map((part) => shapeOf(api, part, nested + 1))
  // Beside a reference 3.1 knows further keywords; 3.0 has none there that matter.
  const beside =
    target !== place && refOf(place.value) !== undefined ? [shapeOfOne(api, withoutRef(place))] : []
  const merged = [...parts, ...beside].reduce(both, own)
  // Strictly 3.0's `nullable` says nothing beside `allOf`; everybody writes it there and means it.
  const isSaid = isMapping(target.value) && target.value['nullable'] === true
  const whole = { ...merged, nullable: merged.nullable || isSaid }
  const [only, ...more] = whole.alternatives
  if (only === undefined || more.length > 0) return whole
  // One alternative, or one besides null, is no choice.
  const inner = shapeOf(api, only, nested + 1)
  return { ...both({ ...whole, alternatives: [] }, inner), nullable: whole.nullable || inner.nullable }
}

function withoutRef({ value, file, path }: Place): Place {
  const { $ref: _, ...rest } = value as Record<string, unknown>
  return { value: rest, file, path }
}

type Schema = Readonly<Record<string, unknown>>

function shapeOfOne(api: Api, place: Place): Shape {
  const schema: Schema = isMapping(place.value) ? place.value : {}
  const values = valuesOf(place.value === false ? { enum: [] } : schema)
  const choices = ['oneOf', 'anyOf'].flatMap((key) => childrenOf(api, place, key))
  const alternatives = choices.filter((choice) => !isNull(api.resolve(choice).value))
  const types = typesOf(schema, values)
  return {
    place,
    types: types && new Set([...types].filter((type) => type !== 'null')),
    nullable:
      schema['nullable'] === true ||
      choices.length > alternatives.length ||
      (types === undefined ? choices.length === 0 : types.has('null')),
    values: values?.filter((value) => value !== 'null'),
    bounds: boundsOf(schema),
    format: textOf(schema['format']),
    pattern: textOf(schema['pattern']),
    properties: propertiesOf(api, place),
    required: new Set(textsOf(schema['required'])),
    items: api.child(place, 'items'),
    additional: additionalOf(api, place),
    alternatives,
    side: sideOf(schema),
    remote: refOf(place.value),
  }
}

/** 3.1 writes `[integer, "null"]`, or leaves the type to be seen from what else is said. */
function typesOf(schema: Schema, values: readonly string[] | undefined): Set<string> | undefined {
  const { type } = schema
  if (typeof type === 'string') return new Set([type])
  if (Array.isArray(type)) return new Set(textsOf(type))
  if (values !== undefined && values.length > 0) return new Set(values.map(typeOfJson))
  if (['properties', 'additionalProperties'].some((key) => Object.hasOwn(schema, key)))
    return new Set(['object'])
  if (Object.hasOwn(schema, 'items')) return new Set(['array'])
  return undefined
}

function typeOfJson(json: string): string {
  const value: unknown = JSON.parse(json)
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  return Number.isInteger(value) ? 'integer' : typeof value
}

function valuesOf(schema: Schema): string[] | undefined {
  if (Array.isArray(schema['enum'])) return schema['enum'].map((value) => JSON.stringify(value))
  return Object.hasOwn(schema, 'const') ? [JSON.stringify(schema['const'])] : undefined
}

/** 3.0 says `exclusiveMinimum: true` beside the minimum, 3.1 gives the number. */
function boundsOf(schema: Schema): Map<string, number> {
  const bounds = new Map<string, number>()
  for (const key of BOUNDS) {
    const bound = schema[key]
    if (typeof bound === 'number') bounds.set(key, bound)
  }
  for (const [key, exclusive] of [
    ['minimum', 'exclusiveMinimum'],
    ['maximum', 'exclusiveMaximum'],
  ] as const) {
    const bound = bounds.get(key)
    if (schema[exclusive] !== true || bound === undefined) continue
    bounds.delete(key)
    bounds.set(exclusive, bound)
  }
  return bounds
}

function propertiesOf(api: Api, place: Place): Map<string, Place> {
  const all = api.child(place, 'properties')
  if (all === undefined || !isMapping(all.value)) return new Map()
  return new Map(
    Object.keys(all.value).flatMap((name) => {
      const property = api.child(all, name)
      return property === undefined ? [] : [[name, property] as const]
    }),
  )
}

function additionalOf(api: Api, place: Place): Shape['additional'] {
  const additional = api.child(place, 'additionalProperties')
  if (additional?.value === false) return 'none'
  return additional?.value === true ? undefined : additional
}

function sideOf(schema: Schema): Shape['side'] {
  if (schema['readOnly'] === true) return 'read_only'
  return schema['writeOnly'] === true ? 'write_only' : 'both'
}

/** What both say: a value must please each of them. */
function both(one: Shape, other: Shape): Shape {
  return {
    place: one.place,
    types: common(one.types, other.types),
    // A part that says nothing of types lets null pass, and so decides nothing.
    nullable: one.nullable && other.nullable,
    values:
      one.values && other.values
        ? one.values.filter((value) => other.values?.includes(value))
        : (one.values ?? other.values),
    bounds: tightest(one.bounds, other.bounds),
    format: one.format ?? other.format,
    pattern: one.pattern ?? other.pattern,
    properties: new Map([...one.properties, ...other.properties]),
    required: new Set([...one.required, ...other.required]),
    items: one.items ?? other.items,
    additional:
      one.additional === 'none' || other.additional === 'none'
        ? 'none'
        : (one.additional ?? other.additional),
    alternatives: one.alternatives.length > 0 ? one.alternatives : other.alternatives,
    side: one.side === 'both' ? other.side : one.side,
    remote: one.remote ?? other.remote,
  }
}

function common(
  one: ReadonlySet<string> | undefined,
  other: ReadonlySet<string> | undefined,
): ReadonlySet<string> | undefined {
  if (one === undefined || other === undefined) return one ?? other
  return new Set([...one].filter((type) => other.has(type)))
}

function tightest(one: ReadonlyMap<string, number>, other: ReadonlyMap<string, number>): Map<string, number> {
  const bounds = new Map(one)
  for (const [key, bound] of other) {
    const known = bounds.get(key)
    const tighter = isUpper(key) ? Math.min : Math.max
    bounds.set(key, known === undefined ? bound : tighter(known, bound))
  }
  return bounds
}

export function isUpper(key: string): boolean {
  return /max/i.test(key)
}

export function childrenOf(api: Api, place: Place, key: string): Place[] {
  const list = api.child(place, key)
  if (list === undefined || !Array.isArray(list.value)) return []
  return list.value.flatMap((_, index) => api.child(list, index) ?? [])
}

function isNull(value: unknown): boolean {
  return (
    isMapping(value) && (value['type'] === 'null' || valuesOf(value)?.every((one) => one === 'null') === true)
  )
}

export function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : []
}
