import { GitHubError } from '../errors.ts'
import type { Clock } from '../ports/clock.ts'

/** Reads are asked at most so often. */
const ATTEMPTS = 4
/** Longer than this nobody waits within a run: GitHub's secondary limits last a minute, an hourly limit up to sixty. */
export const MAX_WAIT_MS = 120_000
/** What GitHub asks clients to wait after a secondary limit that names no time. */
const SECONDARY_LIMIT_MS = 60_000

/** A request as octokit's hooks see it. */
export interface SentRequest {
  readonly method: string
  readonly url: string
  /** The document of a GraphQL request: a query is a read, though it is posted. */
  readonly query?: unknown
  readonly mediaType?: { readonly format?: string }
}

/** As octokit's hook hands a request over. */
export function sentRequest(options: {
  method: string
  url: string
  mediaType?: { format?: string }
  [more: string]: unknown
}): SentRequest {
  const { method, url, mediaType, query } = options
  return { method, url, query, ...(mediaType && { mediaType }) }
}

export interface RequestPolicy {
  readonly clock: Clock
  readonly signal: AbortSignal
  /** Struck out of every text. */
  readonly token: string
}

/**
 * Sends a request under one policy. Reads are repeated after 5xx, a lost connection or a rate limit. Writes are repeated
 * only after a rate limit, which refuses before anything is done: after a 5xx nobody knows whether the write took place,
 * so whoever sent it looks first (`ensure`). Errors: `GitHubError`, or the signal's reason.
 */
export async function underPolicy<Answer extends { data: unknown; status: number }>(
  send: () => Promise<Answer>,
  request: SentRequest,
  policy: RequestPolicy,
): Promise<Answer> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return intelligible(await send(), request)
    } catch (error) {
      policy.signal.throwIfAborted()
      const waitMs =
        attempt < ATTEMPTS
          ? waitBeforeRepeat(error, request, { attempt, nowMs: policy.clock.now() })
          : undefined
      if (waitMs === undefined) throw asGitHubError(error, request, policy.token)
      await policy.clock.sleep(waitMs, policy.signal)
    }
  }
}

/** Whether a write may have taken place although no success was answered. */
export function isAmbiguous(error: unknown): boolean {
  const status = statusOf(error)
  return status === 0 || (status !== undefined && status >= 500)
}

/** The HTTP status that an error of GitHub carries, 0 for no answer, nothing for any other error. */
export function statusOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('status' in error)) return undefined
  return typeof error.status === 'number' ? error.status : undefined
}

function intelligible<Answer extends { data: unknown; status: number }>(
  answer: Answer,
  request: SentRequest,
): Answer {
  if (typeof answer.data !== 'string' || answer.data === '' || request.mediaType?.format === 'diff')
    return answer
  // A proxy's login page, or JSON that breaks off: octokit hands both over as text.
  throw new GitHubError(
    0,
    `${request.method} ${request.url} was answered with ${answer.status}, but not with JSON: is this GitHub's API?`,
  )
}

function waitBeforeRepeat(
  error: unknown,
  request: SentRequest,
  at: { attempt: number; nowMs: number },
): number | undefined {
  const limitMs = rateLimitMs(error, at.nowMs)
  if (limitMs !== undefined) return limitMs <= MAX_WAIT_MS ? limitMs : undefined
  return isRead(request) && isAmbiguous(error) ? 1000 * 2 ** (at.attempt - 1) : undefined
}

/** Whether asking twice changes nothing: GraphQL's queries are posted, and are reads all the same. */
export function isRead({ method, url, query }: SentRequest): boolean {
  if (method === 'GET' || method === 'HEAD') return true
  return url.endsWith('/graphql') && typeof query === 'string' && /^\s*query\b/.test(query)
}

/** How long GitHub asks everybody who shares the limit to wait (ms), where an error is a rate limit. */
export function rateLimitMs(error: unknown, nowMs: number): number | undefined {
  const status = statusOf(error)
  if (status !== 403 && status !== 429) return undefined
  const headers = headersOf(error)
  const retryAfter = Number(headers['retry-after'])
  if (headers['retry-after'] !== undefined && Number.isFinite(retryAfter))
    return Math.max(1000, retryAfter * 1000)
  if (headers['x-ratelimit-remaining'] === '0') {
    return Math.max(1000, Number(headers['x-ratelimit-reset'] ?? 0) * 1000 - nowMs)
  }
  return status === 429 ? SECONDARY_LIMIT_MS : undefined
}

function headersOf(error: unknown): Readonly<Record<string, string | undefined>> {
  const response = (error as { response?: { headers?: Record<string, string | undefined> } }).response
  return response?.headers ?? {}
}

/** One error of ours, without octokit's request in it: what holds no header cannot print one. */
function asGitHubError(error: unknown, request: SentRequest, token: string): Error {
  if (error instanceof GitHubError) return error
  const status = statusOf(error)
  // octokit gives a connection that failed the status 500; only an answer has headers.
  const answered = (error as { response?: unknown }).response !== undefined
  if (status === undefined && !(error instanceof Error)) return new Error(String(error))
  const said = (error instanceof Error ? error.message : String(error))
    .slice(0, 500)
    .replaceAll(token || '\0', '***')
  const what = `${request.method} ${request.url}`
  if (!answered) return new GitHubError(0, `GitHub could not be reached for ${what}: ${said}`)
  // A limit passes, which a refusal does not, though GitHub answers 403 to both.
  const kind = rateLimitMs(error, 0) === undefined ? (status ?? 0) : 429
  return new GitHubError(kind, `GitHub answered ${status} to ${what}: ${said}${permissionHint(error)}`)
}

/** GitHub names the permissions that would have done, `deployments=write` and the like; alternatives stand after `;`. */
function permissionHint(error: unknown): string {
  const accepted = headersOf(error)['x-accepted-github-permissions']
  if (statusOf(error) !== 403 || accepted === undefined || accepted === '') return ''
  const permissions = accepted.replaceAll('=', ': ').replaceAll(';', ' or').replaceAll('_', '-')
  return `. The token lacks a permission: give the job "permissions: ${permissions}".`
}
