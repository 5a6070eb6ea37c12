/** What the demo uses of autocannon 9 (it ships no types); from its README. */
declare module 'autocannon' {
  import type { EventEmitter } from 'node:events'

  export interface Client extends EventEmitter {
    on(event: 'request', listener: () => void): this
    on(event: 'headers', listener: (response: { readonly headers: readonly string[] }) => void): this
    on(event: 'response', listener: (status: number) => void): this
    on(event: 'connError', listener: (error: Error) => void): this
  }

  export interface Options {
    readonly url: string
    readonly connections: number
    /** Requests per second and connection. */
    readonly connectionRate: number
    /** Seconds. */
    readonly duration: number
    /** Seconds. */
    readonly timeout: number
    /** Without it every slow answer is entered many times over in a histogram that nothing here reads. */
    readonly ignoreCoordinatedOmission: true
    readonly requests: readonly LoadRequest[]
    readonly setupClient: (client: Client) => void
  }

  export interface LoadRequest {
    readonly method: 'GET' | 'POST'
    readonly path: string
    readonly body?: string
    readonly headers?: Readonly<Record<string, string>>
  }

  export default function autocannon(options: Options): PromiseLike<unknown>
}
