import { readTrustedConfig } from '../../../src/command/trusted-config.ts'
import type { Config } from '../../../src/config/schema.ts'
import { UsageError } from '../../../src/errors.ts'
import type { Deployments, VerdictSummary } from '../../../src/ports/deployments.ts'
import type { Escalated } from '../../../src/ports/escalation.ts'
import type { Merge, PullRequests, RevertOutcome, Suspects } from '../../../src/ports/pull-requests.ts'
import type { RunReport } from '../../../src/upgrade/run-report.ts'
import { type Began, beginWatch } from '../../../src/watch/begin-watch.ts'
import { stepWatch } from '../../../src/watch/step-watch.ts'
import { tellWatch } from '../../../src/watch/tell-watch.ts'
import { toldMark } from '../../../src/watch/told-mark.ts'
import type { LedgerEntry, OtherWatch, WatchPorts } from '../../../src/watch/watch-ports.ts'
import type { WatchPhase, WatchRecord } from '../../../src/watch/watch-record.ts'
import { type MemoryConversation, memoryConversation } from '../command/memory-conversation.ts'
import {
  type MemoryDeployment,
  type MemoryDeployments,
  memoryDeployments,
} from '../command/memory-deployments.ts'
import { type MemoryPullFacts, memoryPullFacts } from '../command/memory-pull-facts.ts'
import { type MemoryRecords, memoryRecords } from '../command/memory-records.ts'
import { type MemoryWorkflows, memoryWorkflows } from '../command/memory-workflows.ts'
import { type MemoryLog, memoryLog } from '../memory-log.ts'
import { type HeldClock, heldClock } from './held-clock.ts'
import { type ScriptedService, scriptedService } from './scripted-service.ts'

/** Not a full tick, as real deployments are not. */
export const LIVE_MS = Date.UTC(2026, 10, 23, 12, 0, 7)
const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

export const SHA_BEFORE = '0'.repeat(40)
export const SHA = 'a'.repeat(40)
export const SHA_LATER = 'b'.repeat(40)
/** The default branch's head before the merge. */
export const SHA_BASE = 'e'.repeat(40)

/** `health`: lines of YAML under `health:`, in place of the usual ones. */
export function watchedConfig({ revert = 'auto', more = '', health = HEALTH } = {}): string {
  return `
driver: app
sources:
  main: { type: prometheus }
environments:
  production:
    deploy: { run: { deploy: ./deploy.sh, rollback: ./rollback.sh } }
    revert: ${revert}
${more}
    health:
${health}
`
}

export const HEALTH = `
      source: main
      watch: 10m
      baseline: { before: 2h }
      checks:
        errors: { bad: 'requests{code=~"5.."}', total: requests }
        latency: { histogram: latency_bucket }
`

export const MERGE: Merge = {
  number: 12,
  title: 'Faster checkout',
  author: 'ada',
  result: SHA,
  before: SHA_BASE,
  base: 'main',
  shape: 'squash',
  mergedAtMs: LIVE_MS - 5 * MINUTE_MS,
  labels: [],
  forwardOnly: false,
}

/** One repository with its production, its metrics and its people, all in memory; time passes only as a test says. */
export interface WatchWorld {
  readonly clock: HeldClock
  readonly service: ScriptedService
  readonly deployments: MemoryDeployments
  readonly conversation: MemoryConversation
  readonly records: MemoryRecords
  readonly workflows: MemoryWorkflows
  readonly pulls: MemoryPullFacts
  readonly log: MemoryLog
  /** The config's text on the default branch, and at commits that have another one. */
  config: string | undefined
  readonly configs: Map<string, string>
  /** By commit. */
  readonly merges: Map<string, Merge>
  readonly reports: Map<string, RunReport>
  /** By the key of a Deployment. */
  readonly askedOn: Map<string, { readonly number: number; readonly author: string }>
  /** Set: the operator binds no source, and this is what they are told. */
  unbound: string | undefined
  readonly others: OtherWatch[]
  readonly ledger: LedgerEntry[]
  readonly raised: Map<string, Escalated>
  readonly settled: string[]
  /** Every revert that was asked for; what it ended in, and who is to blame, a test may change. */
  readonly reverts: { readonly merge: Merge; readonly isToMerge: boolean }[]
  revertsTo: RevertOutcome
  suspects: Suspects | undefined
  /** What the check in progress said, by Deployment. */
  readonly watching: Map<string, VerdictSummary>
  readonly ports: WatchPorts
  /** A Deployment of ours, live now, ten minutes after it was begun; `said`: in which words, where not those of a watched one. */
  deploy(sha: string, more?: DeployedAs): MemoryDeployment
  begin(id: string): Promise<Began>
}

