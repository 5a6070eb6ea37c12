import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

/** Paths of PEM files. */
interface Issued {
  readonly cert: string
  readonly key: string
}

/** An authority of a suite's own, in a folder of its own. */
export interface Authority extends Issued {
  readonly folder: string
  /** A certificate for a server on 127.0.0.1 and for a client alike, for so many days from now (below zero: expired). */
  issue(name: string, days?: number): Issued
  remove(): void
}

/** Whether there is an `openssl` on the PATH. */
export function hasOpenssl(): boolean {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** An authority whose own certificate holds for ten years. Needs openssl. */
export function newAuthority(): Authority {
  const folder = mkdtempSync(path.join(tmpdir(), 'seamless-certificates-'))
  const openssl = (...args: string[]): void =>
    void execFileSync('openssl', args, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] })
  const place = (name: string): Issued => ({
    cert: path.join(folder, `${name}.crt`),
    key: path.join(folder, `${name}.key`),
  })
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'] as const
  const subject = (name: string) => ['-subj', `/CN=${name}`] as const
  const root = place('ca')
  openssl(
    'req',
    '-x509',
    ...key,
    ...subject('suite'),
    '-days',
    '3650',
    '-keyout',
    root.key,
    '-out',
    root.cert,
  )
  writeFileSync(
    path.join(folder, 'leaf.cnf'),
    'basicConstraints=CA:FALSE\nsubjectAltName=IP:127.0.0.1,DNS:localhost\nextendedKeyUsage=serverAuth,clientAuth\n',
  )
  return {
    ...root,
    folder,
    issue(name, days = 30) {
      const issued = place(name)
      openssl('req', ...key, ...subject(name), '-keyout', issued.key, '-out', `${name}.csr`)
      const by = ['-CA', root.cert, '-CAkey', root.key, '-CAcreateserial', '-extfile', 'leaf.cnf']
      openssl('x509', '-req', '-in', `${name}.csr`, ...by, '-days', String(days), '-out', issued.cert)
      return issued
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}
