import { z } from 'zod'
import { allow } from './allow.ts'
import { ansible } from './ansible.ts'
import { command } from './command.ts'
import { health } from './health.ts'
import { inMilliseconds } from './in-milliseconds.ts'
import { kubernetes } from './kubernetes.ts'
import { name, named } from './name.ts'
import { duration, proportion } from './quantity.ts'
import { requires } from './requires.ts'
import { stepFields } from './step.ts'
import { variant } from './variant.ts'

const runDeploy = z
  .strictObject({
    deploy: command.describe('Brings `SEAMLESS_VERSION` there.'),
    status: command.optional().describe('Prints the live version, as text or as `{"version": "…"}`.'),
    rollback: command.describe('Brings it back to `SEAMLESS_VERSION`, the last healthy one.'),
    diff: command.optional().describe('Prints what the release changes.'),
    ...stepFields,
    timeout: duration.prefault('10m').describe('Each command is stopped after this.'),
  })
  .transform(inMilliseconds)

const runTraffic = z
  .strictObject({
    run: command.describe('Sends `SEAMLESS_WEIGHT` percent of the traffic to the new version.'),
    steps: z
      .array(proportion, { error: 'expected a list of percentages such as [10%, 50%, 100%]' })
      .transform((steps) => steps.map(percent))
      .refine(ascendToAll, {
        error: 'expected percentages that ascend from above 0% to 100%, such as [10%, 50%, 100%]',
      })
      .describe('The shares, in order; each is held for `health.hold`.'),
    ...stepFields,
    timeout: duration.prefault('1m').describe('Stopped after this.'),
  })
  .transform(inMilliseconds)

/** One place that users meet, and what may happen there. */
const environment = z.strictObject({
  after: z
    .array(name, { error: 'expected a list of environments' })
    .prefault([])
    .describe('The environments that must be healthy with a version before it comes here.'),
  allow,
  requires,
  deploy: variant('adapter', {
    run: z.strictObject({ run: runDeploy.describe('Commands of your own.') }),
    kubernetes: z.strictObject({
      kubernetes: kubernetes.describe('Manifests, by `kubectl`: diff, apply, wait, take back.'),
    }),
    ansible: z.strictObject({
      ansible: ansible.describe('A playbook, by `ansible-playbook`, host by host.'),
    }),
  }).describe('How a version is brought there and taken back.'),
  traffic: variant('adapter', { run: runTraffic })
    .optional()
    .describe('How a version gets its share of the traffic, step by step.'),
  revert: z
    .enum(['auto', 'propose', 'off'])
    .optional()
    .describe(
      'When users would have noticed: `auto` reverts the merge, `propose` opens the pull request only, `off` does neither. Required with `health`.',
    ),
  shadow: z.boolean().prefault(false).describe('Say what would have been done, do nothing.'),
  health: health.optional().describe('What is watched there, and when it is bad.'),
})

export const environments = named(environment)
  .refine((found) => Object.keys(found).length > 0, { error: 'expected at least one environment' })
  .refine((found) => Object.keys(found).length <= 50, { error: 'expected at most 50 environments' })
  .describe('The places that a version is deployed to, by name.')

export type Environment = z.output<typeof environment>

/** A share as the percentage that was written: 0.07 as 7. */
function percent(share: number): number {
  return Number((share * 100).toPrecision(12))
}

function ascendToAll(steps: readonly number[]): boolean {
  const ascends = steps.every((step, index) => step > (steps[index - 1] ?? 0))
  return ascends && steps.at(-1) === 100
}