export interface DeployedAs {
  readonly key?: string
  readonly state?: 'success' | 'failure' | 'error' | 'in_progress'
  readonly said?: string
  readonly operation?: 'rollback'
  readonly version?: string
}

/** Version `1.0.0` was live and healthy for hours under steady traffic, of which 0.1 % fail; the merge of #12 (`SHA`) comes next. */
export function watchWorld(config: string | undefined = watchedConfig()): WatchWorld {
  const clock = heldClock(LIVE_MS)
  const deployments = timedDeployments(memoryDeployments(), clock)
  const before = deployments.before('production', SHA_BEFORE)
  Object.assign(before, { version: '1.0.0' })
  const world: WatchWorld = {
    clock,
    service: scriptedService(clock, LIVE_MS - 30 * HOUR_MS, { perSecond: 200, bad: 0.001, slow: 0.005 }),
    deployments,
    conversation: memoryConversation(),
    records: memoryRecords(),
    workflows: memoryWorkflows(clock),
    pulls: memoryPullFacts(),
    log: memoryLog(),
    config,
    configs: new Map(),
    merges: new Map([[SHA, MERGE]]),
    reports: new Map(),
    askedOn: new Map(),
    unbound: undefined,
    others: [],
    ledger: [],
    raised: new Map(),
    settled: [],
    reverts: [],
    revertsTo: {
      kind: 'merged',
      pullRequest: { number: 13, url: 'https://github.example/acme/shop/pull/13', head: 'f'.repeat(40) },
      commit: 'f'.repeat(40),
    },
    suspects: undefined,
    watching: deployments.watched,
    ports: undefined as never,
    deploy(
      sha,
      { key = `push-${sha.slice(0, 7)}`, state = 'success', said, operation, version = '1.1.0' } = {},
    ) {
      const id = deployments.make({ environment: 'production', sha, version, key }, operation)
      deployments.say(
        id,
        state,
        said ?? 'watched_by_app: all traffic is there',
        'https://github.example/runs/1',
      )
      return deployments.all.find((one) => one.id === id)!
    },
    begin: async (id) => beginWatch(id, world.ports),
  }
  return Object.assign(world, { ports: portsOf(world) })
}

interface TimedDeployments extends MemoryDeployments {
  readonly watched: Map<string, VerdictSummary>
  /** Ten minutes ago. */
  make(wanted: Parameters<Deployments['begin']>[0], operation: 'rollback' | undefined): string
}

/** Deployments that say when they were made and when their newest state was said. */
function timedDeployments(memory: MemoryDeployments, clock: HeldClock): TimedDeployments {
  const made = new Map<string, { readonly atMs: number; readonly operation?: 'rollback' | undefined }>()
  const said = new Map<string, number>()
  const watched = new Map<string, VerdictSummary>()
  return {
    ...memory,
    watched,
    make({ environment, sha, version, key }, operation) {
      const one = memory.before(environment, sha)
      one.states.length = 0
      delete one.verdict
      Object.assign(one, { key, version })
      made.set(one.id, { atMs: clock.now() - 10 * MINUTE_MS, operation })
      return one.id
    },
    say(id, ...words) {
      said.set(id, clock.now())
      memory.say(id, ...words)
    },
    async begin(wanted) {
      const deployed = await memory.begin(wanted)
      if (!made.has(deployed.id)) made.set(deployed.id, { atMs: clock.now(), operation: wanted.operation })
      return deployed
    },
    async setState(id, ...words) {
      said.set(id, clock.now())
      await memory.setState(id, ...words)
    },
    async watching(id, summary) {
      const one = memory.all.find((found) => found.id === id)
      if (one?.verdict === undefined) watched.set(id, summary)
    },
    async read(id) {
      const { operation, atMs = LIVE_MS - HOUR_MS } = made.get(id) ?? {}
      const stateAtMs = said.get(id)
      return {
        ...(await memory.read(id)),
        createdAtMs: atMs,
        ...(operation !== undefined && { operation }),
        ...(stateAtMs !== undefined && { stateAtMs }),
      }
    },
  }
}

