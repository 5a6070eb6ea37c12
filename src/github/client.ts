import { Octokit } from '@octokit/rest'

import { UsageError } from '../errors.ts'
import type { Clock } from '../ports/clock.ts'
import type { Log } from '../ports/log.ts'
import { boundedFetch } from './bounded-fetch.ts'
import { sentRequest, underPolicy } from './request-policy.ts'

/** GitHub answers within 10 s or gives up itself; the rest is the way. */
const TIMEOUT_MS = 30_000
const API_VERSION = '2022-11-28'

/** One repository, and what is needed to work on it over its API. An App passes the octokit of its installation. */
export interface GitHubRepository {
  readonly octokit: Pick<Octokit, 'rest' | 'graphql'>
  readonly owner: string
  readonly repo: string
  readonly clock: Clock
  readonly log: Log
  readonly signal: AbortSignal
}

export interface GitHubAccess {
  readonly token: string
  /** `https://api.github.com`, or `https://<host>/api/v3` of a GitHub Enterprise Server: `GITHUB_API_URL`. */
  readonly apiUrl: string
  /** `owner/name`: `GITHUB_REPOSITORY`. */
  readonly repository: string
}

export interface GitHubClientPorts {
  readonly clock: Clock
  readonly log: Log
  readonly signal: AbortSignal
  /** Passed on explicitly: clients that bring their own cannot be watched or blocked. */
  readonly fetch: typeof fetch
}

/** Error: `UsageError` where the repository's name or the URL is none. */
export function openGitHub(access: GitHubAccess, ports: GitHubClientPorts): GitHubRepository {
  const { clock, log, signal } = ports
  const { owner, repo } = parseRepository(access.repository)
  // octokit would write to the console: failures are told by whoever meets them, warnings go where all of ours go.
  const said = { debug: ignore, info: ignore, error: ignore, warn: (message: string) => log.warning(message) }
  const octokit = new Octokit({
    auth: access.token,
    baseUrl: parseApiUrl(access.apiUrl),
    userAgent: 'seamless-upgrade',
    request: { fetch: boundedFetch(ports.fetch, TIMEOUT_MS, signal), log: said },
    log: said,
  })
  octokit.hook.wrap('request', (send, options) => {
    options.headers['x-github-api-version'] = API_VERSION
    return underPolicy(async () => send(options), sentRequest(options), {
      clock,
      signal,
      token: access.token,
    })
  })
  return { octokit, owner, repo, clock, log, signal }
}

function parseRepository(repository: string): { owner: string; repo: string } {
  const [, owner, repo] = /^([\w-]+)\/([\w.-]+)$/.exec(repository) ?? []
  if (owner === undefined || repo === undefined || repo === '.' || repo === '..') {
    throw new UsageError(`"${repository}" names no repository: expected owner/name in GITHUB_REPOSITORY.`)
  }
  return { owner, repo }
}

function parseApiUrl(apiUrl: string): string {
  const url = URL.parse(apiUrl)
  if (url === null || !['https:', 'http:'].includes(url.protocol)) {
    throw new UsageError(
      `"${apiUrl}" is no URL of an API: expected one like https://api.github.com in GITHUB_API_URL.`,
    )
  }
  return apiUrl.replace(/\/+$/, '')
}

function ignore(): void {
  // Deliberately nothing.
}
