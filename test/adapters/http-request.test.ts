import { execFile } from 'node:child_process'
import { once } from 'node:events'
import type { IncomingMessage, RequestListener } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createServer as createTcpServer } from 'node:net'
import { promisify } from 'node:util'
import nock from 'nock'
import { afterEach, describe, expect, it } from 'vitest'
import type { HttpRequest } from '../../src/adapters/http-request.ts'
import { HttpFailure, httpRequest } from '../../src/adapters/http-request.ts'

const open: { close(): unknown; closeAllConnections?(): void }[] = []
afterEach(() => {
  for (const server of open.splice(0)) {
    server.closeAllConnections?.()
    server.close()
  }
  nock.cleanAll()
})

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  open.push(server)
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}

function get(url: string, over: Partial<HttpRequest> = {}, signal = new AbortController().signal) {
  const request = {
    url: new URL(url),
    method: 'GET',
    timeoutMs: 5_000,
    maxBytes: 1000,
    overflow: 'fail',
    ...over,
  } as const
  return httpRequest(request, signal)
}

/** What it failed with, as `reason: message`. */
async function failure(attempt: Promise<unknown>): Promise<string> {
  const error: unknown = await attempt.then(
    () => new Error('it answered'),
    (error: unknown) => error,
  )
  return error instanceof HttpFailure ? `${error.reason}: ${error.message}` : String(error)
}

describe('an answer', () => {
  it('has its status, media type and body', async () => {
    const url = await serve((_, response) => {
      response.writeHead(418, { 'content-type': 'Text/Plain; charset=utf-8' }).end('short and stout')
    })
    const answer = await get(url)
    expect({ ...answer, body: answer.body.toString() }).toEqual({
      status: 418,
      contentType: 'text/plain',
      headers: expect.objectContaining({ 'content-type': 'Text/Plain; charset=utf-8' }),
      body: 'short and stout',
      cut: false,
    })
  })

  it('may be to a form, with basic authentication from the URL', async () => {
    const seen: string[] = []
    const url = await serve((request, response) => {
      void text(request).then((body) => {
        seen.push(`${request.method} ${request.url} ${request.headers.authorization} ${body}`)
        response.end()
      })
    })
    await get(url.replace('//', '//user:p%40ss@'), { method: 'POST', body: 'query=up' })
    expect(seen).toEqual([`POST / Basic ${Buffer.from('user:p@ss').toString('base64')} query=up`])
  })

  it('M16 that redirects is the answer: nothing is followed, no credentials go elsewhere', async () => {
    const reached: unknown[] = []
    const other = await serve((request, response) => {
      reached.push(request.headers)
      response.end()
    })
    const url = await serve((_, response) => response.writeHead(302, { location: other }).end())
    const answer = await get(url, { headers: { authorization: 'Bearer secret' } })
    expect(answer.status).toBe(302)
    expect(reached).toEqual([])
  })

  it('is not unpacked, so that no bomb goes off', async () => {
    const url = await serve((request, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(request.headers['accept-encoding'])
    })
    expect((await get(url)).body.toString()).toBe('identity')
  })

  it('can be played by nock', async () => {
    nock('http://metrics.example').get('/up').reply(200, 'yes')
    expect((await get('http://metrics.example/up')).body.toString()).toBe('yes')
  })
})

describe('a body that is too large', () => {
  it('M06 fails as soon as it is', async () => {
    let written = 0
    const url = await serve((_, response) => {
      response.on('error', () => {})
      const write = () => {
        if (response.destroyed || written > 50e6) return
        written += 10_000
        response.write(Buffer.alloc(10_000), write)
      }
      write()
    })
    expect(await failure(get(url, { maxBytes: 100 * 1024 }))).toBe(
      `too_large: ${url} answers with more than 100 KiB`,
    )
    expect(written).toBeLessThan(10e6)
  })

  it('is cut where the caller wants its beginning only', async () => {
    const url = await serve((_, response) => response.end('x'.repeat(2000)))
    const answer = await get(url, { overflow: 'cut' })
    expect([answer.body.length, answer.cut]).toEqual([1000, true])
  })

  it('is not one that has just the size', async () => {
    const url = await serve((_, response) => response.end('x'.repeat(1000)))
    expect((await get(url, { overflow: 'cut' })).cut).toBe(false)
  })
})

