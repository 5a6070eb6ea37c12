import type { CommentIds } from '../src/github/conversation.ts'

/** Which comments of ours are kept in each repository, as far as this process has seen them. */
export interface KnownComments {
  of(repositoryId: number): CommentIds
}

/** Of those that were not written for longest, it is looked again which one it is. */
const MOST = 20_000

export function knownComments(): KnownComments {
  const ids = new Map<string, number>()
  return {
    of: (repositoryId) => ({
      idOf: (name) => ids.get(`${repositoryId}/${name}`),
      note(name, id) {
        const key = `${repositoryId}/${name}`
        ids.delete(key)
        if (id !== undefined) ids.set(key, id)
        const [oldest] = ids.keys()
        if (ids.size > MOST && oldest !== undefined) ids.delete(oldest)
      },
    }),
  }
}
