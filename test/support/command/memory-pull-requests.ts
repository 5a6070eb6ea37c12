import type { Merge, PullRequests, RevertOutcome } from '../../../src/ports/pull-requests.ts'

export interface MemoryPullRequests extends Pick<PullRequests, 'mergeOfPull' | 'revert'> {
  /** By pull request. */
  readonly merges: Map<number, Merge>
  /** Every revert that was asked for, in order. */
  readonly asked: { readonly merge: number; readonly body: string; readonly mayMerge: boolean }[]
  /** How each comes out. */
  outcome: RevertOutcome
}

/** How merges are taken back, as a test says. */
export function memoryPullRequests(): MemoryPullRequests & PullRequests {
  const merges = new Map<number, Merge>()
  const asked: MemoryPullRequests['asked'] = []
  const pullRequest = { number: 6, url: 'https://github.example/acme/shop/pull/6', head: 'f'.repeat(40) }
  const unused = (): never => {
    throw new Error('no command asks for this')
  }
  const memory: MemoryPullRequests & PullRequests = {
    merges,
    asked,
    outcome: { kind: 'merged', pullRequest, commit: 'f'.repeat(40) },
    mergeOfPull: async (pull) => merges.get(pull),
    async revert({ number }, { body, merge: mayMerge }) {
      asked.push({ merge: number, body, mayMerge })
      return memory.outcome
    },
    open: unused,
    mergeOf: unused,
    suspects: unused,
    revertsSince: unused,
  }
  return memory
}
