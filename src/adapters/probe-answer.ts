import type { HttpProbe } from '../ports/health-source.ts'
import type { HttpAnswer } from './http-request.ts'
import { compilePattern, matchWithin, PatternFailure } from './pattern.ts'

/** So much of a body is looked at for the expected text; status pages have some KiB. */
export const MAX_BODY_BYTES = 1024 * 1024

/** For one body, or all headers; a plain pattern takes well under one ms for 1 MiB. */
const MATCHING_MS = 250

/** What an answer is held against. */
export interface Expectation {
  readonly statuses: readonly number[]
  readonly body?: RegExp
  /** By the header's name in lower case. */
  readonly headers: readonly (readonly [name: string, pattern: RegExp])[]
}

/** A probe whose answer could not be judged, whatever it is. */
export class UndecidedProbe extends Error {
  override readonly name = 'UndecidedProbe'
}

/** @throws UndecidedProbe for an expectation that no answer could meet or fail. */
export function readExpectation({ method, statuses, body, headers = {} }: HttpProbe): Expectation {
  try {
    if (body !== undefined && method === 'HEAD')
      throw new UndecidedProbe('a HEAD request has no body that could match')
    return {
      statuses,
      ...(body === undefined ? {} : { body: compilePattern(body) }),
      headers: Object.entries(headers).map(([name, text]) => [name.toLowerCase(), compilePattern(text)]),
    }
  } catch (error) {
    throw error instanceof PatternFailure ? new UndecidedProbe(error.message, { cause: error }) : error
  }
}

/** Whether an answer is as expected. What is said of it never holds anything of it. @throws UndecidedProbe */
export function isAsExpected(answer: HttpAnswer, { statuses, headers, body }: Expectation): boolean {
  try {
    if (!statuses.includes(answer.status)) return false
    if (headers.length > 0 && !matchWithin(MATCHING_MS, () => hasHeaders(answer, headers))) return false
    return body === undefined || hasBody(answer, body)
  } catch (error) {
    throw error instanceof PatternFailure ? new UndecidedProbe(error.message, { cause: error }) : error
  }
}

function hasHeaders({ headers }: HttpAnswer, expected: Expectation['headers']): boolean {
  return expected.every(([name, pattern]) =>
    [headers[name] ?? []].flat().some((value) => pattern.test(value)),
  )
}

function hasBody({ body, cut }: HttpAnswer, expected: RegExp): boolean {
  const text = body.toString('utf8')
  if (matchWithin(MATCHING_MS, () => expected.test(text))) return true
  if (cut) throw new UndecidedProbe('the body is over 1 MiB and its beginning does not match')
  return false
}
