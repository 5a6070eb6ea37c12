import { z } from 'zod'
import { VALUE_VARIABLES } from './build-parameters.ts'
import { template } from './template.ts'
import { variableName } from './variable-name.ts'

const SLUG = 'expected owner/name'

/** A build at the Travis CI that `SEAMLESS_TRAVIS_URL` names, https://api.travis-ci.com without it. It is of the commit, always. */
export const travis = z.strictObject({
  repository: z
    .string({ error: SLUG })
    .regex(/^[\w-]+\/[\w.-]+$/, { error: SLUG })
    .refine((slug) => !/\/\.{1,2}$/.test(slug), { error: SLUG })
    .optional()
    .describe('`owner/name` at Travis CI; this repository.'),
  branch: template(['branch'])
    .optional()
    .describe('The branch that the build is shown under; the default branch. May name `{branch}`.'),
  variables: z
    .record(variableName, template(VALUE_VARIABLES), { error: 'expected a mapping from variables' })
    .prefault({})
    .describe('Environment variables of the build: texts that may name `{version}`, `{sha}` and the like.'),
})

export type TravisTest = z.output<typeof travis>
