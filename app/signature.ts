import { createHmac, timingSafeEqual } from 'node:crypto'

/**
 * Whether GitHub signed these bytes: `X-Hub-Signature-256` of a secret that is in use. The older SHA-1 header is not looked at.
 * All secrets are tried and each comparison takes the same time, so that an answer's delay tells nothing of either.
 */
export function isSigned(body: Uint8Array, header: string, secrets: readonly string[]): boolean {
  const said = signatureOf(header)
  if (said === undefined) return false
  let matches = false
  for (const secret of secrets) {
    if (timingSafeEqual(createHmac('sha256', secret).update(body).digest(), said)) matches = true
  }
  return matches
}

/** The 32 bytes of a well-formed header; node's own decoder would skip over what is no hexadecimal digit. */
export function signatureOf(header: string | undefined): Buffer | undefined {
  const [, hex] = /^sha256=([0-9a-f]{64})$/.exec(header ?? '') ?? []
  return hex === undefined ? undefined : Buffer.from(hex, 'hex')
}
