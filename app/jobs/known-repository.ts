import { z } from 'zod'
import type { Records } from '../../src/ports/records.ts'
import type { RepositoryName } from '../octokits.ts'

/** What is needed to work on a repository that no delivery is at hand for: whose installation it is, and what it is called. */
const known = z.object({
  installationId: z.number().int(),
  id: z.number().int(),
  owner: z.string(),
  repo: z.string(),
})
export type KnownRepository = RepositoryName & { readonly installationId: number }

const KEY = 'app/repository'

export async function readRepository(records: Records): Promise<KnownRepository | undefined> {
  const read = await records.read(KEY)
  return read.kind === 'found' ? known.parse(read.record.value) : undefined
}

/** A repository is renamed, transferred, or its installation made anew: the newest delivery knows best. */
export async function noteRepository(records: Records, repository: KnownRepository): Promise<void> {
  const read = await records.read(KEY)
  const value = known.parse(repository)
  if (read.kind === 'found' && JSON.stringify(read.record.value) === JSON.stringify(value)) return
  // Whoever was faster wrote the same.
  await records.write(KEY, value, read.kind === 'found' ? read.record.revision : undefined)
}

/** `acme/shop` as the two parts of its address. Error where it is none. */
export function repositoryName(id: number, fullName: string): RepositoryName {
  const [, owner, repo] = /^([\w-]+)\/([\w.-]+)$/.exec(fullName) ?? []
  if (owner === undefined || repo === undefined)
    throw new Error(`${JSON.stringify(fullName)} is no repository's name`)
  return { id, owner, repo }
}
