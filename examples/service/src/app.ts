import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Catalogue } from './catalogue.ts'
import { createMetrics } from './metrics.ts'
import { routes, type Answer, type Route } from './routes.ts'

const MAX_BODY_BYTES = 64 * 1024

/** The API, `/metrics` and `/healthz` as one server that nobody has started yet. */
export function createApp(catalogue: Catalogue, version: string): Server {
  const metrics = createMetrics(version)

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const started = performance.now()
    const url = new URL(request.url ?? '/', 'http://service')
    if (url.pathname === '/metrics') return send(response, 'text/plain; version=0.0.4', 200, metrics.page())
    if (url.pathname === '/healthz')
      return sendJson(response, { status: 200, body: { status: 'ok', version } })
    const route = routes.find((route) => route.method === request.method && route.pattern.test(url.pathname))
    const result = await run(route, request, url)
    sendJson(response, result)
    const seconds = (performance.now() - started) / 1000
    metrics.observe({ method: request.method ?? '', route: route?.name ?? '', code: result.status, seconds })
  }

  async function run(route: Route | undefined, request: IncomingMessage, url: URL): Promise<Answer> {
    try {
      const body = await readBody(request)
      if (!route) return { status: 404, body: { error: 'no such endpoint' } }
      if (body === undefined) return { status: 413, body: { error: 'body too large' } }
      const id = route.pattern.exec(url.pathname)?.[1] ?? ''
      return route.answer({ catalogue, id, query: url.searchParams, body })
    } catch (error) {
      // A client that went away is no error of the service; 499 is nginx's word for it.
      if (!request.complete) return { status: 499, body: {} }
      console.error(`${request.method} ${url.pathname} failed:`, error)
      return { status: 500, body: { error: 'internal error' } }
    }
  }

  function sendJson(response: ServerResponse, { status, body }: Answer): void {
    send(response, 'application/json', status, `${JSON.stringify(body)}\n`)
  }

  function send(response: ServerResponse, type: string, status: number, text: string): void {
    const headers = { 'content-type': type, 'content-length': Buffer.byteLength(text), 'x-version': version }
    response.writeHead(status, headers).end(text)
  }

  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy())
  })
  // Longer than any proxy keeps an idle connection, so that the proxy closes it and no request meets a closing one.
  server.keepAliveTimeout = 75_000
  return server
}

/** The body as text, or undefined if it is larger than an order can be. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes <= MAX_BODY_BYTES) chunks.push(chunk)
  }
  return bytes > MAX_BODY_BYTES ? undefined : Buffer.concat(chunks).toString('utf8')
}
