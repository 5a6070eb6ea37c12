import type { GitHubRepository } from './client.ts'
import { isAmbiguous, statusOf } from './request-policy.ts'

/** A write whose answer got lost is tried again at most so often. */
const ATTEMPTS = 3

/**
 * Makes something exactly once, as far as GitHub lets anybody see: it is looked for first, and looked for again whenever
 * the answer to its making leaves open whether it was made: a lost answer, or a 422, which says that somebody was faster.
 */
export async function ensure<Thing>(
  { clock, signal }: Pick<GitHubRepository, 'clock' | 'signal'>,
  { find, make, isFirst = false }: Ensured<Thing>,
): Promise<Thing> {
  let failure: unknown
  for (let attempt = 1; ; attempt += 1) {
    const found = isFirst && attempt === 1 ? undefined : await find()
    if (found !== undefined) return found
    if (failure !== undefined && (!isAmbiguous(failure) || attempt > ATTEMPTS)) throw failure
    try {
      return await make()
    } catch (error) {
      if (!isAmbiguous(error) && statusOf(error) !== 422) throw error
      failure = error
      if (isAmbiguous(error)) await clock.sleep(2000 * attempt, signal)
    }
  }
}

export interface Ensured<Thing> {
  readonly find: () => Promise<Thing | undefined>
  readonly make: () => Promise<Thing>
  /** It cannot be there yet: looked for only after an answer that leaves it open. */
  readonly isFirst?: boolean
}

/** Repeats a write that changes nothing when it is done twice, as long as its answer gets lost. */
export async function repeat<Answer>(
  { clock, signal }: Pick<GitHubRepository, 'clock' | 'signal'>,
  write: () => Promise<Answer>,
): Promise<Answer> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await write()
    } catch (error) {
      if (!isAmbiguous(error) || attempt === ATTEMPTS) throw error
      await clock.sleep(2000 * attempt, signal)
    }
  }
}
