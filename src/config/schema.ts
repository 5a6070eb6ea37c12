import { z } from 'zod'
import { type Environment, environments } from './environment.ts'
import { repositoryPath } from './repository-path.ts'
import { refuseContradictions } from './rules.ts'
import { sources } from './source.ts'
import { buildStep, testStep } from './step.ts'
import type { Template } from './template.ts'
import { upgrade, type UpgradeConfig } from './upgrade.ts'

const EXPECTED_WORKFLOW = 'expected a file name under .github/workflows, such as seamless.yml'

/** What users write, key by key. Its JSON Schema is published as `schema.json`. */
export const written = z.strictObject({
  driver: z
    .enum(['action', 'app'])
    .describe(
      'Who answers, judges and reverts. `action`: the workflow itself, no server. `app`: the Seamless App that is installed on the repository; the workflow only does what it is told.',
    ),
  workflow: z
    .string({ error: EXPECTED_WORKFLOW })
    .regex(/^[A-Za-z\d_][\w.-]{0,99}\.ya?ml$/, { error: EXPECTED_WORKFLOW })
    .prefault('seamless.yml')
    .describe('The workflow that commands start: its file under `.github/workflows`, on the default branch.'),
  version: z
    .strictObject({
      file: repositoryPath.describe('A text file, or a .json file with a "version" field.'),
    })
    .optional()
    .describe(
      "Where a version's name is read, at the commit itself; without it, its first 12 digits are the name.",
    ),
  sources,
  upgrade: upgrade.optional(),
  build: z
    .array(buildStep, { error: 'expected a list of steps' })
    .prefault([])
    .describe("Run in a clean checkout of the upgrade's commit, in order."),
  test: z
    .array(testStep, { error: 'expected a list of steps' })
    .prefault([])
    .describe('Run there after the build, in order.'),
  environments,
})

/** A whole configuration: what was written, with its defaults, free of contradictions. Plain JSON. */
export const config = written.superRefine(refuseContradictions).transform((found): Config => {
  const { upgrade, environments, version, ...rest } = found
  return {
    ...rest,
    ...(version === undefined ? {} : { version }),
    ...(upgrade === undefined ? {} : { upgrade: withMessage(upgrade, version !== undefined) }),
    environments: withRevert(environments),
  }
})

export type EnvironmentConfig = Omit<Environment, 'revert'> & { readonly revert: 'auto' | 'propose' | 'off' }

export type Config = Omit<z.output<typeof written>, 'version' | 'upgrade' | 'environments'> & {
  readonly version?: { readonly file: string }
  readonly upgrade?: UpgradeConfig
  readonly environments: Readonly<Record<string, EnvironmentConfig>>
}

/** A commit cannot name its own id, which is what its version is called without a file. */
function withMessage(upgrade: z.output<typeof written>['upgrade'] & object, isNamed: boolean): UpgradeConfig {
  const message = isNamed ? 'Upgrade from {previous} to {version}' : 'Upgrade from {previous}'
  return { ...upgrade, message: upgrade.message ?? (message as Template) }
}

/** Without checks there is no verdict that could revert anything. */
function withRevert(environments: Record<string, Environment>): Config['environments'] {
  const complete = Object.entries(environments).map(([name, environment]) => [
    name,
    { ...environment, revert: environment.revert ?? 'off' },
  ])
  return Object.assign(Object.create(null), Object.fromEntries(complete)) as Config['environments']
}
