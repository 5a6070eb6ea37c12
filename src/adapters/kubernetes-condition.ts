import { z } from 'zod'

/** One condition of an object's `status`, as the cluster gives it. */
export const condition = z.looseObject({
  type: z.string(),
  status: z.string(),
  reason: z.string().optional(),
  message: z.string().optional(),
})
