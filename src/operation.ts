import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { lockRun } from './adapters/run-lock.ts'
import { stateFolder } from './adapters/state-folder.ts'
import { composePorts, missingApp, type Opened } from './composition.ts'
import { formatConfigError } from './config/config-error.ts'
import { parseConfig } from './config/parse.ts'
import { pinHealth } from './config/pin-health.ts'
import type { Config } from './config/schema.ts'
import { ConfigInvalid, UsageError } from './errors.ts'
import { causes } from './report/causes.ts'
import { digestOf } from './upgrade/digest.ts'
import type { Plan } from './upgrade/plan.ts'
import type { Ports } from './upgrade/ports.ts'
import { preparePlan, unknownEnvironment } from './upgrade/prepare-plan.ts'
import { runRollback } from './upgrade/run-rollback.ts'
import { journaled, refusedUpgrade, runUpgrade } from './upgrade/run-upgrade.ts'
import { undoInterrupted } from './upgrade/undo-interrupted.ts'
import type { Upgrade } from './upgrade/receipt.ts'

/** Where the config is read: the working tree, or a commit that is trusted. */
export type ConfigPlace =
  | { readonly kind: 'working_tree' }
  | { readonly kind: 'commit'; readonly sha: string; readonly healthFrom?: string }

export interface LoadedConfig {
  readonly config: Config
  readonly digest: string
}

export interface OperationRequest {
  readonly opened: Opened
  readonly loaded: LoadedConfig
  readonly stage: Plan['stage']
  readonly environment?: string
  readonly sha?: string
  readonly branch?: string
  readonly defaultBranch?: string
  /** The digest that was approved; another plan is refused. */
  readonly planDigest?: string
  /** A deployment that was made for this run. */
  readonly adopt?: string
  readonly watch?: Pick<Ports, 'watchEvent' | 'watchTick'>
}

/** Errors: `ConfigInvalid` with all that is wrong, `UsageError` where there is no config. */
export async function loadConfig(opened: Opened, file: string, place: ConfigPlace): Promise<LoadedConfig> {
  const text = await readConfig(opened, file, place.kind === 'commit' ? place.sha : undefined)
  const config = parse(text, file)
  const loaded = { config, digest: digestOf(text) }
  if (place.kind !== 'commit' || place.healthFrom === undefined) return loaded
  const before = await opened.versionControl
    .read(place.healthFrom, pathInRepository(opened, file))
    .catch((error: unknown) => {
      opened.log.warning(
        `The config from before this change could not be read, so its own judges it: ${causes(error)}`,
      )
      return undefined
    })
  const parsed = before === undefined || before === text ? undefined : parseConfig(before, file)
  if (parsed?.ok !== true) return loaded
  opened.log.info(
    `Health is judged by the config from before this change (${place.healthFrom.slice(0, 12)}).`,
  )
  return { config: pinHealth(config, parsed.config), digest: digestOf([text, before]) }
}

export async function makePlan(request: OperationRequest): Promise<Plan> {
  const { opened, loaded } = request
  const ports = await composePorts(opened, loaded.config)
  // A pull request of a fork is given no variables, and its plan changes nothing.
  const missing = missingApp(opened, loaded.config)
  if (missing !== undefined) opened.log.warning(`No verdict is known to this plan. ${missing}`)
  return prepare(request, ports)
}

/** Error: `UsageError` where the run would not know whose verdicts to believe. */
function needApp({ opened, loaded }: Pick<OperationRequest, 'opened' | 'loaded'>): void {
  const missing = missingApp(opened, loaded.config)
  if (missing !== undefined) throw new UsageError(missing)
}

/** Runs the upgrade to its end. An approved plan that is no longer the plan is not run. */
export async function operateRun(request: OperationRequest, signal: AbortSignal): Promise<Upgrade> {
  needApp(request)
  return alone(request, () => runPlanned(request, signal))
}

/** One run of a service at a time in a checkout. */
async function alone(
  { opened }: Pick<OperationRequest, 'opened'>,
  work: () => Promise<Upgrade>,
): Promise<Upgrade> {
  const unlock = await lockRun(join(await stateFolder(opened.surroundings.folder), 'run.lock'))
  try {
    return await work()
  } finally {
    await unlock()
  }
}

