import type { UpgradeEvent } from './event.ts'
import type { EnvironmentRecord, StepRecord, Upgrade } from './receipt.ts'

/**
 * The upgrade after one more event. Pure. The first event is `started`, or `received` where another job began it; both
 * begin a new upgrade whatever was before.
 */
export function next(upgrade: Upgrade | undefined, event: UpgradeEvent): Upgrade {
  if (event.type === 'started') return begin(event)
  if (event.type === 'received') return event.upgrade
  if (upgrade === undefined) throw new Error(`An upgrade begins with "started", not with "${event.type}".`)
  return reduce(upgrade, event)
}

function begin({
  type: _,
  atMs,
  environments,
  ...known
}: Extract<UpgradeEvent, { type: 'started' }>): Upgrade {
  return {
    schema: 'seamless.receipt/1',
    ...known,
    startedAtMs: atMs,
    artifacts: [],
    tests: [],
    environments: environments.map(untouched),
    steps: [],
  }
}

function reduce(upgrade: Upgrade, event: Exclude<UpgradeEvent, { type: 'started' | 'received' }>): Upgrade {
  switch (event.type) {
    case 'resumed':
      return resume(upgrade, event)
    case 'step_started':
    case 'step_ended':
      return { ...upgrade, steps: stepsAfter(upgrade.steps, event) }
    case 'candidate_known': {
      const { type: _, atMs: __, ...known } = event
      return { ...upgrade, ...known }
    }
    case 'code_compared':
      return { ...upgrade, code: event.code }
    case 'built':
      return { ...upgrade, artifacts: [...upgrade.artifacts, ...event.artifacts] }
    case 'tested':
      return {
        ...upgrade,
        tests: [...upgrade.tests.filter((suite) => suite.suite !== event.suite.suite), event.suite],
      }
    case 'reverted':
      return { ...upgrade, revert: event.revert }
    case 'ended':
      return {
        ...upgrade,
        endedAtMs: event.atMs,
        decision: event.decision,
        reason: event.reason,
        message: event.message,
      }
    case 'deployment_begun':
    case 'release_compared':
    case 'weight_set':
    case 'judged':
    case 'person_said':
    case 'environment_ended':
      return inEnvironment(upgrade, event.environment, (known) => environmentAfter(known, event))
  }
}

type EnvironmentEvent = Extract<
  UpgradeEvent,
  { environment: string; type: Exclude<UpgradeEvent['type'], 'step_started'> }
>

function environmentAfter(known: EnvironmentRecord, event: EnvironmentEvent): EnvironmentRecord {
  switch (event.type) {
    case 'deployment_begun':
      return {
        ...known,
        state: 'deploying',
        deployment: event.deployment,
        ...(event.previous && { previous: event.previous }),
        ...(event.replaces && { replaces: event.replaces }),
      }
    case 'release_compared':
      return { ...known, difference: event.difference }
    case 'weight_set':
      return { ...known, weight: event.percent }
    case 'judged':
      return {
        ...known,
        judged: [...known.judged.filter((report) => report.step !== event.report.step), event.report],
      }
    case 'person_said': {
      const { step, said, by, saidAtMs } = event
      return { ...known, said: [...(known.said ?? []), { step, said, by, saidAtMs }] }
    }
    case 'environment_ended':
      return { ...known, state: event.state, message: event.message }
  }
}

function inEnvironment(
  upgrade: Upgrade,
  name: string,
  change: (known: EnvironmentRecord) => EnvironmentRecord,
): Upgrade {
  return {
    ...upgrade,
    environments: upgrade.environments.map((known) => (known.name === name ? change(known) : known)),
  }
}

function stepsAfter(
  steps: readonly StepRecord[],
  event: Extract<UpgradeEvent, { type: 'step_started' | 'step_ended' }>,
): StepRecord[] {
  if (event.type === 'step_started') {
    const { type: _, atMs, ...known } = event
    return [
      ...steps.filter(({ step }) => step !== event.step),
      { ...known, state: 'running', startedAtMs: atMs },
    ]
  }
  const { type: _, atMs, result, ...said } = event
  return steps.map((known) =>
    known.step === event.step ? { ...known, ...said, state: result, endedAtMs: atMs } : known,
  )
}

function untouched(name: string): EnvironmentRecord {
  return { name, state: 'untouched', judged: [] }
}

/** What is done again is forgotten whole, or its artefacts and results would count twice. */
function resume(
  upgrade: Upgrade,
  { forgotten, environments }: Extract<UpgradeEvent, { type: 'resumed' }>,
): Upgrade {
  const { decision: _, reason: __, message: ___, endedAtMs: ____, ...rest } = upgrade
  const steps = upgrade.steps.filter(({ step }) => !forgotten.includes(step))
  const built = steps.some(({ stage, state }) => stage === 'build' && state === 'done')
  const known = new Set(upgrade.environments.map(({ name }) => name))
  return {
    ...rest,
    steps,
    artifacts: built ? upgrade.artifacts : [],
    environments: [
      ...upgrade.environments.map((one) => (one.state === 'held' ? goingOn(one) : one)),
      ...environments.filter((name) => !known.has(name)).map((name) => untouched(name)),
    ],
  }
}

/** Held with all the traffic, or at a step of it: in between again, so that a cancel takes it back. */
function goingOn({ message: _, ...held }: EnvironmentRecord): EnvironmentRecord {
  return { ...held, state: 'deploying' }
}
