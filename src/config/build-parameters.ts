import { z } from 'zod'
import { template } from './template.ts'

const EXPECTED = 'expected a name of letters, digits, _ and -, at most 100, that begins with a letter or _'

/** What a value that goes to another system may name. */
export const VALUE_VARIABLES = ['version', 'previous', 'sha', 'branch', 'repository'] as const

const parameterName = z.string({ error: EXPECTED }).regex(/^[A-Za-z_][\w-]{0,99}$/, { error: EXPECTED })

/**
 * What a build elsewhere is told. One of them is the commit: a build that does not know which commit it tests would pass
 * for any.
 */
export const buildParameters = z
  .record(parameterName, template(VALUE_VARIABLES), { error: 'expected a mapping from names' })
  .refine((found) => Object.values(found).some((text) => text.includes('{sha}')), {
    error: 'names no commit: one of them must hold {sha}, and the build must check that commit out',
  })
