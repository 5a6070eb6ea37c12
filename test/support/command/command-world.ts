import { parseComment } from '../../../src/command/parse-comment.ts'
import type { CommandOutcome, CommandRequest, DecidedOutcome } from '../../../src/command/command-outcome.ts'
import type { CommandPorts, TrustedConfig } from '../../../src/command/command-ports.ts'
import { followOperation } from '../../../src/command/follow-operation.ts'
import { serveCommand } from '../../../src/command/serve-command.ts'
import type { TakenBack } from '../../../src/command/quarantine.ts'
import { readTrustedConfig } from '../../../src/command/trusted-config.ts'
import type { Person } from '../../../src/ports/authority.ts'
import type { Merge, PullRequests } from '../../../src/ports/pull-requests.ts'
import type { DeploymentVerdict } from '../../../src/ports/deployments.ts'
import { type ManualClock, manualClock } from '../manual-clock.ts'
import { memoryLog } from '../memory-log.ts'
import { type MemoryAuthority, memoryAuthority } from './memory-authority.ts'
import { type MemoryConversation, memoryConversation } from './memory-conversation.ts'
import { type MemoryDeployments, memoryDeployments } from './memory-deployments.ts'
import { type MemoryPullFacts, memoryPullFacts } from './memory-pull-facts.ts'
import { type MemoryPullRequests, memoryPullRequests } from './memory-pull-requests.ts'
import { type MemoryRecords, memoryRecords } from './memory-records.ts'
import { type MemoryWatches, memoryWatches } from './memory-watches.ts'
import { type MemoryWorkflows, memoryWorkflows } from './memory-workflows.ts'

export const SHA_A = 'a'.repeat(40)
export const SHA_B = 'b'.repeat(40)
export const SHA_OLD = '0'.repeat(40)

export const CONFIG = `
driver: app
environments:
  staging:
    deploy: { run: { deploy: ./deploy.sh, rollback: ./rollback.sh } }
    revert: off
  production:
    deploy: { run: { deploy: ./deploy.sh, rollback: ./rollback.sh } }
    revert: off
`

/** A repository with one open pull request (5, at commit A) and people, all in memory; time passes only as a test says. */
export interface CommandWorld {
  readonly clock: ManualClock
  readonly authority: MemoryAuthority
  readonly pulls: MemoryPullFacts
  readonly conversation: MemoryConversation
  readonly records: MemoryRecords
  readonly deployments: MemoryDeployments
  readonly workflows: MemoryWorkflows
  /** The App's; no part of the ports of a config with `driver: action`. */
  readonly watches: MemoryWatches
  readonly pullRequests: MemoryPullRequests & PullRequests
  readonly takenBack: TakenBack[]
  readonly patches: Map<number, string>
  readonly ports: CommandPorts
  readonly dev: Person
  /** The config's text on the default branch; `undefined`: there is none. */
  config: string | undefined
  /** A comment made now. */
  comment(body: string, more?: { by?: Person; pull?: number }): CommandRequest
  serve(request: CommandRequest): Promise<CommandOutcome>
  /** Serves a new comment, and again as long as it waits. */
  say(body: string, more?: { by?: Person; pull?: number }): Promise<CommandOutcome>
  /** What was answered to the newest comment. */
  answer(): string | undefined
  reactions(): readonly string[]
}

const CREATED_MS = Date.UTC(2026, 10, 23, 11)

export function commandWorld(config = CONFIG): CommandWorld {
  const clock = manualClock(CREATED_MS + 60 * 60_000)
  const memory = {
    authority: memoryAuthority(),
    pulls: memoryPullFacts(),
    conversation: memoryConversation(),
    records: memoryRecords(),
    deployments: memoryDeployments(),
    workflows: memoryWorkflows(clock),
    watches: memoryWatches(),
    pullRequests: memoryPullRequests(),
  }
  const dev = memory.authority.person('dev', 'write')
  memory.pulls.open({ number: 5, head: SHA_A })
  memory.pulls.changes.set(5, [{ sha: SHA_A, atMs: CREATED_MS }])
  let comments = 100
  const world: CommandWorld = {
    ...memory,
    clock,
    dev,
    config,
    takenBack: [],
    patches: new Map(),
    ports: undefined as never,
    comment(body, { by = dev, pull = 5 } = {}) {
      const asked = parseComment(body)
      if (asked.kind === 'ignored') throw new Error(`${body} is no command`)
      comments += 1
      const url = `https://github.example/acme/shop/pull/${pull}#issuecomment-${comments}`
      return {
        repository: { id: 1, name: 'acme/shop' },
        pull,
        comment: { id: comments, url, createdAtMs: clock.now(), author: by },
        asked,
      }
    },
    serve: async (request) => serveCommand(request, world.ports),
    async say(body, more) {
      const request = world.comment(body, more)
      for (;;) {
        const outcome = await serveCommand(request, world.ports)
        if (outcome.kind !== 'waiting') return outcome
        clock.advance(Math.max(0, outcome.untilMs - clock.now()))
      }
    },
    answer: () => memory.conversation.textOf(5, `answer/comment-${comments}`),
    reactions: () =>
      memory.conversation.reactions
        .filter(({ comment }) => comment === comments)
        .map(({ reaction }) => reaction),
  }
  world.deployments.clock = clock
  return Object.assign(world, { ports: portsOf(world) })
}

