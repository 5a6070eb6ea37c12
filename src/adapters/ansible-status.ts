import type { Live } from '../ports/deployer.ts'
import type { AnsibleEvent } from './ansible-events.ts'
import { hostResults } from './ansible-hosts.ts'

/** Longer than any version or image reference that people read. */
const VERSION_MAX = 256

/** How many hosts are named where they do not agree. */
const NAMED_MAX = 10

/**
 * What is live, by the fact `seamless_live` that the status playbook set on each host. Hosts that do not agree are a release
 * half done, which nobody can name: it says which has what.
 */
export function liveOnHosts(events: readonly AnsibleEvent[], playbook: string): Live {
  const hosts = hostResults(events).map(({ host }) => host)
  const told = new Map(
    events.flatMap((one) =>
      one.event === 'ok' && one.live !== undefined ? [[one.host, one.live.trim()] as const] : [],
    ),
  )
  const silent = hosts.filter((host) => !told.has(host))
  if (hosts.length === 0) return unknown(`${playbook} ran on no host of the inventory.`)
  if (silent.length > 0) {
    return unknown(
      `${playbook} set no fact "seamless_live" on ${listed(silent)}. It must set it on each host (set_fact), to the version that runs there or to "".`,
    )
  }
  const versions = [...new Set(told.values())]
  const [version = ''] = versions
  if (versions.length > 1) {
    const which = hosts.map((host) => `${host} has ${told.get(host) || 'nothing'}`)
    return unknown(`the hosts do not agree: ${listed(which)}.`)
  }
  if (version === '') return { kind: 'empty' }
  // oxlint-disable-next-line no-control-regex -- a version has none
  if (version.length > VERSION_MAX || /[\u0000-\u001F\u007F]/.test(version)) {
    const start = JSON.stringify(version.slice(0, 80))
    return unknown(`${playbook} set "seamless_live" to what is no name of a version (${start}).`)
  }
  return { kind: 'live', version }
}

function unknown(why: string): Live {
  return { kind: 'unknown', why }
}

function listed(all: readonly string[]): string {
  const more = all.length - NAMED_MAX
  return more <= 0 ? all.join(', ') : `${all.slice(0, NAMED_MAX).join(', ')} and ${more} more`
}
