import type { Config, EnvironmentConfig } from '../config/schema.ts'
import { fillText } from '../config/template.ts'
import { deployWords } from './deploy-words.ts'
import { digestOf } from './digest.ts'
import type { Version } from './facts.ts'
import type { Stage } from './stage.ts'

export type BuildStep = Config['build'][number]
export type TestStep = Config['test'][number]

/** What a plan is made from: all of it read before, nothing asked here. */
export interface PlanFacts {
  readonly config: Config
  /** Digest of the config's text. */
  readonly configDigest: string
  /** Of the upgrade that this one goes on with. */
  readonly id?: string
  readonly repository: string
  readonly stage: Stage | 'all'
  /** One environment, or all in the order of `after`. */
  readonly environment?: string
  readonly head: Head
  /** Version n: what code and tests are compared with. Absent on a first upgrade. */
  readonly base?: Version
  /** The App watches what is live, not the run. */
  readonly appWatches?: boolean
  /** Per environment, what a rollback returns to. */
  readonly previous: Readonly<Record<string, Version | undefined>>
}

/** The upgrade's commit: given, or made by the branch stage from the base branch's commit. */
export type Head =
  | { readonly kind: 'given'; readonly version: Version & { sha: string }; readonly branch?: string }
  | { readonly kind: 'made'; readonly from: string; readonly baseBranch: string }

/** What would run, resolved, and what would undo it. Equal plans have equal digests. */
export interface Plan {
  readonly id: string
  readonly digest: string
  readonly repository: string
  readonly stage: Stage | 'all'
  readonly head: Head
  readonly base?: Version
  readonly environments: readonly string[]
  readonly previous: Readonly<Record<string, Version | undefined>>
  readonly steps: readonly PlannedStep[]
}

export interface PlannedStep {
  /** Stable within the config, e.g. `deploy/production/traffic-10`. */
  readonly id: string
  readonly stage: Stage
  readonly environment?: string
  /** What it does, for people. */
  readonly what: string
  readonly command?: string
  /** What taking it back does, for people; absent where nothing outside is changed. */
  readonly undo?: string
  /** Whether it may simply be done again when a run was cut off in it. */
  readonly repeatable: boolean
}

/** Pure. Errors: `UsageError` is the caller's for names that do not exist; this expects known ones. */
export function planUpgrade(facts: PlanFacts): Plan {
  const { config, stage, head, base, repository } = facts
  const environments = needsEnvironments(stage) ? chosenEnvironments(config, facts.environment) : []
  const wanted = (candidate: Stage): boolean => stage === 'all' || stage === candidate
  const steps = [
    ...(wanted('branch') && head.kind === 'made' ? branchSteps(config, head) : []),
    ...(wanted('build') ? config.build.map((step) => buildStep(step, facts)) : []),
    ...(wanted('test') ? config.test.map((step) => testStep(step, facts)) : []),
    ...environments.flatMap((name) => environmentSteps(facts, name)),
  ]
  const id = facts.id ?? digestOf([repository, head, facts.configDigest]).slice(7, 23)
  const plan = {
    id,
    repository,
    stage,
    head,
    ...(base && { base }),
    environments,
    previous: Object.fromEntries(environments.map((name) => [name, facts.previous[name]])),
    steps,
  }
  // What is undone to, and what is compared with, may change between a plan and its run; what runs may not.
  const runs = steps.map(({ undo: _, ...step }) => step)
  return { ...plan, digest: digestOf([repository, stage, head, environments, runs, facts.configDigest]) }
}

/** All environments, each after those that it names under `after`; or the one asked for. */
export function chosenEnvironments(config: Config, environment: string | undefined): readonly string[] {
  if (environment !== undefined) return [environment]
  const ordered: string[] = []
  const visit = (name: string): void => {
    if (ordered.includes(name)) return
    for (const earlier of config.environments[name]?.after ?? []) visit(earlier)
    ordered.push(name)
  }
  for (const name of Object.keys(config.environments)) visit(name)
  return ordered
}

/** Stable within the config: `build/bundle`, `test/users-of-1.4.0`. */
export function stepId(
  stage: 'build' | 'test',
  step: BuildStep | TestStep,
  known: Pick<Plan, 'base' | 'repository' | 'head'>,
): string {
  const { base, repository, head } = known
  const version = head.kind === 'given' ? head.version.name : undefined
  return `${stage}/${fillText(step.name, { version, previous: base?.name, repository })}`
}

function needsEnvironments(stage: Stage | 'all'): boolean {
  return stage === 'all' || stage === 'deploy' || stage === 'monitor'
}

