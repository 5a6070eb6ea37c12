import type { Config } from '../config/schema.ts'
import type { Plan } from './plan.ts'
import type { Ending } from './run.ts'
import type { Upgrade } from './receipt.ts'

/** The environments, and whether the App watches what is live there: then nothing of it is left to this run. */
export interface Watched extends Pick<Config, 'environments'> {
  readonly appWatches?: boolean
}

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
  /** Another upgrade was cut off while an environment was in between: that comes first. Or this one is known to be broken. */
  | { readonly kind: 'refuse'; readonly ending: Ending }

/**
 * Pure. An upgrade that was cut off has no decision: it goes on where it was, and one that was held is looked at again. A
 * job for one stage (`stage: test`) goes on from what the jobs before it did well.
 */
export function decideBeginning(before: Upgrade | undefined, plan: Plan, config: Watched): Beginning {
  if (before === undefined) return { kind: 'fresh' }
  if (before.id !== plan.id) return otherUpgrade(before, config)
  const refused = failedBefore(before, plan)
  if (refused !== undefined) return { kind: 'refuse', ending: refused }
  if (!goesOn(before, plan.stage)) return { kind: 'fresh' }
  return { kind: 'resume', upgrade: before, forgotten: stepsToRepeat(before, plan), found: describe(before) }
}

export function goesOn({ decision }: Upgrade, stage: Plan['stage']): boolean {
  if (decision === undefined || decision === 'held') return true
  return stage !== 'all' && stage !== 'branch' && (decision === 'completed' || decision === 'promoted')
}

/** A job that deploys what the job before it found broken: a workflow that lost its `needs`. */
function failedBefore({ decision, reason, message = '' }: Upgrade, { stage }: Plan): Ending | undefined {
  const isLate = stage === 'deploy' || stage === 'monitor'
  const isBroken = reason === 'build_failed' || reason === 'tests_failed' || reason === 'users_tests_failed'
  if (!isLate || decision !== 'failed' || !isBroken) return undefined
  return { decision, reason, message: `This upgrade ended before it came to ${stage}. ${message}` }
}

/** The environments that a cut-off upgrade left in between. Where nobody watches, live is all that there is to be. */
export function leftOpen(upgrade: Upgrade, { environments, appWatches = false }: Watched): readonly string[] {
  if (upgrade.decision !== undefined) return []
  return upgrade.environments
    .filter(
      ({ name, state }) =>
        state === 'deploying' ||
        (state === 'live' && !appWatches && environments[name]?.health !== undefined),
    )
    .map(({ name }) => name)
}

function otherUpgrade(before: Upgrade, config: Watched): Beginning {
  const open = leftOpen(before, config)
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