function portsOf(world: CommandWorld): CommandPorts {
  const decided = new Map<string, DecidedOutcome>()
  const isOfAction = world.config?.includes('driver: action') === true
  return {
    ...(isOfAction ? { driver: 'action' as const } : { driver: 'app' as const, watches: world.watches }),
    config: async (): Promise<TrustedConfig> =>
      readTrustedConfig(world.config, { sha: 'c'.repeat(40), defaultBranch: 'main' }),
    authority: world.authority,
    pulls: world.pulls,
    conversation: world.conversation,
    records: world.records,
    deployments: world.deployments,
    workflows: world.workflows,
    pullRequests: world.pullRequests,
    quarantine: {
      takenBack: async () => world.takenBack,
      patchOf: async (pull) => world.patches.get(pull),
      verdictOf: async (environment, sha) => verdictOf(world, environment, sha),
    },
    planResult: async (environment, _sha, key) => ({
      title: 'Plan 123',
      summary: `The plan of ${environment} (${key}).`,
    }),
    decided: {
      read: async (key) => decided.get(key),
      write: async (key, outcome) => void decided.set(key, outcome),
    },
    clock: world.clock,
    log: memoryLog(),
    signal: new AbortController().signal,
  }
}

function verdictOf(
  { deployments }: CommandWorld,
  environment: string,
  sha: string,
): DeploymentVerdict | undefined {
  return deployments.all.findLast((one) => one.environment === environment && one.sha === sha)?.verdict
}

/** How a run of the workflow goes on its Deployment; the default is one that brings it there and finds it healthy. */
export interface RunScript {
  readonly state: 'success' | 'failure' | 'error' | 'in_progress' | 'silent'
  readonly description?: string
  readonly verdict?: DeploymentVerdict
  readonly conclusion?: string
}

const WELL: RunScript = { state: 'success', description: 'healthy: nobody noticed', verdict: 'healthy' }

/** Works off every run that was dispatched, as a runner would: the first one that takes a Deployment has it. */
export function workOff(world: CommandWorld, script: RunScript = WELL): void {
  for (const [index, { deploymentId }] of world.workflows.dispatched.entries()) {
    const runId = 9001 + index
    const url = `https://github.example/acme/shop/actions/runs/${runId}`
    const deployment = world.deployments.all.find(({ id }) => id === deploymentId)
    if (deployment !== undefined && deployment.states.length === 0 && script.state !== 'silent') {
      world.deployments.say(deployment.id, 'in_progress', 'A run works on it.', url)
      if (script.state !== 'in_progress')
        world.deployments.say(deployment.id, script.state, script.description ?? '', url)
      if (script.verdict !== undefined) deployment.verdict = script.verdict
    }
    world.workflows.become(runId, { status: 'completed', conclusion: script.conclusion ?? 'success' })
  }
}

/** Follows an environment to the end of its operation, time passing as it asks for. */
export async function followToEnd(
  world: CommandWorld,
  environment = 'production',
  ports: CommandPorts = world.ports,
): Promise<string> {
  for (let look = 0; look < 1000; look += 1) {
    const outcome = await followOperation(environment, ports)
    if (outcome.kind === 'idle' || outcome.kind === 'unreadable') return outcome.kind
    if (outcome.kind === 'ended') return outcome.reason
    world.clock.advance(Math.max(1, outcome.untilMs - world.clock.now()))
  }
  throw new Error('it never ended')
}

/** The squash of a pull request. */
export function mergeOf(number: number): Merge {
  return {
    number,
    title: 'A change',
    author: 'ada',
    result: SHA_B,
    before: SHA_OLD,
    base: 'main',
    shape: 'squash',
    mergedAtMs: CREATED_MS,
    labels: [],
    forwardOnly: false,
  }
}
