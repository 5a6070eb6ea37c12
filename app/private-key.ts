import { createPrivateKey } from 'node:crypto'
import { open, type FileHandle } from 'node:fs/promises'
import type { Environment } from './settings.ts'

export type PrivateKeyRead =
  | { readonly ok: true; readonly pem: string }
  /** What is wrong, where, and what to do; never the key. */
  | { readonly ok: false; readonly error: string }

const WHERE = 'GitHub makes it under "Private keys" in the settings of your App.'

/** A PEM of 4096 bits has 3.2 KiB. */
const MAX_BYTES = 16_384

/** The App's private key, from `PRIVATE_KEY` or from the file `PRIVATE_KEY_PATH`, which nobody but its owner may read. */
export async function privateKeyOf({
  PRIVATE_KEY: text,
  PRIVATE_KEY_PATH: path,
}: Environment): Promise<PrivateKeyRead> {
  if (text !== undefined && path !== undefined)
    return refused('PRIVATE_KEY and PRIVATE_KEY_PATH are both set: set one of them.')
  if (text !== undefined) return rsaKeyOf(text, 'PRIVATE_KEY')
  if (path !== undefined) return await readKeyFile(path)
  return refused(`PRIVATE_KEY_PATH is missing: the path of the App's private key (PEM). ${WHERE}`)
}

async function readKeyFile(path: string): Promise<PrivateKeyRead> {
  const shown = `PRIVATE_KEY_PATH (${JSON.stringify(path)})`
  let file: FileHandle | undefined
  try {
    // Looked at and read through one handle: nobody can exchange the file in between.
    file = await open(path, 'r')
    const { mode, size } = await file.stat()
    if (size > MAX_BYTES) return refused(`${shown} is too long for a private key. ${WHERE}`)
    const others = mode & 0o077
    if (others !== 0) {
      const octal = (mode & 0o777).toString(8).padStart(4, '0')
      return refused(`${shown} can be read by others (mode ${octal}): run "chmod 400" on it.`)
    }
    return rsaKeyOf(await file.readFile('utf8'), shown)
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'
    return refused(
      `${shown} cannot be read (${why}): name the file with the App's private key, readable for this user.`,
    )
  } finally {
    await file?.close()
  }
}

/** Environments that allow no line breaks carry a PEM with `\n` written out, or in base64; Probot takes both, too. */
function rsaKeyOf(text: string, where: string): PrivateKeyRead {
  const decoded = text.includes('-----BEGIN') ? text : Buffer.from(text, 'base64').toString('utf8')
  const pem = `${decoded.replaceAll('\\n', '\n').trim()}\n`
  try {
    if (createPrivateKey(pem).asymmetricKeyType === 'rsa') return { ok: true, pem }
  } catch {
    // What it says of the key is nothing that anybody needs to read.
  }
  return refused(`${where} holds no RSA private key as PEM. ${WHERE}`)
}

function refused(error: string): PrivateKeyRead {
  return { ok: false, error }
}
