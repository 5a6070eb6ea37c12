import { z } from 'zod'
import { written } from './schema.ts'

/** The JSON Schema (draft 7, which editors read best) of what users write. */
export function publishedSchema(): z.core.JSONSchema.BaseSchema {
  const schema = z.toJSONSchema(written, { io: 'input', unrepresentable: 'any', target: 'draft-7' })
  schema.title = 'Seamless configuration (.github/seamless.yml)'
  return schema
}
