import type { Client } from 'autocannon'
import type { Outcome } from './outcome.ts'

export interface RequestCounter {
  /** Follows one connection of autocannon; to be called before it connects. */
  readonly follow: (client: Client) => void
  /** How many requests sent until `atMs` are still without an answer. */
  readonly pendingUntil: (atMs: number) => number
}

interface Pending {
  readonly atMs: number
  readonly started: number
  version: string
}

/**
 * Tells what became of each request. autocannon's own counters would do but for one case: a connection that the server
 * closes in good order while a request waits on it is simply opened again, and that request is in no counter. Here a
 * request that was sent and then replaced by the next one without an answer has failed.
 */
export function countRequests(tell: (outcome: Outcome) => void): RequestCounter {
  const waiting = new Map<Client, Pending>()

  function end(client: Client, status: number): void {
    const request = waiting.get(client)
    if (!request) return
    waiting.delete(client)
    const latencyMs = performance.now() - request.started
    tell({ atMs: request.atMs, latencyMs, status, version: request.version })
  }

  function follow(client: Client): void {
    client.on('request', () => {
      end(client, 0)
      waiting.set(client, { atMs: Date.now(), started: performance.now(), version: '' })
    })
    client.on('headers', ({ headers }) => {
      const request = waiting.get(client)
      const name = headers.findIndex((text, i) => i % 2 === 0 && text.toLowerCase() === 'x-version')
      if (request && name >= 0) request.version = headers[name + 1] ?? ''
    })
    client.on('response', (status) => end(client, status))
    client.on('connError', () => end(client, 0))
  }

  function pendingUntil(atMs: number): number {
    return [...waiting.values()].filter((request) => request.atMs <= atMs).length
  }

  return { follow, pendingUntil }
}
