import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { priceOf } from './prices.ts'

const version = readFileSync(new URL('../VERSION', import.meta.url), 'utf8').trim()

/** Answers by their status. */
const requests = new Map<number, number>()

const server = createServer((request, response) => {
  const path = request.url ?? '/'
  const send = (status: number, type: string, text: string): void => {
    const headers = { 'content-type': type, 'x-version': version, connection: 'close' }
    response.writeHead(status, headers).end(text)
  }
  if (path === '/healthz') return send(200, 'text/plain', 'ok\n')
  if (path === '/metrics') return send(200, 'text/plain; version=0.0.4', metrics())
  const { status, body } = answer(path)
  requests.set(status, (requests.get(status) ?? 0) + 1)
  send(status, 'application/json', `${JSON.stringify(body)}\n`)
})

server.listen(Number(process.env['PORT'] ?? 8080), process.env['HOST'] ?? '0.0.0.0', () => {
  console.log(`prices ${version} listens on port ${(server.address() as AddressInfo).port}`)
})
// What is under way is answered before it ends.
process.once('SIGTERM', () => server.close())

function answer(path: string): { status: number; body: unknown } {
  const [, article] = /^\/v1\/prices\/([a-z]{1,40})$/.exec(path) ?? []
  if (article === undefined) return { status: 404, body: { error: 'no such endpoint' } }
  try {
    const price = priceOf(article)
    return price === undefined
      ? { status: 404, body: { error: `no article ${article}` } }
      : { status: 200, body: price }
  } catch (error) {
    console.error(error)
    return { status: 500, body: { error: 'internal error' } }
  }
}

function metrics(): string {
  const lines = [...requests].map(
    ([code, count]) => `http_requests_total{code="${code}",version="${version}"} ${count}`,
  )
  return ['# TYPE http_requests_total counter', ...lines, ''].join('\n')
}
