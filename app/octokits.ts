import { ProbotOctokit } from 'probot'
import { boundedFetch } from '../src/github/bounded-fetch.ts'
import type { GitHubRepository } from '../src/github/client.ts'
import {
  isRead,
  MAX_WAIT_MS,
  rateLimitMs,
  sentRequest,
  statusOf,
  underPolicy,
} from '../src/github/request-policy.ts'
import type { Clock } from '../src/ports/clock.ts'
import type { Log } from '../src/ports/log.ts'
import { meterCall } from './call-meter.ts'
import { CallQueue, type Urgency } from './call-queue.ts'
import type { InstallationTokens } from './installation-tokens.ts'
import type { Metrics } from './metrics.ts'
import { isSafety, type Operation, permissionsOf } from './permissions.ts'
import { type AppOctokit, GITHUB_TIMEOUT_MS } from './probot.ts'

/** A repository as a delivery names it: the number decides, the names are only for addresses. */
export interface RepositoryName {
  readonly id: number
  readonly owner: string
  readonly repo: string
}

export interface OctokitPorts {
  readonly tokens: InstallationTokens
  readonly clock: Clock
  readonly log: Log
  readonly metrics: Metrics
  readonly signal: AbortSignal
  readonly fetch: typeof fetch
}

/** Clients for the repositories of all installations. */
export interface Octokits {
  /**
   * A client for one repository that may do what the operation needs and nothing else; its token is made when it is first used.
   * All of an installation share one queue of writes (those of `rollback` and `revert` first) and a few lanes of reads; those of two
   * installations share nothing. Errors of its requests: `NotOfInstallation`, `GitHubError`.
   */
  githubOf(
    installationId: number,
    repository: RepositoryName,
    operation: Operation,
    log?: Log,
  ): GitHubRepository
  /** Drops all that is known of an installation: tokens, grants, limits (W14). */
  forget(installationId: number): void
}

/** GitHub asks for one write at a time; more than 80 a minute it refuses (docs.github.com, "Best practices", "Rate limits"). */
const WRITES = { lanes: 1, perMinute: 60 }
/** At most 100 requests at once are allowed, of everybody together. */
const READS = { lanes: 8 }
const API_VERSION = '2022-11-28'

interface Queues {
  readonly reads: CallQueue
  readonly writes: CallQueue
}

export function openOctokits(apiUrl: string, ports: OctokitPorts): Octokits {
  const { clock, signal } = ports
  const queues = new Map<number, Queues>()

  function queuesOf(installationId: number): Queues {
    const known = queues.get(installationId)
    if (known !== undefined) return known
    const made = {
      reads: new CallQueue({ ...READS, clock, signal }),
      writes: new CallQueue({ ...WRITES, clock, signal }),
    }
    queues.set(installationId, made)
    return made
  }

  return {
    githubOf(installationId, { id, owner, repo }, operation, log = ports.log) {
      const scope = { installationId, repositoryId: id, permissions: permissionsOf(operation) }
      const call: Call = {
        ports,
        installationId,
        queues: queuesOf(installationId),
        urgency: isSafety(operation) ? 'safety' : 'normal',
        token: () => ports.tokens.of(scope),
      }
      let made: AppOctokit | undefined
      return {
        // A tick of a watch opens all that it may need, and mostly asks GitHub nothing.
        get octokit() {
          return (made ??= wrapRequests(newOctokit(apiUrl, ports, log), call))
        },
        owner,
        repo,
        clock,
        log,
        signal,
      }
    },
    forget(installationId) {
      queues.delete(installationId)
      ports.tokens.forget(installationId)
    },
  }
}

interface Call {
  readonly ports: OctokitPorts
  readonly installationId: number
  readonly queues: Queues
  readonly urgency: Urgency
  readonly token: () => Promise<string>
}

/** Without Probot's authentication, whose tokens may do all that an installation grants, in all its repositories. */
function newOctokit(baseUrl: string, { fetch, signal }: OctokitPorts, log: Log): AppOctokit {
  // Probot's log of requests holds their bodies: what people write is nobody else's.
  const said = { debug: ignore, info: ignore, error: ignore, warn: (message: string) => log.warning(message) }
  return new PlainOctokit({
    baseUrl,
    userAgent: 'seamless-upgrade',
    request: { fetch: boundedFetch(fetch, GITHUB_TIMEOUT_MS, signal), log: said },
    log: said,
  })
}

const PlainOctokit = ProbotOctokit.defaults((options: Record<string, unknown>) => ({
  ...options,
  authStrategy: undefined,
  retry: { enabled: false },
  throttle: { enabled: false },
}))

function wrapRequests(
  octokit: AppOctokit,
  { ports, installationId, queues, urgency, token }: Call,
): AppOctokit {
  const { clock, metrics, signal, tokens } = ports
  octokit.hook.wrap('request', async (send, options) => {
    const request = sentRequest(options)
    options.headers['x-github-api-version'] = API_VERSION
    const queue = queues[isRead(request) ? 'reads' : 'writes']
    const call = async (): Promise<Awaited<ReturnType<typeof send>>> => {
      try {
        return await meterCall(installationId, async () => send(options), { clock, metrics })
      } catch (error) {
        hush(queues, error, clock.now())
        throw error
      }
    }
    const sendBy = (used: string): ReturnType<typeof call> => {
      options.headers.authorization = `token ${used}`
      const policy = { clock, signal, token: used }
      return underPolicy(() => queue.run(urgency, call), request, policy)
    }
    const used = await token()
    try {
      return await sendBy(used)
    } catch (error) {
      // A token that GitHub does not know (expired by its clock, revoked) did nothing: once more, with a new one.
      if (statusOf(error) !== 401) throw error
      tokens.forgetToken(used)
      return await sendBy(await token())
    }
  })
  return octokit
}

/** A limit is the installation's: whatever else stands in its queues waits, too, and then goes by urgency (L09). */
function hush(queues: Queues, error: unknown, nowMs: number): void {
  const limitMs = rateLimitMs(error, nowMs)
  if (limitMs === undefined || limitMs > MAX_WAIT_MS) return
  queues.reads.pauseUntil(nowMs + limitMs)
  queues.writes.pauseUntil(nowMs + limitMs)
}

function ignore(): void {
  // Deliberately nothing.
}
