import { once } from 'node:events'
import { connect as overTcp, isIP, type LookupFunction, type Socket } from 'node:net'
import { connect as overTls, TLSSocket } from 'node:tls'
import { certificateEnd } from './certificate-end.ts'
import { failureOf, type TlsMaterial } from './http-request.ts'
import { inTime } from './in-time.ts'

export interface ConnectRequest {
  /** A name, or an address without brackets. */
  readonly host: string
  readonly port: number
  /** A TLS handshake too, and whom to believe in it. */
  readonly tls?: TlsMaterial
  readonly timeoutMs: number
  readonly lookup: LookupFunction
}

/** What the handshake showed; nothing over plain TCP. */
export interface Connected {
  readonly certificateEndsMs?: number
}

/**
 * Opens a connection, and closes it again without a word.
 * @throws HttpFailure, or the signal's reason when it is aborted.
 */
export async function connectOnce(request: ConnectRequest, signal: AbortSignal): Promise<Connected> {
  const { host, port, timeoutMs } = request
  const where = `${host.includes(':') ? `[${host}]` : host}:${port}`
  return inTime(
    { timeoutMs, signal },
    (end) => handshake(request, end),
    (error, late) => failureOf({ where, timeoutMs }, error, late),
  )
}

async function handshake(request: ConnectRequest, signal: AbortSignal): Promise<Connected> {
  const socket = open(request)
  try {
    await once(socket, request.tls === undefined ? 'connect' : 'secureConnect', { signal })
    const certificateEndsMs = socket instanceof TLSSocket ? certificateEnd(socket) : undefined
    return certificateEndsMs === undefined ? {} : { certificateEndsMs }
  } finally {
    // What is still under way may fail once more, when nobody listens.
    socket.on('error', () => {}).destroy()
  }
}

function open({ host, port, tls, lookup }: ConnectRequest): Socket {
  if (tls === undefined) return overTcp({ host, port, lookup })
  // Addresses have no name that a server could be asked for (RFC 6066, 3).
  return overTls({ host, port, lookup, ...tls, ...(isIP(host) === 0 ? { servername: host } : {}) })
}
