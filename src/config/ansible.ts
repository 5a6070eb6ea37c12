import { z } from 'zod'
import { inMilliseconds } from './in-milliseconds.ts'
import { duration } from './quantity.ts'
import { repositoryPath } from './repository-path.ts'
import { stepFields } from './step.ts'
import { variableName } from './variable-name.ts'

const EXPECTED_INVENTORY =
  'expected files or folders of the repository, such as inventory/production; hosts are not named here'
const EXPECTED_LIMIT =
  'expected a pattern of hosts such as web:!web3, not beginning with - or @ and without spaces'
const EXPECTED_TAG = 'expected a tag of letters, digits, _, . and -'
const EXPECTED_VALUE = 'expected text, a number, true, false, or a list of them'

/** A comma would make Ansible read a list of hosts instead of a file. */
const inventoryPath = repositoryPath.refine((path) => !path.includes(','), { error: EXPECTED_INVENTORY })

/** `@` would name a file with hosts, `-` a flag; the rest is what Ansible's patterns are written with. */
const limit = z
  .string({ error: EXPECTED_LIMIT })
  .regex(/^[\w*!&~[][\w.:,!&*~[\]-]{0,499}$/, { error: EXPECTED_LIMIT })

const tag = z.string({ error: EXPECTED_TAG }).regex(/^\w[\w.-]{0,99}$/, { error: EXPECTED_TAG })

const EXPECTED_NAME =
  'expected a variable name of letters, digits and _; those that begin with seamless_ are given'

const extraName = z
  .string({ error: EXPECTED_NAME })
  .regex(/^(?!seamless_)[A-Za-z_]\w{0,99}$/, { error: EXPECTED_NAME })

const scalar = z.union([z.string(), z.number(), z.boolean()], { error: EXPECTED_VALUE })
const extraValue = z.union([scalar, z.array(scalar)], { error: EXPECTED_VALUE })

/** What Seamless itself decides: with another file, the commit that is deployed would configure the deployment. */
const OURS = ['ANSIBLE_CONFIG', 'ANSIBLE_CALLBACK_PLUGINS']

export const ansible = z
  .strictObject({
    playbook: repositoryPath.describe('The playbook that brings `seamless_version` there.'),
    inventory: z
      .union([inventoryPath.transform((path) => [path]), z.array(inventoryPath).min(1)], {
        error: EXPECTED_INVENTORY,
      })
      .describe('The inventory: a file or folder of the repository, or a list of them.'),
    limit: limit.optional().describe('Only these hosts of it, as `--limit`.'),
    tags: z
      .array(tag, { error: 'expected a list of tags' })
      .prefault([])
      .describe('Only tasks with one of these tags, as `--tags`.'),
    vars: z
      .record(extraName, extraValue, { error: 'expected a mapping from variables' })
      .prefault({})
      .describe('Extra variables of your own. They are data: braces in them are no template.'),
    rollback: repositoryPath
      .optional()
      .describe(
        "The playbook that brings `seamless_version` back; without it, the last healthy version's own `playbook`.",
      ),
    status: repositoryPath
      .optional()
      .describe(
        'The playbook that sets the fact `seamless_live` on each host to the version that runs there, or to nothing.',
      ),
    vault: variableName
      .optional()
      .describe("The environment variable with the vault's password; Ansible gets it as a file."),
    key: variableName
      .optional()
      .describe('The environment variable with the private key for SSH; Ansible gets it as a file.'),
    ...stepFields,
    timeout: duration.prefault('30m').describe('Each playbook is stopped after this.'),
  })
  .superRefine(({ env }, report) => {
    for (const name of OURS.filter((one) => Object.hasOwn(env, one))) {
      const params = { expected: 'a setting by its own variable, such as ANSIBLE_ROLES_PATH' }
      report.addIssue({
        code: 'custom',
        path: ['env', name],
        message: 'is set by Seamless, so that no commit configures its own deployment',
        params,
      })
    }
  })
  // What is in a file is a secret of the step too, without being said twice.
  .transform(({ secrets, ...step }) => {
    const named = [step.vault, step.key].filter((name) => name !== undefined)
    return inMilliseconds({ ...step, secrets: [...new Set([...secrets, ...named])] })
  })

export type Ansible = z.output<typeof ansible>
