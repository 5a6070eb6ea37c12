import { z } from 'zod'

/** A line or script of the user's own; it goes to bash as it stands. Outside text reaches it as environment variables only. */
export const command = z
  .string({ error: 'expected a command' })
  .regex(/\S/, { error: 'expected a command' })
  // oxlint-disable-next-line no-control-regex -- bash would stop reading at a NUL
  .regex(/^[^\u0000]*$/, { error: 'expected a command without NUL' })
