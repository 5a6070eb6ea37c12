import type { Plan } from './plan.ts'
import type { Ending } from './run.ts'
import type { Upgrade } from './upgrade.ts'

/** What a run does with the upgrade that the journal holds. */
export type Beginning =
  /** There is none, or it ended, or it touched nothing. */
  | { readonly kind: 'fresh' }
  /** It is this one: done steps stay done, those named are done again. */
  | {
      readonly kind: 'resume'
      readonly upgrade: Upgrade
      readonly forgotten: readonly string[]
      readonly found: string
    }
  /** Another upgrade was cut off while an environment was in between: that comes first. */
  | { readonly kind: 'refuse'; readonly ending: Ending }

/**
 * Pure. An upgrade that was cut off has no decision: it goes on where it was, and one that was held is looked at again. A
 * job for one stage (`stage: test`) goes on from what the jobs before it did well.
 */
export function decideBeginning(before: Upgrade | undefined, plan: Plan): Beginning {
  if (before === undefined) return { kind: 'fresh' }
  if (before.id !== plan.id) return otherUpgrade(before)
  if (!goesOn(before, plan.stage)) return { kind: 'fresh' }
  return { kind: 'resume', upgrade: before, forgotten: stepsToRepeat(before, plan), found: describe(before) }
}

export function goesOn({ decision }: Upgrade, stage: Plan['stage']): boolean {
  if (decision === undefined || decision === 'held') return true
  return stage !== 'all' && stage !== 'branch' && (decision === 'completed' || decision === 'promoted')
}

/** The environments that a cut-off upgrade left in between. */
export function leftOpen(upgrade: Upgrade): readonly string[] {
  if (upgrade.decision !== undefined) return []
  return upgrade.environments
    .filter(({ state }) => state === 'deploying' || state === 'live')
    .map(({ name }) => name)
}

function otherUpgrade(before: Upgrade): Beginning {
  const open = leftOpen(before)
  if (open.length === 0) return { kind: 'fresh' }
  return {
    kind: 'refuse',
    ending: {
      decision: 'failed',
      reason: 'environment_unknown',
      message: `An earlier upgrade to ${before.candidate?.name ?? 'another version'} was cut off: ${describe(before)}. Nothing new is started on top of that. Run it again as it was, or ${open.map((name) => `"seamless rollback --environment ${name}"`).join(' and ')}.`,
    },
  }
}

/**
 * Building and testing change nothing outside, and the checkout they worked in is gone: when one of them is still to be
 * done, all of them are done again. Nothing of an environment is ever repeated here.
 */
function stepsToRepeat(before: Upgrade, plan: Plan): readonly string[] {
  const local = plan.steps.filter(({ stage }) => stage === 'build' || stage === 'test')
  const done = new Set(
    before.steps.filter(({ state }) => state !== 'running' && state !== 'failed').map(({ step }) => step),
  )
  const deployed = before.environments.some(({ state }) => state !== 'untouched')
  if (plan.stage !== 'all' || deployed || local.every(({ id }) => done.has(id))) return []
  return local.map(({ id }) => id)
}

function describe(upgrade: Upgrade): string {
  const running = upgrade.steps.find(({ state }) => state === 'running')
  const last = upgrade.steps.findLast(({ state }) => state === 'done')
  const where =
    running !== undefined
      ? `it was in the middle of ${running.step}`
      : last !== undefined
        ? `${last.step} was the last step that ended`
        : 'no step had begun'
  const environments = upgrade.environments
    .filter(({ state }) => state !== 'untouched')
    .map(({ name, state, weight }) => `${name} is ${state}${weight === undefined ? '' : ` at ${weight} %`}`)
  return [where, ...environments].join('; ')
}
