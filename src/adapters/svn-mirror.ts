import { copyFile, lstat, mkdir, readdir, readFile, readlink, rm, symlink } from 'node:fs/promises'
import { join } from 'node:path'

import { VersionControlError } from '../errors.ts'

/** svn's own folder at the top of a working copy: neither content nor ours to touch. */
const ADMIN = '.svn'

/**
 * Makes one folder's content like another's, but for `.svn` at the top of each. Equal files are left alone. Errors:
 * `VersionControlError` for a working copy or repository within the content, whose files would be lost.
 */
export async function mirrorFolder(from: string, to: string): Promise<void> {
  await mirror(from, to, '')
}

async function mirror(from: string, to: string, below: string): Promise<void> {
  const wanted = await namesIn(join(from, below), below)
  const there = await namesIn(join(to, below), below)
  for (const name of there) {
    if (!wanted.includes(name)) await rm(join(to, below, name), { recursive: true, force: true })
  }
  for (const name of wanted) await mirrorEntry(from, to, below === '' ? name : `${below}/${name}`)
}

async function namesIn(folder: string, below: string): Promise<string[]> {
  const names = await readdir(folder)
  const nested = below === '' ? undefined : names.find((name) => name === ADMIN || name === '.git')
  if (nested === undefined) return names.filter((name) => name !== ADMIN)
  throw new VersionControlError(
    `The change has a checkout of its own at ${JSON.stringify(below)}, whose files would be lost. Remove its ${nested} or make it elsewhere.`,
  )
}

async function mirrorEntry(from: string, to: string, path: string): Promise<void> {
  const [source, target] = [join(from, path), join(to, path)]
  const [wanted, there] = await Promise.all([kindOf(source), kindOf(target)])
  if (there !== undefined && there !== wanted) await rm(target, { recursive: true })
  if (wanted === 'folder') {
    await mkdir(target, { recursive: true })
    return mirror(from, to, path)
  }
  if (there === wanted && (await isSame(wanted, source, target))) return
  await rm(target, { force: true })
  // A copy has the file's mode too: what is executable when svn first sees it stays so.
  if (wanted === 'link') await symlink(await readlink(source), target)
  else await copyFile(source, target)
}

type Kind = 'folder' | 'file' | 'link'

/** Error: `VersionControlError` for a socket, a device and their like. */
async function kindOf(path: string): Promise<Kind | undefined> {
  const info = await lstat(path).catch(() => undefined)
  if (info === undefined) return undefined
  if (info.isSymbolicLink()) return 'link'
  if (info.isDirectory()) return 'folder'
  if (info.isFile()) return 'file'
  throw new VersionControlError(
    `${JSON.stringify(path)} is neither a file, a folder nor a link, so it cannot be committed.`,
  )
}

async function isSame(kind: Kind | undefined, one: string, other: string): Promise<boolean> {
  if (kind === 'link') return (await readlink(one)) === (await readlink(other))
  const [a, b] = await Promise.all([lstat(one), lstat(other)])
  return a.size === b.size && a.mode === b.mode && (await readFile(one)).equals(await readFile(other))
}
