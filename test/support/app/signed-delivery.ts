import { createHmac, randomUUID } from 'node:crypto'
import { request } from 'node:http'

export interface SignedDelivery {
  readonly body: Buffer
  readonly headers: Record<string, string>
}

export const SECRET = '7f0c5d6b1a2e4f83907b6c5d4e3f2a1b'
export const APP_ID = 4711

/** A delivery as GitHub sends it; `headers` replaces or, with an empty text, removes some. */
export function signedDelivery(
  event: string,
  payload: unknown,
  { secret = SECRET, headers = {} }: { secret?: string; headers?: Record<string, string> } = {},
): SignedDelivery {
  const body = Buffer.isBuffer(payload)
    ? payload
    : Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload))
  const all = {
    'content-type': 'application/json',
    'user-agent': 'GitHub-Hookshot/0000000',
    'x-github-event': event,
    'x-github-delivery': randomUUID(),
    'x-github-hook-installation-target-id': String(APP_ID),
    'x-github-hook-installation-target-type': 'integration',
    'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
    ...headers,
  }
  return { body, headers: Object.fromEntries(Object.entries(all).filter(([, value]) => value !== '')) }
}

/** An issue comment on a pull request, as far as the App's door looks at it. */
export function commentPayload(text = '/deploy production'): Record<string, unknown> {
  return {
    action: 'created',
    installation: { id: 11 },
    repository: { id: 22, name: 'shop', full_name: 'acme/shop' },
    issue: { number: 3, pull_request: {} },
    comment: { id: 44, body: text },
    sender: { id: 55, login: 'dev' },
  }
}

/** Sends it by a connection of its own; headers go out as bytes, so that they can be wrong in every way. */
export function post(
  url: string,
  { body, headers }: SignedDelivery,
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const sending = request(
      url,
      { method: 'POST', headers: { ...headers, 'content-length': body.byteLength }, agent: false },
      (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString().trim() }),
        )
        response.on('error', reject)
      },
    )
    sending.on('error', reject)
    sending.end(body)
  })
}
