import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A request as a stand-in sees it. */
export interface Asked {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

export interface Answer {
  readonly status: number
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

/** What goes wrong with requests whose `METHOD /path` this matches. */
export interface Fault {
  readonly on: RegExp
  /** `after`: it is done, and then the answer is lost. */
  readonly when?: 'instead' | 'after'
  readonly what: Answer | 'hang up' | 'half' | 'silence'
  readonly times?: number
}

export interface StandIn {
  readonly url: string
  /** Every request, as `METHOD /path`. */
  readonly seen: string[]
  readonly asked: Asked[]
  fault(fault: Fault): void
  /** Something that happens meanwhile: once, when such a request arrives, before it is answered. */
  when(on: RegExp, happens: () => void): void
  close(): Promise<void>
}

/** A server on 127.0.0.1 that answers as `answer` says; a socket of its own, so that it can fall silent or break off. */
export async function startStandIn(answer: (asked: Asked) => Answer): Promise<StandIn> {
  const faults: { fault: Fault; left: number }[] = []
  const asked: Asked[] = []
  const happenings: { on: RegExp; happens: () => void }[] = []
  const server: Server = createServer((request, response) => {
    void readBody(request).then((body) => {
      const url = new URL(request.url ?? '/', 'http://stand-in')
      const one: Asked = {
        method: request.method ?? '',
        path: url.pathname,
        query: url.searchParams,
        headers: request.headers,
        body,
      }
      asked.push(one)
      const index = happenings.findIndex(({ on }) => on.test(`${one.method} ${one.path}`))
      if (index !== -1) happenings.splice(index, 1)[0]?.happens()
      const found = faults.find(({ fault, left }) => left > 0 && fault.on.test(`${one.method} ${one.path}`))
      if (found === undefined) return send(response, answer(one))
      found.left -= 1
      if (found.fault.when === 'after') answer(one)
      return spoil(response, found.fault.what, () => answer(one))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    get seen() {
      return asked.map(({ method, path }) => `${method} ${path}`)
    },
    fault: (fault) => void faults.push({ fault, left: fault.times ?? 1 }),
    when: (on, happens) => void happenings.push({ on, happens }),
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}

function textOf(body: unknown): string {
  if (body === undefined) return ''
  return typeof body === 'string' ? body : JSON.stringify(body)
}

function send(response: ServerResponse, { status, body, headers }: Answer): void {
  const type = typeof body === 'string' ? 'text/plain;charset=utf-8' : 'application/json;charset=utf-8'
  const bytes = Buffer.isBuffer(body) ? body : textOf(body)
  response.writeHead(status, { 'content-type': type, ...headers }).end(bytes)
}

function spoil(response: ServerResponse, what: Fault['what'], answer: () => Answer): void {
  if (what === 'silence') return
  if (what === 'hang up') {
    response.destroy()
    return
  }
  if (what !== 'half') {
    send(response, what)
    return
  }
  const { status, body } = answer()
  const text = textOf(body)
  response.writeHead(status, { 'content-type': 'application/json' }).end(text.slice(0, text.length / 2))
}
