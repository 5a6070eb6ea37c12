import { rateLimitMs, statusOf } from '../src/github/request-policy.ts'
import type { Clock } from '../src/ports/clock.ts'
import type { CallOutcome, Metrics } from './metrics.ts'

interface Answer {
  readonly headers: Readonly<Record<string, string | number | undefined>>
}

/** Counts one request to GitHub and notes what it says of the limit. Installation 0 is the app itself. */
export async function meterCall<Given extends Answer>(
  installationId: number,
  call: () => Promise<Given>,
  { clock, metrics }: { readonly clock: Clock; readonly metrics: Metrics },
): Promise<Given> {
  const startMs = clock.now()
  const count = (outcome: CallOutcome, headers: Answer['headers'] | undefined): void => {
    metrics.githubCall(outcome, Math.max(0, clock.now() - startMs) / 1000)
    const remaining = Number(headers?.['x-ratelimit-remaining'] ?? Number.NaN)
    const resetAtMs = Number(headers?.['x-ratelimit-reset'] ?? Number.NaN) * 1000
    if (Number.isFinite(remaining + resetAtMs)) metrics.rateLimit(installationId, remaining, resetAtMs)
  }
  try {
    const answer = await call()
    count('ok', answer.headers)
    return answer
  } catch (error) {
    count(outcomeOf(error, clock.now()), (error as { response?: Answer }).response?.headers)
    throw error
  }
}

function outcomeOf(error: unknown, nowMs: number): CallOutcome {
  if (rateLimitMs(error, nowMs) !== undefined) return 'rate_limited'
  // octokit gives a connection that failed the status 500; only an answer has headers.
  if ((error as { response?: unknown }).response === undefined) return 'unreachable'
  const status = statusOf(error) ?? 0
  return status >= 500 ? 'failed' : 'refused'
}
