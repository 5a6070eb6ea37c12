import { z } from 'zod'
import { buildParameters } from './build-parameters.ts'
import { repositoryGlob } from './repository-path.ts'

const FILE = 'expected a file of .github/workflows, such as integration.yml'
const ARTIFACT = 'expected the name of an artifact'

/** Another workflow of the repository, of its default branch: the keys of such a step that no other has. */
export const workflowFields = {
  workflow: z
    .string({ error: FILE })
    .regex(/^[\w.-]+\.ya?ml$/, { error: FILE })
    .describe('Another workflow of this repository, of its default branch: `integration.yml`.'),
  inputs: buildParameters
    .refine((found) => !Object.hasOwn(found, 'request-id'), {
      error: 'request-id is filled by Seamless: leave it out',
    })
    .describe(
      'Its inputs: texts that may name `{version}`, `{previous}`, `{sha}`, `{branch}`, `{repository}`; one holds `{sha}`.',
    ),
  artifact: z
    .string({ error: ARTIFACT })
    // GitHub's own rule for names of artifacts.
    .regex(/^[^"<>|:*?\r\n\\/]{1,255}$/, { error: ARTIFACT })
    .optional()
    .describe('The artifact with its JUnit reports; without one each of its jobs counts as a test.'),
  junit: z
    .array(repositoryGlob, { error: 'expected a list of patterns such as reports/*.xml' })
    .min(1, { error: 'expected a pattern' })
    .optional()
    .describe('Which files of the artifact are reports; all that end in .xml.'),
}
