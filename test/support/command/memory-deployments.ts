import { DeploymentMismatch, DeploymentUnknown } from '../../../src/errors.ts'
import type { Clock } from '../../../src/ports/clock.ts'
import type {
  Deployments,
  DeploymentState,
  DeploymentVerdict,
  NewDeployment,
} from '../../../src/ports/deployments.ts'
import { artifactsIn } from '../../../src/upgrade/verdict-details.ts'

export interface MemoryDeployment {
  readonly id: string
  readonly environment: string
  readonly sha: string
  readonly version: string
  readonly key: string
  readonly atMs: number
  readonly operation?: 'rollback'
  /** Every state it ever had, oldest first. */
  readonly states: { state: DeploymentState; description: string; logUrl?: string; atMs?: number }[]
  verdict?: DeploymentVerdict
  details?: string
}

export interface MemoryDeployments extends Deployments {
  readonly all: MemoryDeployment[]
  /** Set: when states are said. */
  clock: Pick<Clock, 'now'> | undefined
  /** As a run says it, which names its page. */
  say(id: string, state: DeploymentState, description: string, logUrl: string): void
  /** Makes one of before, live and healthy or as given. */
  before(environment: string, sha: string, verdict?: DeploymentVerdict): MemoryDeployment
}

/** The state of record in memory, by the contract of deployments. */
export function memoryDeployments(all: MemoryDeployment[] = []): MemoryDeployments {
  const byId = (id: string): MemoryDeployment => {
    const found = all.find((one) => one.id === id)
    if (found === undefined) throw new DeploymentUnknown(`there is no deployment ${id}`)
    return found
  }
  const make = ({ environment, sha, version, key, operation }: NewDeployment): MemoryDeployment => {
    const id = String(700 + all.length)
    const made = {
      id,
      environment,
      sha,
      version,
      key,
      atMs: all.length,
      states: [],
      ...(operation !== undefined && { operation }),
    }
    all.push(made)
    return made
  }
  const of = (environment: string): MemoryDeployment[] =>
    all.filter((one) => one.environment === environment).toReversed()
  const at = (): { atMs?: number } => {
    const { clock } = deployments
    return clock === undefined ? {} : { atMs: clock.now() }
  }
  const deployments: MemoryDeployments = {
    all,
    clock: undefined,
    say(id, state, description, logUrl) {
      byId(id).states.push({ state, description, logUrl, ...at() })
    },
    before(environment, sha, verdict = 'healthy') {
      const made = make({ environment, sha, version: sha.slice(0, 12), key: `before-${all.length}` })
      made.states.push({ state: 'success', description: `${verdict}: as it was` })
      made.verdict = verdict
      return made
    },
    async begin(wanted) {
      const { adopt, key, sha, environment } = wanted
      const isIt = (one: MemoryDeployment): boolean =>
        one.key === key && one.sha === sha && one.environment === environment
      const found = adopt === undefined ? (all.find(isIt) ?? make(wanted)) : byId(adopt)
      if (found.sha !== sha || found.environment !== environment) {
        throw new DeploymentMismatch(`Deployment ${found.id} is of ${found.sha} in ${found.environment}`)
      }
      return { id: found.id, sha, version: wanted.version }
    },
    async setState(id, state, description, logUrl) {
      const page = logUrl === undefined ? {} : { logUrl }
      byId(id).states.push({ state, description: description.slice(0, 140), ...page, ...at() })
    },
    async setVerdict(id, verdict, { details }) {
      const one = byId(id)
      one.verdict = verdict
      if (details !== undefined) one.details = details
    },
    async builtOf(environment, sha) {
      const built = of(environment).map((one) => (one.sha === sha ? artifactsIn(one.details) : []))
      return built.find((artifacts) => artifacts.length > 0) ?? []
    },
    async newest(environment, wanted, except) {
      const found = of(environment).find(
        (one) => one.id !== except && (wanted === undefined || stateOf(one) === wanted),
      )
      return found && { ...deployed(found), key: found.key, ...judged(found) }
    },
    async lastHealthy(environment, except) {
      const found = of(environment).find(({ verdict, sha }) => verdict === 'healthy' && sha !== except)
      return found && deployed(found)
    },
    async read(id) {
      const found = byId(id)
      const { description, logUrl, atMs } = found.states.at(-1) ?? {}
      return {
        ...deployed(found),
        ...judged(found),
        environment: found.environment,
        key: found.key,
        createdAtMs: found.atMs,
        ...(found.operation !== undefined && { operation: found.operation }),
        ...(description !== undefined && { description }),
        ...(logUrl !== undefined && { logUrl }),
        ...(atMs !== undefined && { stateAtMs: atMs }),
      }
    },
    async past(environment, limit) {
      return of(environment)
        .slice(0, limit)
        .map((one) => ({
          ...deployed(one),
          atMs: one.atMs,
          ...(one.verdict !== undefined && { verdict: one.verdict }),
        }))
    },
  }
  return deployments
}

function deployed({ id, sha, version }: MemoryDeployment) {
  return { id, sha, version }
}

function judged(one: MemoryDeployment) {
  return { state: stateOf(one), ...(one.verdict !== undefined && { verdict: one.verdict }) }
}

function stateOf({ states }: MemoryDeployment): DeploymentState | 'unknown' {
  return states.at(-1)?.state ?? 'unknown'
}
