import {
  Agent,
  createServer,
  request,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http'

/**
 * A reverse proxy between a stable and a candidate upstream: what an ingress or a load balancer is elsewhere, small enough to read.
 * It never retries: a request that an upstream fails is a failure that the user sees (502), and is counted as one.
 */
export interface Ingress {
  readonly server: Server
  routing(): Routing
  /** Changes only what is given. Requests under way finish where they are. */
  route(change: Partial<Targets>): void
}

export interface Targets {
  /** Origins, e.g. `http://127.0.0.1:3001`; null: there is none. */
  readonly stable: string | null
  readonly candidate: string | null
  /** Percent of new requests that go to the candidate, 0 to 100. */
  readonly weight: number
}

interface Routing extends Targets {
  /** Requests under way by origin, also those that are no target any more; an origin with none is not listed. */
  readonly underWay: Readonly<Record<string, number>>
}

/** Idle connections to an upstream are closed after this time, well before an upstream's own limit, so that no request meets a closing one. */
const IDLE_MS = 15_000
const UPSTREAM_TIMEOUT_MS = 10_000

export function createIngress(random: () => number = Math.random): Ingress {
  let targets: Targets = { stable: null, candidate: null, weight: 0 }
  const agent = new Agent({ keepAlive: true, timeout: IDLE_MS, scheduling: 'lifo' })
  const underWay = new Map<string, number>()

  function pick(): string | null {
    const { stable, candidate, weight } = targets
    if (candidate === null) return stable
    return stable === null || random() * 100 < weight ? candidate : stable
  }

  function count(origin: string, change: 1 | -1): void {
    const now = (underWay.get(origin) ?? 0) + change
    if (now === 0) underWay.delete(origin)
    else underWay.set(origin, now)
  }

  const server = createServer((incoming, outgoing) => {
    const origin = pick()
    if (origin === null) return refuse(outgoing, 503, 'no upstream')
    count(origin, 1)
    outgoing.once('close', () => count(origin, -1))
    forward({ incoming, outgoing, origin, agent })
  })
  server.keepAliveTimeout = 75_000

  return {
    server,
    routing: () => ({ ...targets, underWay: Object.fromEntries(underWay) }),
    route: (change) => {
      targets = { ...targets, ...change }
    },
  }
}

interface Exchange {
  readonly incoming: IncomingMessage
  readonly outgoing: ServerResponse
  readonly origin: string
  readonly agent: Agent
}

function forward({ incoming, outgoing, origin, agent }: Exchange): void {
  const upstream = request(new URL(origin), {
    agent,
    method: incoming.method,
    path: incoming.url,
    headers: endToEnd(incoming.headers),
    timeout: UPSTREAM_TIMEOUT_MS,
  })
  upstream.once('response', (answer) => {
    outgoing.writeHead(answer.statusCode ?? 502, endToEnd(answer.headers))
    answer.pipe(outgoing)
    // Half an answer must not look like a whole one: the user's connection is cut as the upstream's was.
    answer.once('error', () => outgoing.destroy())
  })
  upstream.once('timeout', () => upstream.destroy(new Error('upstream timed out')))
  upstream.once('error', (error) => refuse(outgoing, 502, error.message))
  outgoing.once('close', () => {
    if (!outgoing.writableFinished) upstream.destroy()
  })
  incoming.pipe(upstream)
}

function refuse(outgoing: ServerResponse, status: 502 | 503, error: string): void {
  if (outgoing.headersSent) return void outgoing.destroy()
  outgoing.writeHead(status, { 'content-type': 'application/json' }).end(`${JSON.stringify({ error })}\n`)
}

/** Headers that belong to one connection, not to the message (RFC 9110, 7.6.1). */
const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

function endToEnd(headers: IncomingMessage['headers']): IncomingMessage['headers'] {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP_BY_HOP.has(name)))
}
