import { once } from 'node:events'
import {
  Agent,
  createServer,
  request,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { createIngress, type Ingress } from '../../examples/ops/ingress.ts'

const open: Server[] = []

afterEach(() => {
  for (const server of open.splice(0)) {
    server.close()
    server.closeAllConnections()
  }
})

async function listen(server: Server): Promise<string> {
  open.push(server)
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const upstream = (answer: RequestListener): Promise<string> => listen(createServer(answer))
const named = (name: string): Promise<string> => upstream((_request, response) => response.end(name))

/** Draws 0.00, 0.01 … 0.99 in turn, so that shares come out exactly. */
function evenly(): () => number {
  let drawn = 0
  return () => (drawn++ % 100) / 100
}

async function ask(origin: string, times: number): Promise<Record<string, number>> {
  const answers: Record<string, number> = {}
  for (let i = 0; i < times; i += 1) {
    const text = await (await fetch(origin)).text()
    answers[text] = (answers[text] ?? 0) + 1
  }
  return answers
}

describe('the ingress', () => {
  it('sends the candidate its share of the requests', async () => {
    const ingress = createIngress(evenly())
    const users = await listen(ingress.server)
    ingress.route({ stable: await named('stable'), candidate: await named('candidate'), weight: 10 })
    expect(await ask(users, 100)).toEqual({ stable: 90, candidate: 10 })
    ingress.route({ weight: 100 })
    expect(await ask(users, 100)).toEqual({ candidate: 100 })
    ingress.route({ candidate: null, weight: 0 })
    expect(await ask(users, 100)).toEqual({ stable: 100 })
  })

  it('lets a request under way finish where it is when the routing changes', async () => {
    const ingress = createIngress()
    const users = await listen(ingress.server)
    const unfinished = Promise.withResolvers<ServerResponse>()
    const old = await upstream((_request, response) => {
      response.write('half ')
      unfinished.resolve(response)
    })
    ingress.route({ stable: old })
    const slow = await fetch(users)
    ingress.route({ stable: await named('new') })
    expect(ingress.routing().underWay).toEqual({ [old]: 1 })
    expect(await ask(users, 1)).toEqual({ new: 1 })
    const response = await unfinished.promise
    response.end('whole')
    expect(await slow.text()).toBe('half whole')
    await expect.poll(() => ingress.routing().underWay).toEqual({})
  })

  it('passes on method, path, headers and body, but not what belongs to one connection', async () => {
    const ingress = createIngress()
    const users = await listen(ingress.server)
    const seen = Promise.withResolvers<unknown>()
    const echo = await upstream((incoming, outgoing) => {
      seen.resolve({
        method: incoming.method,
        url: incoming.url,
        te: incoming.headers['te'],
        x: incoming.headers['x-a'],
      })
      incoming.pipe(outgoing.writeHead(201, { 'x-version': '7' }))
    })
    ingress.route({ stable: echo })
    const outgoing = request(`${users}/a?b=%20c`, { method: 'POST', headers: { te: 'trailers', 'x-a': '1' } })
    const [answer] = await once(outgoing.end('the body'), 'response')
    expect(await seen.promise).toEqual({ method: 'POST', url: '/a?b=%20c', te: undefined, x: '1' })
    expect(answer).toMatchObject({ statusCode: 201, headers: { 'x-version': '7' } })
    expect(await answer.setEncoding('utf8').toArray()).toEqual(['the body'])
  })
})

describe('the ingress hides no failure', () => {
  let hits = 0
  const failing: [string, RequestListener, unknown][] = [
    [
      'refuses a request that the upstream drops without an answer',
      (request) => request.socket.destroy(),
      502,
    ],
    [
      'cuts an answer that the upstream cuts',
      (_request, response) => {
        response.writeHead(200, { 'content-length': 100 }).write('half', () => response.destroy())
      },
      'cut',
    ],
    ['passes on an error of the upstream', (_request, response) => response.writeHead(500).end(), 500],
  ]

  it.each(failing)('%s, and asks once', async (_title, listener, expected) => {
    hits = 0
    const ingress = await routedTo(
      await upstream((request, response) => {
        hits += 1
        listener(request, response)
      }),
    )
    const fate = await fetch(await listen(ingress.server)).then((response) =>
      response.text().then(
        () => response.status,
        () => 'cut',
      ),
    )
    expect(fate).toBe(expected)
    expect(hits).toBe(1)
    await expect.poll(() => ingress.routing().underWay).toEqual({})
  })

  it('says 503 where there is no upstream, 502 where it is gone', async () => {
    const ingress = createIngress()
    const users = await listen(ingress.server)
    expect((await fetch(users)).status).toBe(503)
    ingress.route({ stable: 'http://127.0.0.1:1' })
    expect((await fetch(users)).status).toBe(502)
  })

  it('ends the upstream request of a user who went away', async () => {
    const closed = Promise.withResolvers<boolean>()
    const ingress = await routedTo(
      await upstream((_request, response) => {
        response.once('close', () => closed.resolve(response.writableFinished))
        response.write('x')
      }),
    )
    const agent = new Agent()
    const [answer] = await once(request(await listen(ingress.server), { agent }).end(), 'response')
    answer.destroy()
    agent.destroy()
    expect(await closed.promise).toBe(false)
    await expect.poll(() => ingress.routing().underWay).toEqual({})
  })
})

async function routedTo(stable: string): Promise<Ingress> {
  const ingress = createIngress()
  ingress.route({ stable })
  return ingress
}
