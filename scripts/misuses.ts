import { z } from 'zod'

/** What `action.yml` takes and gives, by name. */
export interface ActionContract {
  readonly inputs: ReadonlySet<string>
  readonly outputs: ReadonlySet<string>
}

const names = z.record(z.string(), z.unknown()).default({})
const actionFile = z.looseObject({ inputs: names, outputs: names })
const step = z.looseObject({ id: z.string().optional(), uses: z.string().default(''), with: names })
const workflow = z.looseObject({
  jobs: z.record(z.string(), z.looseObject({ steps: z.array(step).default([]) })).default({}),
})

export function contractOf(action: unknown): ActionContract {
  const { inputs, outputs } = actionFile.parse(action)
  return { inputs: new Set(Object.keys(inputs)), outputs: new Set(Object.keys(outputs)) }
}

/** Inputs given to this Action, and outputs read of it, that it does not have. */
export function misusesOf(source: unknown, { inputs, outputs }: ActionContract): readonly string[] {
  return Object.entries(workflow.parse(source).jobs).flatMap(([job, { steps }]) => {
    const ours = steps.filter(isOurs)
    const given = ours.flatMap((step) => Object.keys(step.with)).filter((name) => !inputs.has(name))
    const read = ours.flatMap(({ id }) => outputsRead(id, JSON.stringify(steps)))
    const unknown = new Set(read.filter((name) => !outputs.has(name)))
    return given
      .map((name) => `1:1 job ${job}: the Action has no input "${name}"`)
      .concat(Array.from(unknown, (name) => `1:1 job ${job}: the Action has no output "${name}"`))
  })
}

function isOurs({ uses }: z.output<typeof step>): boolean {
  return uses === './' || /(?:^|\/)seamless@/.test(uses)
}

function outputsRead(id: string | undefined, steps: string): readonly string[] {
  if (id === undefined) return []
  return [...steps.matchAll(/steps\.([\w-]+)\.outputs\.([\w-]+)/g)].flatMap(([, of, name = '']) =>
    of === id ? [name] : [],
  )
}
