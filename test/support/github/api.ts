import type { IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import { settle } from './auto-merge.ts'
import { authorise } from './authorise.ts'
import { type Credentials, credentialsOf } from './credentials.ts'
import type { Fault, Faults } from './faults.ts'
import type { Hub } from './hub.ts'
import type { Oracle } from './oracle.ts'
import { type PathMatch, PathTemplates } from './path-template.ts'
import { notFound, Refusal, type Reply } from './reply.ts'
import type { RequestRecord } from './request-log.ts'
import type { RepositoryCall, Route } from './route.ts'
import { rateHeaders } from './routes-rate-limit.ts'

/** GitHub refuses larger bodies; so does the stand-in, before it buffers them. */
const MAX_BODY_BYTES = 25 * 1024 * 1024

/** What the log and the faults call a GraphQL request. */
const GRAPHQL = 'graphql'

export interface ApiParts {
  hub: Hub
  routes: readonly Route[]
  oracle: Oracle | undefined
  faults: Faults
  requests: RequestRecord[]
}

/** The REST API: who asks, what is asked, what GitHub would say to it, and what goes wrong on purpose. */
export class Api {
  private readonly parts: ApiParts
  private readonly routes: Map<string, Route>
  private readonly templates: PathTemplates

  constructor(parts: ApiParts) {
    this.parts = parts
    this.routes = new Map(parts.routes.map((route) => [route.operation, route]))
    this.templates = new PathTemplates(this.routes.keys())
  }

  async serve(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const { hub, faults } = this.parts
    const credentials = credentialsOf(hub, request.headers)
    const { record, match } = this.record(request, url, credentials)
    const body = await bodyOf(request)
    record.body = body.json
    const fault = faults.take(record)
    if (fault?.delayMs) await wait(fault.delayMs)
    const lost = fault?.answer !== undefined && fault.when !== 'after'
    const own = lost
      ? undefined
      : await this.judged(record, match, { credentials, malformed: body.malformed })
    const altered = own && fault?.alter ? fault.alter(own) : own
    // Its own time, by which clients notice that their clock is wrong.
    const date = new Date(hub.clock.now()).toUTCString()
    const headers = { date, ...rateHeaders(hub, credentials.token) }
    send(response, record, { reply: fault?.answer ?? altered, headers })
  }

  private record(
    request: IncomingMessage,
    url: URL,
    credentials: Credentials,
  ): { record: RequestRecord; match: PathMatch | undefined } {
    const method = request.method ?? 'GET'
    const path = url.pathname.replace(/^\/api\/v3/, '')
    const match = this.templates.match(method, path)
    const record: RequestRecord = {
      method,
      path,
      query: url.searchParams,
      operation: path === '/api/graphql' ? GRAPHQL : match?.operation,
      body: undefined,
      headers: request.headers,
      login: credentials.token?.account.login,
      at: this.parts.hub.clock.now(),
      status: 0,
    }
    this.parts.requests.push(record)
    return { record, match }
  }

  /** The true answer, with the oracle's word on the question and on the answer. */
  private async judged(
    record: RequestRecord,
    match: PathMatch | undefined,
    from: { credentials: Credentials; malformed: boolean },
  ): Promise<Reply> {
    const { oracle } = this.parts
    if (record.operation === GRAPHQL) return this.graphql(record, from.credentials)
    const operation = oracle?.judgeOperation(record)
    if (oracle && operation && !oracle.judgeRequest(operation, record))
      return new Refusal(422, 'Validation Failed').reply
    const reply = from.malformed
      ? new Refusal(400, 'Problems parsing JSON').reply
      : await this.answer(record, match, from.credentials)
    if (operation) oracle?.judgeResponse(operation, reply.status, reply.body)
    return reply
  }

  private async graphql(record: RequestRecord, { token, bad }: Credentials): Promise<Reply> {
    if (bad) return new Refusal(401, bad).reply
    // graphql-js and GitHub's schema take a quarter of a second to load: only for those who ask.
    const { answerGraphql } = await import('./graphql-api.ts')
    const { hub, oracle } = this.parts
    return answerGraphql({ hub, oracle, token }, record.body ?? {})
  }

  private async answer(
    record: RequestRecord,
    match: PathMatch | undefined,
    credentials: Credentials,
  ): Promise<Reply> {
    try {
      const route = match && this.routes.get(match.operation)
      if (credentials.bad) throw new Refusal(401, credentials.bad)
      if (!record.headers['user-agent']) throw new Refusal(403, 'Request forbidden by administrative rules.')
      if (!match || !route) throw notFound()
      if (credentials.token) credentials.token.used += 1
      return await this.handle(route, this.call(record, match, credentials))
    } catch (error) {
      if (error instanceof Refusal) return error.reply
      throw error
    }
  }

  private call(
    record: RequestRecord,
    match: PathMatch,
    credentials: Credentials,
  ): Omit<RepositoryCall, 'repository'> {
    const { hub } = this.parts
    return {
      hub,
      token: credentials.token as RepositoryCall['token'],
      appId: credentials.appId,
      params: match.params,
      query: record.query,
      body: record.body,
      resource: hub.apiUrl + record.path,
      headers: record.headers,
    }
  }

  private async handle(route: Route, call: Omit<RepositoryCall, 'repository'>): Promise<Reply> {
    const { hub } = this.parts
    if (!route.inRepository) {
      if (route.access === 'app' && call.appId === undefined)
        throw new Refusal(401, 'A JSON web token could not be decoded')
      if (route.access === 'anyone' && !(call.token as unknown))
        throw new Refusal(401, 'Requires authentication')
      return route.handle(call as RepositoryCall)
    }
    const repository = hub.repository(call.params['owner'] ?? '', call.params['repo'] ?? '')
    if (!repository) throw notFound()
    authorise(hub, route, repository, call.token)
    return hub.exclusively(repository, async () => {
      const reply = await route.handle({ ...call, repository })
      if (!route.operation.startsWith('GET ')) await settle(hub, repository)
      return reply
    })
  }
}

interface Body {
  json: unknown
  malformed: boolean
}

async function bodyOf(request: IncomingMessage): Promise<Body> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size <= MAX_BODY_BYTES) chunks.push(chunk)
  }
  const text = Buffer.concat(chunks).toString('utf8')
  if (text === '') return { json: undefined, malformed: false }
  try {
    return { json: JSON.parse(text), malformed: false }
  } catch {
    return { json: undefined, malformed: true }
  }
}

function send(
  response: ServerResponse,
  record: RequestRecord,
  { reply, headers }: { reply: Fault['answer']; headers: Record<string, string> },
): void {
  if (reply === 'hang up' || reply === undefined) return void response.destroy()
  record.status = reply.status
  const raw = Buffer.isBuffer(reply.body) || typeof reply.body === 'string'
  const type = raw ? 'text/plain; charset=utf-8' : 'application/json; charset=utf-8'
  const body = raw
    ? (reply.body as string | Buffer)
    : reply.body === undefined
      ? ''
      : JSON.stringify(reply.body)
  response.writeHead(reply.status, {
    ...(body.length > 0 ? { 'content-type': type } : {}),
    ...headers,
    'x-github-request-id': crypto.randomUUID(),
    'x-github-media-type': 'github.v3; format=json',
    ...reply.headers,
  })
  response.end(body)
}
