import type { HeadChange, PullFacts, PullRequestFacts } from '../../../src/ports/pull-facts.ts'

export interface MemoryPullFacts extends PullRequestFacts {
  /** What GitHub knows; replaced as a whole when something changes. */
  readonly pulls: Map<number, PullFacts>
  /** By pull request, oldest first; one without an entry: nobody knows. */
  readonly changes: Map<number, HeadChange[]>
  /** `<commit>:<path>` → text. */
  readonly files: Map<string, string>
  /** Makes an open pull request; what is not said is fine. */
  open(more: Partial<PullFacts> & Pick<PullFacts, 'number' | 'head'>): PullFacts
  /** Its head moves, as by a push. */
  push(pull: number, change: HeadChange): void
  /** Called before each look at a head: where a test lets a push slip in. */
  beforeHead: (() => void) | undefined
  failure: Error | undefined
}

/** Pull requests as a test says they are. */
export function memoryPullFacts(): MemoryPullFacts {
  const pulls = new Map<number, PullFacts>()
  const changes = new Map<number, HeadChange[]>()
  const files = new Map<string, string>()
  const unlessFailing = (): void => {
    if (facts.failure !== undefined) throw facts.failure
  }
  const facts: MemoryPullFacts = {
    pulls,
    changes,
    files,
    beforeHead: undefined,
    failure: undefined,
    open(more) {
      const pull: PullFacts = { ...fine(more.number), ...more }
      pulls.set(pull.number, pull)
      return pull
    },
    push(number, change) {
      const pull = pulls.get(number)
      if (pull === undefined) throw new Error(`there is no pull request ${number}`)
      pulls.set(number, { ...pull, head: change.sha })
      changes.set(number, [...(changes.get(number) ?? []), change])
    },
    async read(number) {
      unlessFailing()
      return pulls.get(number)
    },
    async head(number) {
      facts.beforeHead?.()
      unlessFailing()
      const pull = pulls.get(number)
      return pull && { head: pull.head, state: pull.state }
    },
    async heads({ number }) {
      unlessFailing()
      return changes.get(number)
    },
    async file(commit, path) {
      unlessFailing()
      return files.get(`${commit}:${path}`)
    },
  }
  return facts
}

function fine(number: number): Omit<PullFacts, 'head'> {
  return {
    number,
    title: `Change ${number}`,
    url: `https://github.example/acme/shop/pull/${number}`,
    author: { id: 7, login: 'ada' },
    state: 'open',
    draft: false,
    headBranch: `feature-${number}`,
    base: 'main',
    fork: false,
    labels: [],
    checks: { kind: 'known', required: [], others: [] },
    reviews: { decision: 'none', opinions: [] },
    behindBy: 0,
  }
}
