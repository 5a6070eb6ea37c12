import type { Api, Place } from './openapi-files.ts'
import type { Apis } from './openapi-schema.ts'
import { isMapping } from './openapi-shape.ts'

/** One way to be let in: all of these schemes at once, each with its scopes. None: anybody. */
type Way = ReadonlyMap<string, ReadonlySet<string>>

/**
 * What users must newly show to be let in, as texts: each way that let them in before must go on doing so. Schemes are told
 * apart by what they are, not by what the description calls them.
 */
export function securityChanges(apis: Apis, before: Place, after: Place): string[] {
  const [was, is] = [waysOf(apis.before, before), waysOf(apis.after, after)]
  const lost = was.filter((way) => !is.some((other) => suffices(way, other)))
  if (lost.length === 0) return []
  if (lost.some((way) => way.size === 0)) return [`security added: ${is.map(wayText).join(' or ')}`]
  return [`security changed: ${lost.map(wayText).join(' or ')} no longer suffices`]
}

function suffices(shown: Way, asked: Way): boolean {
  return [...asked].every(([scheme, scopes]) => {
    const has = shown.get(scheme)
    return has !== undefined && [...scopes].every((scope) => has.has(scope))
  })
}

/** An operation's own word, else the description's; without any everybody is let in. */
function waysOf(api: Api, operation: Place): Way[] {
  const security = api.child(operation, 'security') ?? api.child(api.root, 'security')
  if (security === undefined || !Array.isArray(security.value) || security.value.length === 0)
    return [new Map()]
  return security.value.filter(isMapping).map((way) => {
    return new Map(
      Object.entries(way).map(([name, scopes]) => [
        schemeText(api, name),
        new Set(Array.isArray(scopes) ? scopes.filter((scope) => typeof scope === 'string') : []),
      ]),
    )
  })
}

function schemeText(api: Api, name: string): string {
  const path = ['components', 'securitySchemes', name]
  const place = path.reduce<Place | undefined>(
    (at, key) => (at === undefined ? undefined : api.child(at, key)),
    api.root,
  )
  const scheme = place === undefined ? undefined : api.resolve(place).value
  if (!isMapping(scheme)) return name
  const { type, scheme: kind, in: where, name: key } = scheme
  if (type === 'apiKey') return `an API key in ${String(where)} ${String(key)}`
  if (type === 'http') return `HTTP ${String(kind).toLowerCase()}`
  return String(type)
}

function wayText(way: Way): string {
  if (way.size === 0) return 'nothing'
  return [...way]
    .map(([scheme, scopes]) => (scopes.size === 0 ? scheme : `${scheme} with ${[...scopes].join(', ')}`))
    .join(' and ')
}
