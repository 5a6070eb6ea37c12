import { load } from 'js-yaml'
import { z } from 'zod'

const names = z.record(z.string(), z.unknown()).default({})
const step = z.looseObject({ uses: z.string().optional(), run: z.string().optional(), with: names })
const job = z.looseObject({ permissions: z.unknown().optional(), steps: z.array(step).default([]) })
const workflow = z.looseObject({
  on: z.unknown().optional(),
  permissions: z.unknown().optional(),
  jobs: z.record(z.string(), job),
})

/** This Action itself, before it has a release to pin. */
const OURS = /^(?:\.\/|seamless-upgrade\/seamless@v0$)/

/** What text from outside may be in, when it is pasted into a shell's script. */
const PASTED = /\$\{\{(?!\s*(?:runner|matrix|env\.RUNNER)\b)/

/** What a workflow does that none here may do; nothing where all is well. */
export function violationsOf(text: string): readonly string[] {
  const { on, permissions, jobs } = workflow.parse(load(text))
  const steps = Object.values(jobs).flatMap((found) => found.steps)
  return [
    ...(JSON.stringify(on).includes('pull_request_target') ? ['it runs on pull_request_target'] : []),
    ...(JSON.stringify(permissions) === '{}' ? [] : ['its own permissions are not empty']),
    ...Object.entries(jobs)
      .filter(([, found]) => typeof found.permissions !== 'object')
      .map(([name]) => `job ${name} does not name its permissions`),
    ...steps.flatMap(({ run }) => (PASTED.test(run ?? '') ? [`it pastes into a script: ${run}`] : [])),
    ...usedIn(text)
      .filter(
        ({ uses, pin, version }) => !OURS.test(uses) && !(FULL_COMMIT.test(pin) && VERSION.test(version)),
      )
      .map(({ uses }) => `it uses ${uses} by something that can be moved, or without saying its version`),
    ...steps
      .filter(({ uses = '' }) => uses.startsWith('actions/checkout@'))
      .filter((found) => found.with['persist-credentials'] !== false)
      .map(() => 'it leaves the token in the checkout'),
  ]
}

const FULL_COMMIT = /^[\da-f]{40}$/
const VERSION = /^v\d+\.\d+\.\d+$/

export interface Used {
  readonly uses: string
  readonly name: string
  readonly pin: string
  readonly version: string
}

/** Every `uses:` with the comment behind it, which YAML does not keep. */
export function usedIn(text: string): readonly Used[] {
  return [...text.matchAll(/^\s*(?:- )?uses: *(\S+)(?: +# *(\S+))?$/gm)].map(
    ([, uses = '', version = '']) => {
      const [name = '', pin = ''] = uses.split('@')
      return { uses, name, pin, version }
    },
  )
}
