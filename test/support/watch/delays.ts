import { failed } from '../../../demo/load/outcome.ts'
import type { WatchedWorld } from './watched-world.ts'

/**
 * How long users had a bad version, from its first bad answer by the load generator's clock, line by line: until it was judged, until the
 * rollback was asked for, until users were back, until the revert was merged. `from`: an index of `hub.requests`.
 */
export function delaysOf(world: WatchedWorld, from: number, version: string): string {
  const bad = world.load.outcomes.filter((one) => one.version === version && failed(one))
  const firstMs = Math.min(...bad.map(({ atMs }) => atMs))
  const lastMs = Math.max(...bad.map(({ atMs }) => atMs))
  const calls = world.hub.requests.slice(from)
  const at = (what: string, is: (call: (typeof calls)[number]) => boolean): readonly [string, number] => {
    const found = calls.find(is)
    return [what, found === undefined ? Number.NaN : found.at]
  }
  const live = at('live (Deployment success)', (call) => isStatus(call, 'success'))
  const rolledBack = at('rollback dispatched', ({ operation, login }) =>
    Boolean(operation?.includes('/dispatches') && login?.startsWith('seamless')),
  )
  const judged = at(
    'judged (check failure)',
    ({ method, path, body }) =>
      method !== 'GET' &&
      path.includes('/check-runs') &&
      (body as { conclusion?: string })?.conclusion === 'failure',
  )
  const reverted = at(
    'revert merged',
    ({ method, path, login }) =>
      method === 'PUT' && path.endsWith('/merge') && Boolean(login?.startsWith('seamless')),
  )
  const begun = at(
    'watch begun: the past was read (check in progress)',
    ({ method, path, body }) =>
      method === 'POST' &&
      path.endsWith('/check-runs') &&
      (body as { status?: string })?.status === 'in_progress',
  )
  const marks = [live, begun, judged, rolledBack, ['last bad answer', lastMs] as const, reverted]
  const lines = [
    `from the first bad answer of ${version} (${bad.length} of them):`,
    ...marks.map(([what, ms]) => `  ${what}: ${((ms - firstMs) / 1000).toFixed(1)} s`),
  ]
  return lines.join('\n')
}

function isStatus({ path, body }: { path: string; body: unknown }, state: string): boolean {
  return path.endsWith('/statuses') && (body as { state?: string } | undefined)?.state === state
}
