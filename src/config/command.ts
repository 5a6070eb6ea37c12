import { z } from 'zod'

const EXPECTED = 'expected a command'

/** A line or script of the user's own; it goes to bash as it stands. Outside text reaches it as environment variables only. */
export const command = z
  .string({ error: EXPECTED })
  .regex(/\S/, { error: EXPECTED })
  // Bash would stop reading at a NUL.
  .refine((text) => !text.includes('\0'), { error: 'expected a command without NUL' })