async function runPlanned(request: OperationRequest, signal: AbortSignal): Promise<Upgrade> {
  const ports = { ...(await composePorts(request.opened, request.loaded.config)), ...request.watch }
  const plan = await prepare(request, ports)
  if (request.adopt !== undefined && plan.environments.length !== 1) {
    throw new UsageError(
      `deployment ${request.adopt} is of one environment, but this run is for ${plan.environments.join(', ') || 'none'}. Name the environment too.`,
    )
  }
  if (request.planDigest !== undefined && request.planDigest !== plan.digest) {
    return refusedUpgrade(plan, ports.clock.now(), {
      decision: 'failed',
      reason: 'plan_changed',
      message: `The plan is ${plan.digest}, not the approved ${request.planDigest}: the commit, the config or the request changed in between. Nothing was run.`,
    })
  }
  return runUpgrade({
    plan,
    config: request.loaded.config,
    ports,
    signal,
    directory: directoryOf(request.opened),
    ...(request.adopt !== undefined && { adopt: request.adopt }),
  })
}

export async function operateRollback(request: OperationRequest, signal: AbortSignal): Promise<Upgrade> {
  const { opened, loaded, environment, watch } = request
  needApp(request)
  const names = Object.keys(loaded.config.environments)
  const name = environment ?? (names.length === 1 ? names[0] : undefined)
  if (name === undefined) {
    throw new UsageError(`Which environment is to be rolled back? The config has ${names.join(', ')}.`)
  }
  if (loaded.config.environments[name] === undefined) throw unknownEnvironment(loaded.config, name)
  const ports = { ...(await composePorts(opened, loaded.config)), ...watch }
  const repository = repositoryName(opened)
  const directory = directoryOf(opened)
  const { adopt, sha } = request
  return alone(request, () =>
    runRollback({
      config: loaded.config,
      environment: name,
      repository,
      ports,
      directory,
      signal,
      // Without a deployment of its own the commit is that of the event, which says nothing about what to return to.
      ...(adopt !== undefined && { adopt, ...(sha !== undefined && { sha }) }),
    }),
  )
}

/** Takes back what a cancelled or killed run left in between; nothing where the journal has no such run. */
export async function operateUndo(
  { opened, loaded }: Pick<OperationRequest, 'opened' | 'loaded'>,
  why: string,
  signal: AbortSignal,
): Promise<Upgrade | undefined> {
  const ports = await composePorts(opened, loaded.config)
  return undoInterrupted({ config: loaded.config, ports, directory: directoryOf(opened), signal, why })
}

async function prepare(request: OperationRequest, ports: Ports): Promise<Plan> {
  const { opened, loaded, stage, environment, sha, branch } = request
  const before = await journaled(ports)
  return preparePlan({
    config: loaded.config,
    configDigest: loaded.digest,
    repository: repositoryName(opened),
    stage,
    ...(environment !== undefined && { environment }),
    ...(sha !== undefined && { sha }),
    ...(branch !== undefined && { branch }),
    defaultBranch: async () => request.defaultBranch ?? opened.repository.defaultBranch(),
    directory: directoryOf(opened),
    ports,
    ...(before && { before }),
  })
}

function repositoryName({ surroundings, repository }: Opened): string {
  return surroundings.github?.repository ?? repository.name
}

/** The service's folder within the repository. */
function directoryOf({ surroundings, repository }: Opened): string {
  return relative(repository.root, surroundings.folder) || '.'
}

function pathInRepository(opened: Opened, file: string): string {
  return join(directoryOf(opened), file)
}

async function readConfig(opened: Opened, file: string, sha: string | undefined): Promise<string> {
  const text =
    sha === undefined
      ? await readFile(join(opened.surroundings.folder, file), 'utf8').catch(() => undefined)
      : await opened.versionControl.read(sha, pathInRepository(opened, file))
  if (text !== undefined) return text
  const { folder } = opened.surroundings
  const { root } = opened.repository
  const where = sha === undefined ? folder : `commit ${sha.slice(0, 12)}`
  const isBelow = sha === undefined && folder !== root && existsSync(join(root, file))
  const hint = isBelow
    ? `There is one in ${root}: run it there.`
    : '"seamless init" writes one; --config names another.'
  throw new UsageError(`There is no ${file} in ${where}. ${hint}`)
}

function parse(text: string, file: string): Config {
  const parsed = parseConfig(text, file)
  if (parsed.ok) return parsed.config
  throw new ConfigInvalid(parsed.errors.map(formatConfigError).join('\n'))
}
