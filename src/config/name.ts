import { z } from 'zod'

const EXPECTED = 'expected a name of letters, digits, _ and -, at most 40, that begins with a letter'

/** A name that the user gives to an environment or a source. Safe as a branch part, a label and an identifier. */
export const name = z.string({ error: EXPECTED }).regex(/^[A-Za-z][\w-]{0,39}$/, { error: EXPECTED })

/** A mapping from names. It inherits nothing: a name from outside, such as `toString`, finds only what was configured. */
export function named<Value extends z.ZodType>(
  value: Value,
): z.ZodPipe<z.ZodRecord<typeof name, Value>, z.ZodTransform<Record<string, z.output<Value>>>> {
  const expected = 'expected a mapping from names'
  return z
    .record(name, value, { error: expected })
    .transform((found) => Object.assign(Object.create(null), found) as Record<string, z.output<Value>>)
}
