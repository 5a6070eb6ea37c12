import type { z } from 'zod'
import type { BoundService } from '../config/service-binding.ts'
import { askService, briefly, jsonOf, redirectOf, type ServiceAnswer } from './ask-service.ts'
import { shownUrl } from './http-request.ts'
import { RemoteFault } from './remote-fault.ts'

/** Calls of Travis CI's API 3. Errors: `RemoteFault`, or the signal's reason. */
export interface TravisApi {
  /** Nothing where there is no such thing (404). */
  read<Parsed>(path: string, schema: z.ZodType<Parsed>, signal: AbortSignal): Promise<Parsed | undefined>
  /** The first bytes of a text; nothing where there is none. */
  text(path: string, maxBytes: number, signal: AbortSignal): Promise<string | undefined>
  /** Nothing where there is no such thing (404); error where it is refused. */
  post<Parsed>(
    path: string,
    asked: { readonly body: unknown; readonly schema: z.ZodType<Parsed> },
    signal: AbortSignal,
  ): Promise<Parsed | undefined>
}

export function travisApi({ url: base, token }: BoundService): TravisApi {
  const headers = {
    authorization: `token ${token}`,
    'travis-api-version': '3',
    accept: 'application/json',
  }
  const at = (path: string): URL => new URL(`${base}${path}`)
  return {
    read: async (path, schema, signal) =>
      answered(at(path), schema, askService({ url: at(path), headers }, signal)),
    async text(path, maxBytes, signal) {
      const asked = { url: at(path), headers: { ...headers, accept: 'text/plain' }, maxBytes, mayBeCut: true }
      const answer = await askService(asked, signal)
      if (answer.status === 404) return undefined
      assertAllowed(answer, at(path))
      return answer.isCut ? `${answer.body}\n(Seamless leaves out the rest.)\n` : answer.body
    },
    async post(path, { body, schema }, signal) {
      const request = {
        url: at(path),
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      } as const
      return answered(at(path), schema, askService(request, signal))
    },
  }
}

async function answered<Parsed>(
  url: URL,
  schema: z.ZodType<Parsed>,
  asked: Promise<ServiceAnswer>,
): Promise<Parsed | undefined> {
  const answer = await asked
  if (answer.status === 404) return undefined
  assertAllowed(answer, url)
  return jsonOf(url, answer, schema)
}

function assertAllowed(answer: ServiceAnswer, url: URL): void {
  const { status } = answer
  if (status >= 200 && status < 300) return
  const where = shownUrl(url)
  const said = saidBy(answer)
  const to = redirectOf(answer, url)
  if (to !== undefined) {
    throw new RemoteFault(
      `${where} redirects to ${to}, and redirects are not followed: set SEAMLESS_TRAVIS_URL to the API's own address.`,
    )
  }
  // Without a token that it knows Travis CI answers 403 "access denied" or "login_required".
  if (status === 401 || (status === 403 && /access denied|login[ _]required/i.test(said))) {
    throw new RemoteFault(
      `Travis CI does not accept the token (${status} of ${where}${said}): set SEAMLESS_TRAVIS_TOKEN to an API token of a user that may push.`,
    )
  }
  if (status === 403) {
    throw new RemoteFault(
      `The user of SEAMLESS_TRAVIS_TOKEN may not do this (403 of ${where}${said}): they need push access to the repository.`,
    )
  }
  throw new RemoteFault(`Travis CI refuses ${where} (${status}${said}).`)
}

/** `{"@type": "error", "error_type": …, "error_message": …}`, or a text. */
function saidBy({ body }: ServiceAnswer): string {
  try {
    const { error_message: message } = JSON.parse(body) as { error_message?: unknown }
    if (typeof message === 'string') return briefly(message)
  } catch {
    // It is the text itself then.
  }
  return briefly(body)
}
