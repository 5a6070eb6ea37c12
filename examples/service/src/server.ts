import { readFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { createApp } from './app.ts'
import { readCatalogue } from './catalogue.ts'

const root = new URL('../', import.meta.url)
const version = readFileSync(new URL('VERSION', root), 'utf8').trim()
const server = createApp(readCatalogue(new URL('data/products.jsonl', root)), version)

server.listen(Number(process.env['PORT'] ?? 3000), '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo
  console.log(`orders-service ${version} listens on 127.0.0.1:${port}`)
})

process.once('SIGTERM', stop)
process.once('SIGINT', stop)

/** Takes no new connection, answers what is under way, tells kept-alive connections to close after their answer, then ends. */
function stop(): void {
  server.prependListener('request', (_request, response) => response.setHeader('connection', 'close'))
  server.close(() => process.exit(0))
}
