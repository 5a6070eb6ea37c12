import { request } from 'node:https'

/** An object of Kubernetes as far as the fake nodes look at it. */
export interface Pod {
  readonly metadata: {
    readonly name: string
    readonly namespace: string
    readonly uid: string
    readonly deletionTimestamp?: string
    readonly annotations?: Readonly<Record<string, string>>
  }
  readonly spec: {
    readonly nodeName?: string
    readonly restartPolicy: 'Always' | 'OnFailure' | 'Never'
    readonly containers: readonly { readonly name: string; readonly image: string }[]
  }
  readonly status: { readonly phase?: string; readonly containerStatuses?: readonly unknown[] }
}

export interface KubeApi {
  ask(method: string, path: string, body?: unknown): Promise<{ status: number; body: unknown }>
}

/** The API server's REST API, with a token; for what the suite itself does beside kubectl. */
export function kubeApi(server: string, token: string): KubeApi {
  return {
    ask: (method, path, body) =>
      new Promise((resolve, reject) => {
        const sent = body === undefined ? undefined : JSON.stringify(body)
        const call = request(new URL(path, server), {
          method,
          // Its certificate is of its own making, on loopback, for this run.
          rejectUnauthorized: false,
          headers: {
            authorization: `Bearer ${token}`,
            // Node sends the body of a DELETE without saying how long it is, and the next request is lost in it.
            ...(sent !== undefined && { 'content-length': Buffer.byteLength(sent) }),
            'content-type':
              method === 'PATCH' ? 'application/strategic-merge-patch+json' : 'application/json',
          },
        })
        call.on('error', reject)
        call.on('response', (answer) => {
          const chunks: Buffer[] = []
          answer.on('data', (chunk: Buffer) => chunks.push(chunk))
          answer.on('error', reject)
          answer.on('end', () => {
            const text = Buffer.concat(chunks).toString('utf8')
            resolve({
              status: answer.statusCode ?? 0,
              body: text.startsWith('{') ? (JSON.parse(text) as unknown) : text,
            })
          })
        })
        call.end(sent)
      }),
  }
}