function branchSteps(config: Config, head: Extract<Head, { kind: 'made' }>): PlannedStep[] {
  const { upgrade } = config
  if (upgrade === undefined) return []
  return [
    {
      id: 'branch/change',
      stage: 'branch',
      what: `change a clean checkout of ${head.baseBranch} (${head.from.slice(0, 12)})`,
      command: upgrade.change,
      repeatable: true,
    },
    {
      id: 'branch/publish',
      stage: 'branch',
      what: `commit, push ${upgrade.branch} and open its pull request`,
      undo: `close the pull request and delete ${upgrade.branch} (by a person)`,
      repeatable: true,
    },
  ]
}

function buildStep(step: BuildStep, facts: PlanFacts): PlannedStep {
  const common = { id: stepId('build', step, facts), stage: 'build', repeatable: true } as const
  if (step.adapter === 'docker') {
    const { image, context } = step.docker
    return {
      ...common,
      what: `build the image ${image} and push it, unless it is there from this commit`,
      command: `docker build ${context}`,
    }
  }
  const made = step.artifacts.length > 0 ? `, digest ${step.artifacts.join(', ')}` : ''
  return {
    ...common,
    what: `build${made}`,
    command: step.run,
    ...(step.undo !== undefined && { undo: step.undo }),
  }
}

function testStep(step: TestStep, facts: PlanFacts): PlannedStep {
  const common = { id: stepId('test', step, facts), stage: 'test', repeatable: true } as const
  const base = facts.base?.name ?? 'version n (there is none: skipped)'
  switch (step.adapter) {
    case 'run':
      return { ...common, what: 'run the tests', command: step.run }
    case 'previous':
      return { ...common, what: `run the tests of ${base} against the new build`, command: step.previous }
    case 'openapi':
      return { ...common, what: `compare ${step.openapi} with that of ${base}` }
    case 'jenkins':
      return { ...common, what: `build ${step.jenkins.job} at Jenkins` }
    case 'travis':
      return { ...common, what: 'build the commit at Travis CI' }
    case 'workflow':
      return { ...common, what: `run the workflow ${step.workflow}` }
  }
}

function environmentSteps(facts: PlanFacts, name: string): PlannedStep[] {
  const environment = facts.config.environments[name]
  if (environment === undefined) return []
  const deploy = facts.stage === 'all' || facts.stage === 'deploy'
  const monitor = facts.stage === 'all' || facts.stage === 'monitor'
  return [
    ...(deploy ? deploySteps(environment, name, facts.previous[name]) : []),
    ...(monitor && environment.health ? [monitorStep(environment, name, facts.appWatches === true)] : []),
  ]
}

function deploySteps(
  environment: EnvironmentConfig,
  name: string,
  previous: Version | undefined,
): PlannedStep[] {
  const words = deployWords(environment.deploy)
  const back = previous ? `back to ${previous.name}` : 'nothing to go back to: this is its first version'
  const common = { stage: 'deploy', environment: name } as const
  return [
    ...(words.difference === undefined
      ? []
      : [
          {
            ...common,
            id: `deploy/${name}/difference`,
            what: 'show what the release changes',
            command: words.difference,
            repeatable: true,
          },
        ]),
    {
      ...common,
      id: `deploy/${name}/apply`,
      what: `deploy to ${name}`,
      command: words.deploy,
      undo: `${words.rollback} (${back})`,
      repeatable: false,
    },
    ...(environment.traffic?.steps ?? []).map((percent) => trafficStep(environment, name, percent)),
  ]
}

function trafficStep(environment: EnvironmentConfig, name: string, percent: number): PlannedStep {
  return {
    id: `deploy/${name}/traffic-${percent}`,
    stage: 'deploy',
    environment: name,
    what: `send ${percent} % of ${name}'s traffic to the new version${environment.health ? ', hold until its health says so' : ''}`,
    ...(environment.traffic && { command: environment.traffic.run }),
    undo: 'send all traffic to the old version again',
    // It sets an absolute share: the same command twice leaves the same share.
    repeatable: true,
  }
}

function monitorStep(environment: EnvironmentConfig, name: string, isTheApps: boolean): PlannedStep {
  const checks = Object.keys(environment.health?.checks ?? {})
  return {
    id: `monitor/${name}`,
    stage: 'monitor',
    environment: name,
    what: `${isTheApps ? 'leave it to the App to ' : ''}watch ${name}: ${checks.join(', ')}`,
    undo: `when users would have noticed: roll ${name} back${environment.revert === 'auto' ? ' and revert the merge' : ''}`,
    repeatable: true,
  }
}
