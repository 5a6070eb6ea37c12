import { createHash, randomUUID } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { chmod, mkdir, realpath, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'

import { ArtifactMismatch } from '../errors.ts'
import type { Artifact } from '../ports/builder.ts'
import { isBelow } from './path-inside.ts'

/**
 * What was built, kept by digest, so that later jobs deploy the very bytes. Images are passed over: a registry has them,
 * and whoever asks for one by its digest gets these very bytes or none.
 */
export interface ArtifactStore {
  /** Takes a file in; `name` is its path below `folder`. */
  keep(folder: string, name: string): Promise<Artifact>
  /** Reads every byte again. Error: `ArtifactMismatch` for one that is missing or has changed. */
  verify(artifacts: readonly Artifact[]): Promise<void>
  /** Puts the artefacts at their places below a folder, the very bytes of their digests. Error: `ArtifactMismatch`. */
  restore(artifacts: readonly Artifact[], directory: string): Promise<void>
}

/** A store below a folder, as a rule `<root>/.seamless/artifacts`: one file per digest, called by its hex digits. */
export function fileArtifacts(folder: string): ArtifactStore {
  return {
    keep: (directory, name) => keepFile(folder, directory, name),
    verify: async (artifacts) => {
      for (const artifact of artifacts.filter(isFile)) {
        const file = storedFile(folder, artifact)
        assertSame(artifact, await digestOf(file).catch(missing(artifact, file)))
      }
    },
    restore: async (artifacts, directory) => {
      for (const artifact of artifacts.filter(isFile)) await restoreFile(folder, artifact, directory)
    },
  }
}

function isFile({ kind }: Artifact): boolean {
  return kind === undefined
}

async function keepFile(folder: string, directory: string, name: string): Promise<Artifact> {
  await mkdir(folder, { recursive: true })
  const source = join(directory, name)
  const { mode } = await stat(source)
  const temporary = join(folder, `${randomUUID()}.new`)
  try {
    // The copy is what is digested: whatever happens to the original meanwhile, name and bytes agree.
    const { hex, bytes } = await copy(source, temporary)
    // Whether it may be executed is all that is kept of the mode, as in git.
    await chmod(temporary, 0o444)
    await rename(temporary, join(folder, hex))
    return { name, digest: `sha256:${hex}`, bytes, ...(isExecutable(mode) && { executable: true }) }
  } finally {
    await rm(temporary, { force: true })
  }
}

async function restoreFile(folder: string, artifact: Artifact, directory: string): Promise<void> {
  const stored = storedFile(folder, artifact)
  const target = await targetOf(artifact, directory)
  const temporary = join(dirname(target), `.${basename(target)}.${randomUUID()}`)
  try {
    await stat(stored).catch(missing(artifact, stored))
    assertSame(artifact, await copy(stored, temporary))
    await chmod(temporary, artifact.executable === true ? 0o755 : 0o644)
    await rename(temporary, target)
  } finally {
    await rm(temporary, { force: true })
  }
}

/** Names come from a receipt, a file that travelled: they lead nowhere but below the folder, links included. */
async function targetOf({ name }: Artifact, directory: string): Promise<string> {
  const root = await realpath(directory)
  const target = resolve(root, name)
  if (target === root || !isBelow(root, target)) throw outside(name, directory)
  await makeFolders(root, dirname(target)).catch(() => {
    throw outside(name, directory)
  })
  return target
}

/** As `mkdir -p`, but never through a link that leads out. */
async function makeFolders(root: string, folder: string): Promise<void> {
  if (folder !== root) {
    await makeFolders(root, dirname(folder))
    await mkdir(folder).catch(() => undefined)
  }
  if (!isBelow(root, await realpath(folder))) throw new Error(folder)
}

function outside(name: string, directory: string): ArtifactMismatch {
  return new ArtifactMismatch(
    `The artefact ${JSON.stringify(name)} cannot be put below ${directory}: its path leads out of it.`,
  )
}

function storedFile(folder: string, { name, digest }: Artifact): string {
  const [, hex] = /^sha256:([0-9a-f]{64})$/.exec(digest) ?? []
  if (hex !== undefined) return join(folder, hex)
  throw new ArtifactMismatch(
    `The artefact ${JSON.stringify(name)} has no sha256 digest but ${JSON.stringify(digest)}.`,
  )
}

function assertSame(artifact: Artifact, { hex, bytes }: Digested): void {
  if (artifact.digest === `sha256:${hex}` && artifact.bytes === bytes) return
  throw new ArtifactMismatch(
    `The artefact ${JSON.stringify(artifact.name)} is not what was built: expected ${artifact.digest} (${artifact.bytes} bytes), ` +
      `found sha256:${hex} (${bytes} bytes). Nothing is deployed; build again.`,
  )
}

function missing(artifact: Artifact, file: string): (cause: unknown) => never {
  return (cause) => {
    throw new ArtifactMismatch(
      `The artefact ${JSON.stringify(artifact.name)} is not in the store (${file}). ` +
        'Bring the folder .seamless/artifacts from the job that built it, or build again.',
      { cause },
    )
  }
}

interface Digested {
  readonly hex: string
  readonly bytes: number
}

async function copy(source: string, target: string): Promise<Digested> {
  const { through, digest } = digester()
  await pipeline(createReadStream(source), through, createWriteStream(target, { flags: 'wx' }))
  return digest()
}

async function digestOf(file: string): Promise<Digested> {
  const { through, digest } = digester()
  await pipeline(createReadStream(file), through.resume())
  return digest()
}

function digester(): { through: Transform; digest: () => Digested } {
  const hash = createHash('sha256')
  let bytes = 0
  const through = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk)
      bytes += chunk.length
      done(undefined, chunk)
    },
  })
  return { through, digest: () => ({ hex: hash.digest('hex'), bytes }) }
}

function isExecutable(mode: number): boolean {
  return (mode & 0o111) !== 0
}
