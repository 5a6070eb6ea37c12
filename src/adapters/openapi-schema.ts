import { type Api, type Place, refOf } from './openapi-files.ts'
import { pairs } from './openapi-pairs.ts'
import { BOUNDS, isUpper, type Shape, shapeOf } from './openapi-shape.ts'

/** Whether users send the value or get it: what they send must go on being taken, what they get must stay as it was. */
export type Direction = 'request' | 'response'

/** What changed for users, and where within a value: `['items', '[]', 'total']`. */
export interface SchemaChange {
  /** `unknown`: it stands on another server, which is not read. */
  readonly kind: 'breaking' | 'unknown'
  readonly at: readonly string[]
  readonly what: string
  /** Where in the new description. */
  readonly place: Place
}

export interface Apis {
  readonly before: Api
  readonly after: Api
}

/** A description is larger than can be compared. */
export class ApiTooLarge extends Error {
  override readonly name = 'ApiTooLarge'
}

export type CompareSchemas = (before: Place, after: Place, direction: Direction) => readonly SchemaChange[]

/** GitHub's own description needs some 100 000; a bomb of references would never end. */
const COMPARISONS_MAX = 2_000_000

/**
 * Compares schemas by what values they let pass. The rules are those of oasdiff (docs/BREAKING-CHANGES.md of
 * github.com/oasdiff/oasdiff), but derived from one: users may send all that they could, and get nothing that they could
 * not. Error: `ApiTooLarge`.
 */
export function schemaComparer(apis: Apis): CompareSchemas {
  const comparison = new Comparison(apis)
  return (before, after, direction) => comparison.compare(before, after, direction)
}

class Comparison {
  readonly #apis: Apis
  readonly #shapesOf = new WeakMap<object, Shape>()
  readonly #whole = pairs<readonly SchemaChange[]>()
  /** Of pairs whose comparison met one still open further out: good for as long as that is told of there. */
  #partial = pairs<readonly SchemaChange[]>()
  /** Pairs under comparison: a schema that contains itself is compared once. */
  readonly #open: [unknown, unknown][] = []
  /** The outermost open pair that was met again since the last look. */
  #met = Infinity
  #count = 0

  constructor(apis: Apis) {
    this.#apis = apis
  }

