import type { z } from 'zod'
import { publishedSchema } from './published-schema.ts'
import type { YamlPath } from './yaml-document.ts'

type Schema = z.core.JSONSchema.BaseSchema

/** Made once, and only when there is an error to explain. */
let published: Schema | undefined

/** The keys that the schema knows for the mapping at `path` of a document, in the schema's order. */
export function knownKeys(path: YamlPath, root: unknown): string[] {
  published ??= publishedSchema()
  let schemas = [published]
  let value = root
  for (const step of path) {
    schemas = fitting(schemas, value).flatMap((schema) => below(schema, step))
    value =
      typeof value === 'object' && value !== null
        ? (value as Record<string | number, unknown>)[step]
        : undefined
  }
  const keys = fitting(schemas, value).flatMap((schema) => Object.keys(schema.properties ?? {}))
  return [...new Set(keys)]
}

/** Of alternatives, those whose required keys the value has; all of them when it has none's. */
function fitting(schemas: readonly Schema[], value: unknown): Schema[] {
  const alternatives = schemas.flatMap((schema) => schema.anyOf ?? schema.oneOf ?? [schema])
  const has = (key: string): boolean =>
    typeof value === 'object' && value !== null && Object.hasOwn(value, key)
  const chosen = alternatives.filter(({ required }) => (required ?? []).every(has))
  return chosen.length > 0 ? chosen : alternatives
}

function below(schema: Schema, step: string | number): Schema[] {
  const child =
    typeof step === 'number' ? schema.items : (schema.properties?.[step] ?? schema.additionalProperties)
  return typeof child === 'object' && child !== null && !Array.isArray(child) ? [child] : []
}