describe('no answer', () => {
  it('M05 stalls: it ends at the timeout', async () => {
    const url = await serve(() => {})
    expect(await failure(get(url, { timeoutMs: 50 }))).toBe(`timeout: ${url} did not answer within 50 ms`)
  })

  it('M05 drips: a byte now and then buys no time', async () => {
    const url = await serve((_, response) => {
      const drip = setInterval(() => response.write('.'), 10)
      response.on('close', () => clearInterval(drip))
    })
    expect(await failure(get(url, { timeoutMs: 80 }))).toBe(`timeout: ${url} did not answer within 80 ms`)
  })

  it('M01 refused: nothing listens', async () => {
    const url = await serve(() => {})
    open.splice(0).forEach((server) => server.close())
    expect(await failure(get(url))).toBe(`refused: ${url} does not answer (ECONNREFUSED)`)
  })

  it('broke off in the middle of its body', async () => {
    const url = await serve((_, response) => {
      response.writeHead(200, { 'content-length': '100' })
      response.write('half', () => response.destroy())
    })
    expect(await failure(get(url))).toBe(`refused: ${url} does not answer (ECONNRESET)`)
  })

  it('spoke something else', async () => {
    const server = createTcpServer((socket) => socket.on('error', () => {}).end('SSH-2.0-OpenSSH\r\n'))
    await once(server.listen(0, '127.0.0.1'), 'listening')
    open.push(server)
    const { port } = server.address() as AddressInfo
    expect(await failure(get(`http://127.0.0.1:${port}/`))).toMatch(/^refused: .*\(HPE_/)
    expect(await failure(get(`https://127.0.0.1:${port}/`))).toMatch(/^refused: .*\((EPROTO|ERR_SSL_)/)
  })

  it('unreachable: a name that does not resolve tells nothing of the service', async () => {
    // Too long a label for any name: the resolver refuses it without asking the network.
    const url = `http://${'a'.repeat(64)}.invalid`
    expect(await failure(get(`${url}/a?token=1`))).toBe(`unreachable: ${url}/a cannot be reached (ENOTFOUND)`)
  })

  it('never shows the credentials or the query of its URL', async () => {
    nock('http://metrics.example').get('/m').query(true).replyWithError('user:pw')
    const shown = await failure(get('http://user:pw@metrics.example/m?key=secret'))
    expect(shown).toMatch(/^unreachable: http:\/\/metrics\.example\/m /)
    expect(shown).not.toMatch(/pw|secret/)
  })

  it('aborted: it ends with the reason of whoever aborted it', async () => {
    const abort = new AbortController()
    const url = await serve(() => abort.abort(new Error('cancelled by hand')))
    await expect(get(url, {}, abort.signal)).rejects.toThrow('cancelled by hand')
    await expect(get(url, {}, abort.signal)).rejects.toThrow('cancelled by hand')
  })
})

it('M16 the proxies of the environment are not used, even where Node.js is told to', async () => {
  const proxied: unknown[] = []
  const proxy = await serve((request, response) => {
    proxied.push(request.url)
    response.end('from the proxy')
  })
  const url = await serve((_, response) => response.end('from the service'))
  const script = `
    import { get } from 'node:http'
    import { text } from 'node:stream/consumers'
    import { httpRequest } from ${JSON.stringify(new URL('../../src/adapters/http-request.ts', import.meta.url).href)}
    const request = { method: 'GET', timeoutMs: 5000, maxBytes: 1000, overflow: 'fail', url: new URL(${JSON.stringify(url)}) }
    const answer = await httpRequest(request, new AbortController().signal)
    get(request.url, async (other) => console.log(answer.body.toString(), await text(other)))`
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
    env: { ...process.env, NODE_USE_ENV_PROXY: '1', HTTP_PROXY: proxy, HTTPS_PROXY: proxy, NO_PROXY: '' },
  })
  // node:http's own default shows that the proxy would have been used.
  expect(stdout.trim()).toBe('from the service from the proxy')
  expect(proxied).toHaveLength(1)
})

async function text(request: IncomingMessage): Promise<string> {
  let body = ''
  for await (const chunk of request) body += String(chunk)
  return body
}