  compare(was: Place, is: Place, direction: Direction): readonly SchemaChange[] {
    const [before, after] = [bare(this.#apis.before, was), bare(this.#apis.after, is)]
    if (++this.#count > COMPARISONS_MAX) throw new ApiTooLarge('It has more schemas than can be compared.')
    const open = this.#open.findIndex(([one, other]) => one === before.value && other === after.value)
    if (open >= 0) {
      this.#met = Math.min(this.#met, open)
      return []
    }
    // The outermost comparison leaves nothing out; what it met on the way does for itself alone.
    if (this.#open.length === 0) this.#partial = pairs()
    const key = [direction, before.value, after.value] as const
    const whole = this.#whole.get(key)
    if (whole !== undefined) return whole
    const partial = this.#partial.get(key)
    if (partial !== undefined) {
      this.#met = 0
      return partial
    }
    const depth = this.#open.push([before.value, after.value]) - 1
    const found = this.#shapes(this.#shapeOf('before', before), this.#shapeOf('after', after), direction)
    this.#open.pop()
    const isWhole = this.#met >= depth
    if (isWhole) this.#met = Infinity
    ;(isWhole ? this.#whole : this.#partial).set(key, found)
    return found
  }

  #shapeOf(which: keyof Apis, place: Place): Shape {
    const { value } = place
    const known = isObject(value) ? this.#shapesOf.get(value) : undefined
    if (known !== undefined) return known
    const shape = shapeOf(this.#apis[which], place)
    if (isObject(value)) this.#shapesOf.set(value, shape)
    return shape
  }

  #shapes(before: Shape, after: Shape, direction: Direction): SchemaChange[] {
    if (before.remote !== undefined || after.remote !== undefined) return remoteChanges(before, after)
    const own = valueChanges(before, after, direction)
    // Below another type nothing is comparable.
    if (own.some(({ what }) => what.startsWith('type '))) return own
    // Of one and of several nothing but the alternatives is comparable either.
    if (before.alternatives.length > 0 !== after.alternatives.length > 0) {
      return [...own, ...this.#alternatives(before, after, direction)]
    }
    return [
      ...own,
      ...this.#properties(before, after, direction),
      ...this.#inner('[]', [before.items, after.items], direction),
      ...this.#additional(before, after, direction),
      ...this.#alternatives(before, after, direction),
    ]
  }

  #properties(before: Shape, after: Shape, direction: Direction): SchemaChange[] {
    const known = [before, after].flatMap(({ properties, required }) => [...properties.keys(), ...required])
    const names = new Set(known)
    return [...names].flatMap((name) => this.#property(name, [before, after], direction))
  }

  #property(name: string, [before, after]: readonly [Shape, Shape], direction: Direction): SchemaChange[] {
    const [was, is] = [before.properties.get(name), after.properties.get(name)]
    const change = (what: string, place = is ?? after.place): SchemaChange[] => [
      breaking(what, place, [name]),
    ]
    const [wasRequired, isRequired] = [before.required.has(name), after.required.has(name)]
    if (was === undefined && is === undefined)
      return direction === 'request' && isRequired && !wasRequired ? change('added as required') : []
    if (was !== undefined && !this.#isMeant(was, 'before', direction)) return []
    if (is === undefined) return change('removed')
    if (!this.#isMeant(is, 'after', direction)) {
      return was !== undefined && direction === 'response' ? change('removed') : []
    }
    if (was === undefined)
      return direction === 'request' && isRequired && !wasRequired ? change('added as required') : []
    return [
      ...(direction === 'request' && isRequired && !wasRequired ? change('became required') : []),
      ...(direction === 'response' && wasRequired && !isRequired ? change('became optional') : []),
      ...within(name, this.compare(was, is, direction)),
    ]
  }

  /** Read-only properties are not sent, write-only ones not got. */
  #isMeant(place: Place, which: keyof Apis, direction: Direction): boolean {
    const { side } = this.#shapeOf(which, bare(this.#apis[which], place))
    return side !== (direction === 'request' ? 'read_only' : 'write_only')
  }

  #inner(
    segment: string,
    [was, is]: readonly [Place | undefined, Place | undefined],
    direction: Direction,
  ): SchemaChange[] {
    return was === undefined || is === undefined ? [] : within(segment, this.compare(was, is, direction))
  }

  #additional(before: Shape, after: Shape, direction: Direction): SchemaChange[] {
    const [was, is] = [before.additional, after.additional]
    if (direction === 'request' && is === 'none' && was !== 'none' && after.properties.size > 0) {
      return [breaking('takes no other properties now', after.place)]
    }
    return was === 'none' || is === 'none' ? [] : this.#inner('*', [was, is], direction)
  }

  #alternatives(before: Shape, after: Shape, direction: Direction): SchemaChange[] {
    if (before.alternatives.length === 0 && after.alternatives.length === 0) return []
    const [was, is] = [choices(before), choices(after)]
    // In a request each of the old ones must still be taken, in a response each of the new ones must be an old one.
    const [asked, among] = direction === 'request' ? [was, is] : [is, was]
    return asked.flatMap((one) => {
      const pair = (other: Place): readonly SchemaChange[] =>
        direction === 'request' ? this.compare(one, other, direction) : this.compare(other, one, direction)
      if (among.some((other) => pair(other).length === 0)) return []
      const name = nameOf(one)
      const twin = among.find((other) => nameOf(other) === name)
      if (twin !== undefined) return pair(twin)
      return [
        breaking(direction === 'request' ? `no longer takes ${name}` : `may be ${name} now`, after.place),
      ]
    })
  }
}

/** What a reference that says nothing else leads to, so that it is compared once however often it is referred to. */
function bare(api: Api, place: Place): Place {
  const ref = refOf(place.value)
  if (ref === undefined || !isObject(place.value)) return place
  return Object.keys(place.value).every((key) => SAYING_NOTHING.has(key)) ? api.resolve(place) : place
}

const SAYING_NOTHING = new Set(['$ref', 'summary', 'description'])

function choices(shape: Shape): readonly Place[] {
  return shape.alternatives.length > 0 ? shape.alternatives : [shape.place]
}

/** What people call an alternative: the end of its reference, its title, or its number. */
function nameOf({ value, path }: Place): string {
  const { $ref, title } = (isObject(value) ? value : {}) as { $ref?: unknown; title?: unknown }
  if (typeof $ref === 'string') return $ref.split('/').at(-1) ?? $ref
  if (typeof title === 'string') return title
  const index = Number(path.at(-1))
  return Number.isInteger(index) ? `alternative ${index + 1}` : 'what it was'
}

function remoteChanges(before: Shape, after: Shape): SchemaChange[] {
  if (before.remote === after.remote) return []
  const where = after.remote ?? before.remote ?? ''
  return [
    { kind: 'unknown', at: [], what: `is described at ${where}, which is not read`, place: after.place },
  ]
}

/** What a single value may be, without what is in it. */
function valueChanges(before: Shape, after: Shape, direction: Direction): SchemaChange[] {
  // The one whose values must all be values of the other.
  const [narrow, wide] = direction === 'request' ? [before, after] : [after, before]
  const asks = direction === 'request'
  if (!admitsTypes(wide, narrow)) {
    return [breaking(`type changed from ${typesText(before)} to ${typesText(after)}`, after.place)]
  }
  return [
    ...(narrow.nullable && !wide.nullable ? [asks ? 'may no longer be null' : 'may be null now'] : []),
    ...enumChanges(narrow, wide, asks),
    ...boundChanges(before, after, asks),
    ...formatChanges(before, after, asks),
    ...(asks && after.pattern !== undefined && after.pattern !== before.pattern
      ? [`must match ${JSON.stringify(after.pattern)} now`]
      : []),
  ].map((what) => breaking(what, after.place))
}

function admitsTypes(wide: Shape, narrow: Shape): boolean {
  const { types } = wide
  if (types === undefined) return true
  // Where there are alternatives they say it.
  if (narrow.types === undefined) return narrow.alternatives.length > 0
  return [...narrow.types].every((type) => types.has(type) || (type === 'integer' && types.has('number')))
}

function typesText({ types }: Shape): string {
  return types === undefined ? 'any' : [...types].toSorted().join(' or ') || 'nothing'
}

function enumChanges(narrow: Shape, wide: Shape, asks: boolean): string[] {
  if (wide.values === undefined) return []
  if (narrow.values === undefined) {
    if (narrow.alternatives.length > 0) return []
    return [asks ? `takes only ${wide.values.join(', ')} now` : 'may be any value now']
  }
  const lost = narrow.values.filter((value) => wide.values?.includes(value) === false)
  return lost.map((value) => (asks ? `no longer takes ${value}` : `may be ${value} now`))
}

function boundChanges(before: Shape, after: Shape, asks: boolean): string[] {
  return BOUNDS.flatMap((key) => {
    const [was, is] = [before.bounds.get(key), after.bounds.get(key)]
    if (was === is) return []
    // Towards more values: further out, or gone.
    const loosened = is === undefined || (was !== undefined && (isUpper(key) ? is > was : is < was))
    return loosened === asks ? [] : [`${key} changed from ${was ?? 'none'} to ${is ?? 'none'}`]
  })
}

/** Any format is narrower than none, and int32 than int64; others have nothing in common. */
function formatChanges({ format: was }: Shape, { format: is }: Shape, asks: boolean): string[] {
  const [narrow, wide] = asks ? [was, is] : [is, was]
  if (wide === undefined || narrow === wide || (narrow === 'int32' && wide === 'int64')) return []
  return [`format changed from ${was ?? 'none'} to ${is ?? 'none'}`]
}

function breaking(what: string, place: Place, at: readonly string[] = []): SchemaChange {
  return { kind: 'breaking', at, what, place }
}

function within(segment: string, changes: readonly SchemaChange[]): SchemaChange[] {
  return changes.map((change) => ({ ...change, at: [segment, ...change.at] }))
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
