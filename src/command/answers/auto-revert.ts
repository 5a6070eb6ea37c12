import { code } from '../../report/markdown.ts'
import type { AutoRevert } from '../../revert/auto-revert.ts'
import type { Breaker } from '../../revert/breaker.ts'
import { utc } from '../lock-text.ts'

/** The answer to `/autorevert on|off`: who, what it means, how it was. */
export function autoRevertText(said: {
  readonly isOn: boolean
  /** Login. */
  readonly by: string
  readonly before: AutoRevert
  /** The environments whose breaker is closed by it. */
  readonly open: readonly string[]
}): string {
  const { isOn, by, before, open } = said
  const what = isOn
    ? `🟢 ${code(by)} switched automatic reverts on: a merge that users would notice is taken back by itself wherever the configuration says ${code('revert: auto')}.`
    : `🛑 ${code(by)} switched automatic reverts off: no merge of this repository is taken back by itself until ${code('/autorevert on')}. Environments are watched and rolled back as before, and ${code('/revert')} by a person works.`
  const closed = open.length === 0 ? [] : [`Breakers closed: ${open.map((name) => code(name)).join(', ')}.`]
  return [what, ...closed, `Until now: ${switchText(before)}`].join(' ')
}

/** How the switch stands, and by whom: the end of a sentence. */
export function switchText(found: AutoRevert): string {
  if (found.state === 'unknown')
    return `⚠️ unreadable, so that nothing is taken back by itself; ${code('/autorevert on')} or ${code('/autorevert off')} mends it.`
  const { state, by, atMs } = found
  const since = atMs === undefined ? '' : ` since ${utc(atMs)}`
  return by === undefined ? `${state}, as nobody said otherwise.` : `${state}, by ${code(by.login)}${since}.`
}

/** One that is open, in a sentence; nothing of one that is closed. */
export function breakerText(environment: string, breaker: Breaker): string | undefined {
  const until = `no merge is taken back by itself until a version is healthy there, or somebody says ${code('/autorevert on')}.`
  switch (breaker.state) {
    case 'closed':
      return undefined
    case 'unknown':
      return `🛑 The breaker of ${code(environment)} cannot be read and counts as open: ${until}`
    case 'open':
      return `🛑 The breaker of ${code(environment)} is open since ${utc(breaker.openedAtMs)} (${code(breaker.why, 300)}): ${until}`
  }
}