function portsOf(world: WatchWorld): WatchPorts {
  const at = { sha: 'c'.repeat(40), defaultBranch: 'main' }
  return {
    repository: 'acme/shop',
    driver: 'app',
    config: async () => readTrustedConfig(world.config, at),
    configAt: async (sha) => readTrustedConfig(world.configs.get(sha) ?? world.config, { ...at, sha }),
    async sources(names, { sources }: Pick<Config, 'sources'>) {
      if (world.unbound !== undefined) throw new UsageError(world.unbound)
      return new Map(
        names.map((name) => {
          if (sources[name] === undefined) throw new UsageError(`The config has no source "${name}".`)
          return [name, world.service.source(name)]
        }),
      )
    },
    pulls: world.pulls,
    conversation: world.conversation,
    records: world.records,
    deployments: world.deployments,
    workflows: world.workflows,
    pullRequests: pullRequestsOf(world),
    mergeOf: async (sha) => world.merges.get(sha),
    runReport: async (_environment, sha) => world.reports.get(sha),
    escalation: {
      async raise(key, escalated) {
        if (!world.raised.has(key)) world.raised.set(key, escalated)
      },
      settle: async (_environment, text) => void world.settled.push(text),
    },
    others: async () => world.others,
    note: async (entry) => keep(world.ledger, entry),
    pullOf: async (key) => world.askedOn.get(key),
    clock: world.clock,
    log: world.log,
    signal: new AbortController().signal,
  }
}

/** Of one deployment there is one entry. */
function keep(ledger: LedgerEntry[], entry: LedgerEntry): void {
  const index = ledger.findIndex(({ deployment }) => deployment === entry.deployment)
  if (index === -1) ledger.push(entry)
  else ledger[index] = entry
}

function pullRequestsOf(world: WatchWorld): PullRequests {
  return {
    open: async () => {
      throw new Error('a watch opens no pull request of its own')
    },
    mergeOf: async (sha) => world.merges.get(sha),
    async suspects(_from, to) {
      const merge = world.merges.get(to)
      return world.suspects ?? (merge === undefined ? { kind: 'none' } : { kind: 'one', merge })
    },
    async revert(merge, { merge: isToMerge }) {
      world.reverts.push({ merge, isToMerge })
      return world.revertsTo
    },
    revertsSince: async () => 0,
  }
}

/** Begins the watch of what is live now. */
export async function watchLive(world: WatchWorld, id: string): Promise<WatchRecord> {
  const began = await world.begin(id)
  if (began.kind !== 'watch') throw new Error(`no watch: ${JSON.stringify(began)}`)
  return stored(began.record)
}

/** One step at the time that the record asks for, then what people are told of it; as a process does that keeps nothing but the stored record. */
export async function stepOnce(world: WatchWorld, record: WatchRecord): Promise<WatchRecord> {
  if (record.nextMs === undefined) throw new Error(`${record.phase}: nothing more comes of it`)
  world.clock.advance(Math.max(0, record.nextMs - world.clock.now()))
  const { record: next } = await stepWatch(record, world.ports)
  return tellChanges(world, stored(next))
}

/** The kept comment, where what it says has changed. */
export async function tellChanges(world: WatchWorld, record: WatchRecord): Promise<WatchRecord> {
  const told = toldMark(record, world.clock.now())
  if (told === record.told) return record
  await tellWatch(record, world.ports)
  return { ...record, told }
}

/** Steps until it is in one of these phases, or has nothing to do by itself. */
export async function stepUntil(
  world: WatchWorld,
  record: WatchRecord,
  ...phases: readonly WatchPhase[]
): Promise<WatchRecord> {
  let next = record
  for (let step = 0; step < 10_000; step += 1) {
    if (phases.includes(next.phase) || next.nextMs === undefined) return next
    next = await stepOnce(world, next)
  }
  throw new Error(`it is ${next.phase} for ever`)
}

/** As a database gives it back. */
export function stored(record: WatchRecord): WatchRecord {
  return JSON.parse(JSON.stringify(record)) as WatchRecord
}
