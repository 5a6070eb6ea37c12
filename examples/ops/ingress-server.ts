import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createIngress, type Ingress, type Targets } from './ingress.ts'

/**
 * Starts the ingress: PORT for users, ADMIN_PORT for operators (0: any free one), both on loopback.
 * `GET /` of the admin port tells the routing, `PUT /` changes it. Prints one line of JSON with both origins when it is ready.
 */
const settings = new Map<string, (value: unknown) => boolean>([
  ['stable', isOrigin],
  ['candidate', isOrigin],
  ['weight', isWeight],
])
const ingress = createIngress()
const admin = createAdmin(ingress)
const origins = {
  users: await listen(ingress.server, process.env['PORT']),
  admin: await listen(admin, process.env['ADMIN_PORT']),
}
console.log(JSON.stringify(origins))

async function listen(server: Server, port = '0'): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(Number(port), '127.0.0.1', resolve)
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

function createAdmin(ingress: Ingress): Server {
  return createServer((request, response) => {
    answer(ingress, request, response).catch((error: unknown) =>
      reply(response, 400, { error: String(error) }),
    )
  })
}

async function answer(ingress: Ingress, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method === 'PUT') {
    let text = ''
    for await (const chunk of request.setEncoding('utf8') as AsyncIterable<string>) text += chunk
    ingress.route(parseTargets(JSON.parse(text)))
  }
  reply(response, 200, ingress.routing())
}

function reply(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(`${JSON.stringify(body)}\n`)
}

function parseTargets(value: unknown): Partial<Targets> {
  for (const [name, setting] of Object.entries(value as object)) {
    if (!settings.get(name)?.(setting)) throw new Error(`${name}=${JSON.stringify(setting)} is no setting`)
  }
  return value as Partial<Targets>
}

function isOrigin(value: unknown): boolean {
  return value === null || (typeof value === 'string' && /^http:\/\/127\.0\.0\.1:\d+$/.test(value))
}

function isWeight(value: unknown): boolean {
  return typeof value === 'number' && value >= 0 && value <= 100
}
