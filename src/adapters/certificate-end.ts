import type { DetailedPeerCertificate, TLSSocket } from 'node:tls'

/** When the first of a peer's certificates ends (ms since the epoch): its own, or one of those that vouch for it. */
export function certificateEnd(socket: TLSSocket): number | undefined {
  let earliest: number | undefined
  let certificate: DetailedPeerCertificate | undefined = socket.getPeerCertificate(true)
  // A root is its own issuer: the chain has no end but a circle.
  const seen = new Set<string>()
  while (certificate?.valid_to !== undefined && !seen.has(certificate.fingerprint256)) {
    seen.add(certificate.fingerprint256)
    const endsMs = Date.parse(certificate.valid_to)
    if (Number.isFinite(endsMs)) earliest = Math.min(earliest ?? endsMs, endsMs)
    certificate = certificate.issuerCertificate
  }
  return earliest
}
