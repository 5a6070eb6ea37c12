import type { Live } from '../ports/deployer.ts'
import type { Version } from './facts.ts'

/** What a deployer's status says, within a sentence. */
export function liveText(live: Live): string {
  if (live.kind === 'unknown') return live.why
  return live.kind === 'empty' ? 'nothing is live' : `${live.version} is live`
}

/** Whether a deployer's status names this version: by its name, or by its commit's full id. */
export function isLive(live: Live, { name, sha }: Version): boolean {
  return live.kind === 'live' && (live.version === name || live.version === sha)
}
