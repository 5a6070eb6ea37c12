import { join } from 'node:path'
import type { Config } from '../config/schema.ts'
import { nearestName } from '../config/nearest.ts'
import { UsageError } from '../errors.ts'
import type { Version } from './facts.ts'
import { chosenEnvironments, type Head, type Plan, planUpgrade } from './plan.ts'
import type { Ports } from './ports.ts'
import { goesOn } from './resume.ts'
import type { Upgrade } from './receipt.ts'
import { versionName } from './version-name.ts'

export interface PlanRequest {
  readonly config: Config
  readonly configDigest: string
  readonly repository: string
  readonly stage: Plan['stage']
  readonly environment?: string
  /** The upgrade's commit by its full id; without it the branch stage makes it, or `HEAD` is it. */
  readonly sha?: string
  /** The pull request's branch, if the commit is known to be on one. */
  readonly branch?: string
  readonly defaultBranch: () => Promise<string>
  readonly directory: string
  readonly ports: Ports
  /** The upgrade that the journal holds. */
  readonly before?: Upgrade
}

/** Asks what must be known, then plans. Errors: `UsageError` for names and commits that do not exist. */
export async function preparePlan(request: PlanRequest): Promise<Plan> {
  const { config, ports, environment, stage } = request
  if (environment !== undefined && config.environments[environment] === undefined) {
    throw unknownEnvironment(config, environment)
  }
  const going = goingOn(request)
  const head = going === undefined ? await headOf(request) : given(going)
  const names = chosenEnvironments(config, environment)
  const previous = Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await previousOf(ports, config, name)] as const)),
  )
  // The last environment is the one that most users meet.
  const last = names.findLast((name) => previous[name] !== undefined)
  const base =
    previous[last ?? ''] ?? (head.kind === 'made' ? await versionAt(request, head.from) : undefined)
  return planUpgrade({
    config,
    configDigest: request.configDigest,
    repository: request.repository,
    stage,
    ...(environment !== undefined && { environment }),
    ...(going && { id: going.id }),
    head,
    ...(base && { base }),
    appWatches: ports.appWatches,
    previous,
  })
}

export function unknownEnvironment(config: Config, environment: string): UsageError {
  const names = Object.keys(config.environments)
  const nearest = nearestName(environment, names)
  return new UsageError(
    `There is no environment ${JSON.stringify(environment)}; the config has ${names.join(', ')}.${nearest === undefined ? '' : ` Did you mean "${nearest}"?`}`,
  )
}

/** The upgrade of the jobs before this one, whose branch stage made the commit that this one works on. */
function goingOn({ before, stage, sha }: PlanRequest): Upgrade | undefined {
  if (before === undefined || stage === 'all' || stage === 'branch' || sha !== undefined) return undefined
  return before.made && before.candidate?.sha !== undefined && goesOn(before, stage) ? before : undefined
}

function given({ candidate, branch }: Upgrade): Head {
  return {
    kind: 'given',
    version: { name: candidate?.name ?? '', sha: candidate?.sha ?? '' },
    ...(branch !== undefined && { branch }),
  }
}

async function headOf(request: PlanRequest): Promise<Head> {
  const { sha, config, ports, branch } = request
  if (sha !== undefined && !/^[0-9a-f]{40}([0-9a-f]{24})?$/.test(sha)) {
    throw new UsageError(
      `sha must be the full id of a commit (40 hex digits), not ${JSON.stringify(sha.slice(0, 80))}: names and short ids can come to mean something else.`,
    )
  }
  if (sha === undefined && config.upgrade !== undefined) {
    const baseBranch = config.upgrade.base ?? (await request.defaultBranch())
    return { kind: 'made', from: (await ports.versionControl.resolve(baseBranch)).id, baseBranch }
  }
  const { id } = await ports.versionControl.resolve(sha ?? 'HEAD')
  return { kind: 'given', version: await versionAt(request, id), ...(branch !== undefined && { branch }) }
}

async function versionAt(
  { config, ports, directory }: PlanRequest,
  sha: string,
): Promise<Version & { sha: string }> {
  const file = config.version?.file
  const text = file === undefined ? undefined : await ports.versionControl.read(sha, join(directory, file))
  return { sha, name: versionName(sha, file, text) }
}

/**
 * Version n of an environment: the last healthy one. Where nothing is watched nothing is ever proven healthy, so there it
 * is what is live.
 */
async function previousOf(ports: Ports, config: Config, name: string): Promise<Version | undefined> {
  const watched = config.environments[name]?.health !== undefined
  const found = watched
    ? await ports.deployments.lastHealthy(name)
    : await ports.deployments.newest(name, 'success')
  return found && { sha: found.sha, name: found.version }
}
