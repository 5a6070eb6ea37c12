import { z } from 'zod'
import type { BoundService } from '../config/service-binding.ts'
import { askService, briefly, jsonOf, redirectOf, type ServiceAnswer } from './ask-service.ts'
import { shownUrl } from './http-request.ts'
import { RemoteFault } from './remote-fault.ts'

/*
 * Own calls rather than the `jenkins` package (1.1.0, of December 2024, over `papi` 1.1.2): it reads answers of any size
 * into memory, takes neither an AbortSignal nor a way to send of one's own, and its releases stopped two years ago. What it
 * would save are the paths in jenkins-builds.ts.
 */

/** Calls to one job of a Jenkins. Errors: `RemoteFault`, or the signal's reason. */
export interface JenkinsApi {
  /** JSON of a path below the server's address. Nothing where there is no such thing (404). */
  read<Parsed>(path: string, schema: z.ZodType<Parsed>, signal: AbortSignal): Promise<Parsed | undefined>
  /** A text, of which the first `maxBytes` count. */
  text(path: string, maxBytes: number, signal: AbortSignal): Promise<ServiceAnswer>
  /** A POST with a form, and the crumb that Jenkins wants for it. Answers with its status and `Location`. */
  post(path: string, form: Readonly<Record<string, string>>, signal: AbortSignal): Promise<Posted>
}

export interface Posted {
  readonly status: number
  readonly location: string | undefined
}

interface Place {
  readonly at: (path: string) => URL
  readonly headers: Readonly<Record<string, string>>
  /** For the texts. */
  readonly job: string
}

export function jenkinsApi({ url: base, user = '', token }: BoundService, job: string): JenkinsApi {
  const authorization = `Basic ${Buffer.from(`${user}:${token}`).toString('base64')}`
  const headers = { authorization, accept: 'application/json, text/plain' }
  const place: Place = { at: (path) => new URL(`${base}${path}`), headers, job }
  return {
    async read(path, schema, signal) {
      const url = place.at(path)
      const answer = await askService({ url, headers }, signal)
      if (answer.status === 404) return undefined
      assertAllowed(answer, { url, job })
      return jsonOf(url, answer, schema)
    },
    async text(path, maxBytes, signal) {
      const url = place.at(path)
      const answer = await askService({ url, headers, maxBytes, mayBeCut: true }, signal)
      assertAllowed(answer, { url, job })
      return answer
    },
    post: async (path, form, signal) => post(place, { path, form }, signal),
  }
}

async function post(
  { at, headers, job }: Place,
  { path, form }: { readonly path: string; readonly form: Readonly<Record<string, string>> },
  signal: AbortSignal,
): Promise<Posted> {
  const url = at(path)
  const crumb = await crumbHeaders({ at, headers, job }, signal)
  const type = { 'content-type': 'application/x-www-form-urlencoded' }
  const body = new URLSearchParams(form).toString()
  const request = { url, method: 'POST', headers: { ...headers, ...type, ...crumb }, body } as const
  const answer = await askService(request, signal)
  const { status } = answer
  // Jenkins answers what it did with a redirect to the page that shows it.
  if (status < 400) return { status, location: answer.headers.location }
  if (status === 404) return { status, location: undefined }
  assertAllowed(answer, { url, job })
  throw new RemoteFault(`Jenkins refuses ${shownUrl(url)} (${status}${briefly(answer.body)}).`)
}

const crumbAnswer = z.object({ crumb: z.string(), crumbRequestField: z.string() })

/** An API token needs none since Jenkins 2.96, but a password does. A crumb is good within its session only. */
async function crumbHeaders(
  { at, headers, job }: Place,
  signal: AbortSignal,
): Promise<Record<string, string>> {
  const url = at('/crumbIssuer/api/json')
  const answer = await askService({ url, headers }, signal)
  // CSRF protection is off.
  if (answer.status === 404) return {}
  assertAllowed(answer, { url, job })
  const { crumb, crumbRequestField } = jsonOf(url, answer, crumbAnswer)
  if (!/^[\w-]+$/.test(crumbRequestField) || !/^[\u0021-\u007E]+$/.test(crumb)) return {}
  const session = (answer.headers['set-cookie'] ?? []).map((cookie) => cookie.split(';', 1)[0])
  return { [crumbRequestField]: crumb, ...(session.length > 0 && { cookie: session.join('; ') }) }
}

/** What to do about an answer that is a refusal. */
function assertAllowed(answer: ServiceAnswer, { url, job }: { url: URL; job: string }): void {
  const { status, body } = answer
  if (status === 200) return
  const where = shownUrl(url)
  const to = redirectOf(answer, url)
  if (to !== undefined) {
    throw new RemoteFault(
      `${where} redirects to ${to}, and redirects are not followed: set SEAMLESS_JENKINS_URL to Jenkins' own address, or the credentials are not accepted.`,
    )
  }
  if (status === 401) {
    throw new RemoteFault(
      `Jenkins does not accept the credentials (401 of ${where}): set SEAMLESS_JENKINS_USER and SEAMLESS_JENKINS_TOKEN to a user and an API token of theirs.`,
    )
  }
  if (status === 403 && /crumb/i.test(body)) {
    throw new RemoteFault(
      `Jenkins refuses the request for want of a valid crumb (403 of ${where}${briefly(body)}): use an API token, which needs none, not a password.`,
    )
  }
  if (status === 403) {
    throw new RemoteFault(
      `The user of SEAMLESS_JENKINS_USER may not do this (403 of ${where}${briefly(body)}): give it Job/Read, Job/Build and Job/Cancel on ${job}.`,
    )
  }
  throw new RemoteFault(`${where} answers with ${status}${briefly(body)}.`)
}
