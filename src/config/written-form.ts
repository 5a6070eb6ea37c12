import { z } from 'zod'

/** The JSON Schema of what users write for `schema`, to go into another's: what a transform reads has none of its own. */
export function writtenForm(schema: z.ZodType): z.core.JSONSchema.BaseSchema {
  const { $schema: _, ...form } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })
  return form
}
