import { once } from 'node:events'
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What users reach: each request goes to the next instance that takes it. */
export interface Front {
  readonly url: string
  close(): Promise<void>
}

/** Before the instances that listen on some of these ports, as a Service or a load balancer is. */
export async function startFront(ports: readonly number[]): Promise<Front> {
  let turn = 0
  const server = createServer((incoming, response) => {
    const from = turn++
    const order = ports.map((_, index) => ports[(from + index) % ports.length]!)
    void hand(incoming, response, order)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

async function hand(
  incoming: IncomingMessage,
  response: ServerResponse,
  ports: readonly number[],
): Promise<void> {
  for (const port of ports) {
    const answer = await ask(port, incoming.url ?? '/').catch(() => undefined)
    if (answer === undefined) continue
    response.writeHead(answer.statusCode ?? 502, answer.headers)
    answer.pipe(response)
    return
  }
  response.writeHead(503).end('no instance\n')
}

function ask(port: number, path: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    // A connection of its own: one that is kept open may be closed by an instance that ends, just when it is used again.
    request({ host: '127.0.0.1', port, path, agent: false }, resolve).on('error', reject).end()
  })
}
