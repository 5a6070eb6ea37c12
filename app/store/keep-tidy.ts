import type { StorePorts } from './store.ts'

const EVERY_MS = 10 * 60_000

/** Does what PostgreSQL's background processes would do, every ten minutes; PGlite has none. */
export function keepTidy(tidy: () => Promise<void>, { clock, log }: StorePorts): { stop(): Promise<void> } {
  const stopped = new AbortController()
  const run = async (): Promise<void> => {
    while (!stopped.signal.aborted) {
      try {
        await clock.sleep(EVERY_MS, stopped.signal)
        await tidy()
      } catch (error) {
        if (!stopped.signal.aborted) log.warning(`the App's folder could not be tidied: ${String(error)}`)
      }
    }
  }
  const running = run()
  return {
    async stop() {
      stopped.abort()
      await running
    },
  }
}
