import type { WatchPorts, WatchStep } from './watch-ports.ts'
import type { WatchRecord } from './watch-record.ts'

/**
 * One step of a watch: what a person ordered, a look at the sources, or an act. A step that died anywhere is simply done again.
 * Errors: only those of acting (`GitHubError`, the records'); a source that fails is an answer.
 */
export async function stepWatch(_record: WatchRecord, _ports: WatchPorts): Promise<WatchStep> {
  throw new Error('not yet')
}
