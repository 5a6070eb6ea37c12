import { X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createSecureContext } from 'node:tls'
import type { TlsFiles } from '../config/source-access.ts'
import { UsageError } from '../errors.ts'
import type { TlsMaterial } from './http-request.ts'

/** What the files of a source hold. Error: `UsageError` that names the file at fault, and nothing of what is in it. */
export async function readTlsFiles(source: string, files: TlsFiles): Promise<TlsMaterial> {
  const { ca, client } = files
  const material: TlsMaterial = {
    ...(ca === undefined ? {} : { ca: await readPem(source, ca, 'CERTIFICATE') }),
    ...(client === undefined
      ? {}
      : {
          cert: await readPem(source, client.cert, 'CERTIFICATE'),
          key: await readPem(source, client.key, 'PRIVATE KEY'),
        }),
  }
  try {
    createSecureContext(material)
  } catch (error) {
    throw new UsageError(`source ${source}: ${misfit(error, files)}`, { cause: error })
  }
  return material
}

async function readPem(source: string, path: string, what: 'CERTIFICATE' | 'PRIVATE KEY'): Promise<string> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'
    throw new UsageError(`source ${source}: ${path} cannot be read (${code}).`, { cause: error })
  })
  if (what === 'CERTIFICATE' ? isCertificate(text) : text.includes(`${what}-----`)) return text
  const expected = what === 'CERTIFICATE' ? 'a certificate' : 'a private key'
  throw new UsageError(`source ${source}: ${path} holds no PEM text of ${expected}.`)
}

/** A secure context takes what it cannot read for an authority, and then believes nobody. */
function isCertificate(text: string): boolean {
  try {
    return new X509Certificate(text).fingerprint256 !== ''
  } catch {
    return false
  }
}

function misfit(error: unknown, { ca, client }: TlsFiles): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'
  if (client === undefined) return `${ca} cannot be used (${code}).`
  if (code === 'ERR_OSSL_X509_KEY_VALUES_MISMATCH') return `${client.key} is not the key of ${client.cert}.`
  const files = [client.cert, client.key, ...(ca === undefined ? [] : [ca])].join(', ')
  return `one of ${files} cannot be used (${code}); a key must not have a passphrase.`
}
