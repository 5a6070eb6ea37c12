import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

/** As much of GitHub's API as a comment needs, and no more: it answers at once, so that only the client's own waiting is seen. */
export interface PlainGitHub {
  readonly url: string
  /** When each comment came in, by its installation's owner. */
  readonly comments: { readonly owner: string; readonly atMs: number }[]
  close(): void
}

export async function startPlainGitHub(): Promise<PlainGitHub> {
  const comments: { owner: string; atMs: number }[] = []
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost')
    const owner = /^\/repos\/([^/]+)\/[^/]+\/issues\/\d+\/comments$/.exec(pathname)?.[1]
    if (request.method === 'POST' && owner !== undefined) comments.push({ owner, atMs: performance.now() })
    request.resume().on('end', () => {
      const { status, body } = answer(request, pathname)
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    comments,
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}

const PERMISSIONS = { metadata: 'read', issues: 'write', pull_requests: 'write', contents: 'write' }

function answer({ method }: IncomingMessage, pathname: string): { status: number; body: unknown } {
  if (method === 'POST' && pathname.endsWith('/access_tokens')) {
    const expires = new Date(Date.now() + 3_600_000).toISOString()
    const token = `ghs_${pathname.replaceAll(/\D/g, '').padStart(36, '0')}`
    return {
      status: 201,
      body: { token, expires_at: expires, permissions: PERMISSIONS, repository_selection: 'all' },
    }
  }
  if (method === 'POST') return { status: 201, body: { id: 1, html_url: 'https://github.test/1', body: '' } }
  if (pathname === '/app')
    return { status: 200, body: { id: 4711, slug: 'seamless', permissions: PERMISSIONS, events: [] } }
  if (/^\/app\/installations\/\d+$/.test(pathname))
    return { status: 200, body: { id: 1, permissions: PERMISSIONS } }
  return { status: 200, body: [] }
}
