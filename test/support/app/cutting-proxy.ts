import { once } from 'node:events'
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A call on its way to GitHub. */
export interface PassingCall {
  readonly method: string
  readonly path: string
}

/** Between the App and GitHub: passes everything on, and lets a test act around one call. */
export interface CuttingProxy {
  readonly url: string
  /** Every call that came by. */
  readonly calls: PassingCall[]
  /** Acts once, at the first call that this is so of: before GitHub sees it (which it then never does), or after it did it, before it is answered. */
  cut(when: 'before' | 'after', isIt: (call: PassingCall) => boolean, act: () => Promise<void>): void
  /** Asks at every call from now on whether to act around it; not while it acts. Answers what ends that. */
  cutEach(when: (call: PassingCall) => When | undefined, act: () => Promise<void>): () => void
  close(): Promise<void>
}

export type When = 'before' | 'after'

export async function cuttingProxy(target: () => string): Promise<CuttingProxy> {
  const calls: PassingCall[] = []
  let armed: Armed | undefined

  function cutOf(call: PassingCall): { when: When; act: () => Promise<void> } | undefined {
    const found = armed
    const when = found?.when(call)
    if (found === undefined || when === undefined) return undefined
    // Not around what comes meanwhile.
    armed = undefined
    const act = async (): Promise<void> => {
      await found.act()
      if (found.isForEach) armed = found
    }
    return { when, act }
  }

  async function pass(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const call = { method: incoming.method ?? '', path: incoming.url ?? '' }
    calls.push(call)
    const cut = cutOf(call)
    const body = Buffer.concat(await incoming.toArray())
    if (cut?.when === 'before') {
      await cut.act()
      return void response.destroy()
    }
    const answer = await forward(new URL(call.path, target()), incoming, body)
    if (cut?.when === 'after') {
      await cut.act()
      return void response.destroy()
    }
    response.writeHead(answer.status, answer.headers)
    response.end(answer.body)
  }

  const server = createServer((incoming, response) => {
    pass(incoming, response).catch(() => response.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    cut: (when, isIt, act) =>
      void (armed = { when: (call) => (isIt(call) ? when : undefined), act, isForEach: false }),
    cutEach(when, act) {
      const each = { when, act, isForEach: true }
      armed = each
      return () => {
        each.isForEach = false
        if (armed === each) armed = undefined
      }
    },
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

interface Armed {
  readonly when: (call: PassingCall) => When | undefined
  readonly act: () => Promise<void>
  readonly isForEach: boolean
}

interface Answer {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  readonly body: Buffer
}

async function forward(url: URL, { method, headers }: IncomingMessage, body: Buffer): Promise<Answer> {
  const { host: _, connection: __, ...rest } = headers
  const sending = request(url, { method, headers: rest, agent: false })
  sending.end(body)
  const [answer] = (await once(sending, 'response')) as [IncomingMessage]
  const { 'transfer-encoding': ___, connection: ____, ...kept } = answer.headers
  return { status: answer.statusCode ?? 502, headers: kept, body: Buffer.concat(await answer.toArray()) }
}
