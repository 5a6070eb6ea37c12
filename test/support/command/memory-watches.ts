import type { VerdictCounts, WatchOrder, Watches, WatchStanding } from '../../../src/ports/watches.ts'

export interface MemoryWatches extends Watches {
  /** Every watch there ever was, oldest first. */
  readonly all: WatchStanding[]
  /** The orders that were taken, in order. */
  readonly taken: { readonly deployment: string; readonly order: WatchOrder }[]
  refreshed: number
  counted: VerdictCounts
  /** Called once, before an order is looked at: what happens in the moment between. */
  beforeOrder: (() => void) | undefined
  /** Begins one, or goes on with it. */
  watch(standing: Partial<WatchStanding> & Pick<WatchStanding, 'deployment' | 'environment'>): void
}

/** The App's watches of a repository as commands see them: an order is carried out at once. */
export function memoryWatches(): MemoryWatches {
  const all: WatchStanding[] = []
  const put = (standing: WatchStanding): void => {
    const at = all.findIndex(({ deployment }) => deployment.id === standing.deployment.id)
    all.splice(at < 0 ? all.length : at, 1, standing)
  }
  const watches: MemoryWatches = {
    all,
    taken: [],
    refreshed: 0,
    counted: { right: 0, wrong: 0, missed: 0, open: 0 },
    beforeOrder: undefined,
    watch: (standing) => put({ state: 'open', paused: false, line: 'no worse so far', ...standing }),
    current: async (environment) => all.findLast((one) => one.environment === environment),
    async order(deployment, order) {
      const { beforeOrder } = watches
      watches.beforeOrder = undefined
      beforeOrder?.()
      const found = all.find((one) => one.deployment.id === deployment)
      if (found === undefined || found.state === 'ended') return 'over'
      watches.taken.push({ deployment, order })
      put(after(found, order))
      return 'taken'
    },
    async refresh() {
      watches.refreshed += 1
    },
    counts: async () => watches.counted,
  }
  return watches
}

function after(found: WatchStanding, { kind, by }: WatchOrder): WatchStanding {
  if (kind === 'pause') return { ...found, paused: true }
  if (kind === 'continue') return { ...found, paused: false }
  const line = `${kind === 'promote' ? 'promoted' : 'accepted'} by ${by.login}`
  return { ...found, state: 'ended', paused: false, verdict: 'healthy', line }
}
