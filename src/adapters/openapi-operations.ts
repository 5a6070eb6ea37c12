import type { Api, Place } from './openapi-files.ts'
import { isMapping } from './openapi-shape.ts'

/** One operation of an API. */
export interface Operation {
  /** `GET /v1/orders/{id}`, as its description writes it. */
  readonly name: string
  /** The same for all names of the path's parameters. */
  readonly key: string
  readonly place: Place
  /** Its own and its path's parameters by `in` and name; those of the path by their position. */
  readonly parameters: ReadonlyMap<string, Place>
}

const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace', 'query']

/** All operations, in the order of the description, by their keys. */
export function operationsOf(api: Api): Map<string, Operation> {
  const paths = api.child(api.root, 'paths')
  const found = new Map<string, Operation>()
  if (paths === undefined || !isMapping(paths.value)) return found
  for (const path of Object.keys(paths.value)) {
    const written = api.child(paths, path)
    const item = written && api.resolve(written)
    for (const method of item !== undefined && isMapping(item.value) ? METHODS : []) {
      const place = item && api.child(item, method)
      if (item === undefined || place === undefined) continue
      const operation = operationOf(api, { path, method, item, place })
      found.set(operation.key, operation)
    }
  }
  return found
}

interface Found {
  readonly path: string
  readonly method: string
  readonly item: Place
  readonly place: Place
}

function operationOf(api: Api, { path, method, item, place }: Found): Operation {
  const names = [...path.matchAll(/\{([^{}]*)\}/g)].map(([, name = '']) => name)
  const parameters = new Map<string, Place>()
  for (const parameter of [...parametersOf(api, item), ...parametersOf(api, place)]) {
    const { in: where, name } = parameter.value as { in?: unknown; name?: unknown }
    const position = names.indexOf(String(name))
    parameters.set(
      where === 'path' && position >= 0 ? `path ${position}` : `${String(where)} ${keyOf(where, name)}`,
      parameter,
    )
  }
  return {
    name: `${method.toUpperCase()} ${path}`,
    key: `${method} ${path.replaceAll(/\{[^{}]*\}/g, '{}')}`,
    place,
    parameters,
  }
}

/** Names of headers know no case. */
function keyOf(where: unknown, name: unknown): string {
  return where === 'header' ? String(name).toLowerCase() : String(name)
}

function parametersOf(api: Api, place: Place): Place[] {
  const list = api.child(place, 'parameters')
  if (list === undefined || !Array.isArray(list.value)) return []
  return list.value
    .flatMap((_, index) => api.child(list, index) ?? [])
    .map((parameter) => api.resolve(parameter))
    .filter(({ value }) => isMapping(value))
}
