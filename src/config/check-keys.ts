import { z } from 'zod'

/** A source's or a check's name. */
export const name = z
  .string()
  .regex(/^[A-Za-z][\w-]{0,39}$/, { error: 'expected a name of letters, digits, _ and - (at most 40)' })

/** How often in a row a limit must be broken before it counts; never once, because one scrape is not evidence. */
export const consecutive = z
  .int({ error: 'expected a whole number of ticks' })
  .min(2, { error: 'at least 2: one bad tick decides nothing' })
  .max(1000)
  .default(3)
  .describe('How many ticks in a row must break the limit.')

export const source = name.optional().describe('The source that answers it; `health.source`.')
