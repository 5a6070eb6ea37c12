import type { IncomingMessage } from 'node:http'

export interface BodyLimits {
  /** Of one body. */
  readonly maxBytes: number
  /** From its first byte to its last (ms). */
  readonly timeoutMs: number
}

export type BodyRead =
  | { readonly kind: 'whole'; readonly body: Buffer }
  | { readonly kind: 'too_large' }
  | { readonly kind: 'too_slow' }
  /** All bodies together are more than we hold at a time. */
  | { readonly kind: 'too_many' }
  /** The sender went away. */
  | { readonly kind: 'cut' }

/** How many bytes of bodies may be held at once, of all requests: what is not yet verified must not fill the memory. */
export class BodyBudget {
  private left: number

  constructor(bytes: number) {
    this.left = bytes
  }

  take(bytes: number): boolean {
    if (bytes > this.left) return false
    this.left -= bytes
    return true
  }

  giveBack(bytes: number): void {
    this.left += bytes
  }
}

/** The whole body or why not. After anything but `whole` the connection is of no more use: the rest of the body is in it. */
export function readBody(
  request: IncomingMessage,
  limits: BodyLimits,
  budget: BodyBudget,
): Promise<BodyRead> {
  if (Number(request.headers['content-length'] ?? 0) > limits.maxBytes)
    return Promise.resolve({ kind: 'too_large' })
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    let bytes = 0
    const end = (read: BodyRead): void => {
      clearTimeout(timer)
      request.off('data', take).off('end', whole).off('close', cut).off('error', cut)
      // Without a reader errors would be thrown; what still comes is not kept.
      request.on('error', () => {})
      request.pause()
      budget.giveBack(bytes)
      resolve(read)
    }
    const take = (chunk: Buffer): void => {
      if (bytes + chunk.byteLength > limits.maxBytes) return end({ kind: 'too_large' })
      if (!budget.take(chunk.byteLength)) return end({ kind: 'too_many' })
      bytes += chunk.byteLength
      chunks.push(chunk)
    }
    const whole = (): void => end({ kind: 'whole', body: Buffer.concat(chunks) })
    const cut = (): void => end({ kind: 'cut' })
    const timer = setTimeout(() => end({ kind: 'too_slow' }), limits.timeoutMs)
    request.on('data', take).on('end', whole).on('close', cut).on('error', cut)
  })
}
