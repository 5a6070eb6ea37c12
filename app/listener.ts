import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Logger } from 'pino'
import type { Address } from './settings.ts'

/** What a path answers; the listener knows nothing of what stands behind it. */
export interface HttpAnswer {
  readonly status: number
  readonly text: string
  readonly type?: string
  /** The connection is of no more use. */
  readonly closes?: true
}

export interface Route {
  readonly method: 'GET' | 'POST'
  readonly path: string
  answer(request: IncomingMessage): Promise<HttpAnswer>
}

export interface Listener {
  readonly address: Address
  /** From now on new requests get 503; those under way are finished, at most this long. A second time does nothing more. */
  stop(graceMs: number): Promise<void>
}

/** Slower senders hold a connection for nothing. */
const HEAD_TIMEOUT_MS = 10_000
/** Longer than load balancers keep a quiet connection (60 s is usual), so that none of them writes into a closed one. */
const KEEP_ALIVE_MS = 65_000
const MAX_CONNECTIONS = 1000

/** Serves these paths and nothing else: each other one is 404. Error: the system's, where the address is taken. */
export async function listen(at: Address, routes: readonly Route[], log: Logger): Promise<Listener> {
  const state = { isStopping: false }
  const server = createServer(
    {
      headersTimeout: HEAD_TIMEOUT_MS,
      keepAliveTimeout: KEEP_ALIVE_MS,
      // Each route that reads a body has a limit of its own, below this.
      requestTimeout: 4 * HEAD_TIMEOUT_MS,
      connectionsCheckingInterval: 1000,
      noDelay: true,
    },
    (request, response) => {
      const route = state.isStopping ? Promise.resolve(STOPPING) : answerOf(request, routes)
      route
        .catch((error: unknown) => {
          log.error({ err: error }, 'a request failed')
          return { status: 500, text: 'internal error', closes: true } as const
        })
        .then((answer) => send(request, response, state.isStopping ? { ...answer, closes: true } : answer))
        .catch((error: unknown) => log.error({ err: error }, 'an answer could not be sent'))
    },
  )
  server.maxConnections = MAX_CONNECTIONS
  await started(server, at)
  const { port } = server.address() as AddressInfo
  return {
    address: { host: at.host, port },
    async stop(graceMs) {
      state.isStopping = true
      await closed(server, graceMs)
    },
  }
}

const STOPPING: HttpAnswer = { status: 503, text: 'stopping', closes: true }

async function answerOf(request: IncomingMessage, routes: readonly Route[]): Promise<HttpAnswer> {
  const [path] = (request.url ?? '/').split('?', 1)
  const here = routes.filter((route) => route.path === path)
  if (here.length === 0) return { status: 404, text: 'not found', closes: true }
  const method = request.method === 'HEAD' ? 'GET' : request.method
  const route = here.find((one) => one.method === method)
  return route === undefined
    ? { status: 405, text: 'method not allowed', closes: true }
    : await route.answer(request)
}

function send(request: IncomingMessage, response: ServerResponse, answer: HttpAnswer): void {
  const { status, text, type = 'text/plain; charset=utf-8', closes } = answer
  const body = Buffer.from(`${text}\n`)
  response.writeHead(status, {
    'content-type': type,
    'content-length': body.byteLength,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...(status === 503 ? { 'retry-after': '10' } : {}),
    ...(closes ? { connection: 'close' } : {}),
  })
  response.end(request.method === 'HEAD' ? undefined : body)
}

function started(server: Server, { host, port }: Address): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host, port }, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

function closed(server: Server, graceMs: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => server.closeAllConnections(), graceMs)
    server.close(() => {
      clearTimeout(timer)
      resolve()
    })
    server.closeIdleConnections()
  })
}
