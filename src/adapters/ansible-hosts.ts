import type { AnsibleEvent, AnsibleResult, HostCounts } from './ansible-events.ts'

/** How one host fared in a playbook. */
export interface HostResult {
  readonly host: string
  readonly state: 'well' | 'failed' | 'unreachable'
  /**
   * `perhaps`: nothing says that it was changed, but something began there that may have changed it, such as a command
   * that failed.
   */
  readonly changed: 'yes' | 'no' | 'perhaps'
  /** Tasks that changed it. */
  readonly changes: number
  /** Tasks that were done there, changing it or not. */
  readonly ok: number
  /** The task that failed, where it is not well. */
  readonly fault?: Fault
  /** The task that had begun there and not ended, where the run was stopped. */
  readonly running?: string
}

export interface Fault {
  readonly task: string
  /** What Ansible said of it; unmasked. */
  readonly why: string
}

type HostEvent = Exclude<AnsibleEvent, { event: 'stats' }>

/** The hosts in the order in which the playbook came to them. */
export function hostResults(events: readonly AnsibleEvent[]): HostResult[] {
  const stats = events.findLast((one) => one.event === 'stats')
  const byHost = Map.groupBy(
    events.filter((one): one is HostEvent => one.event !== 'stats'),
    ({ host }) => host,
  )
  return [...byHost].map(([host, own]) => hostResult(host, own, stats?.hosts[host]))
}

/** Tasks that began on some host, other than what Ansible does by itself. With tags or patterns that match nothing: none. */
export function hasTasks(events: readonly AnsibleEvent[]): boolean {
  return events.some((one) => one.event !== 'stats' && !isAction(one.action, ['setup', 'gather_facts']))
}

function hostResult(host: string, own: readonly HostEvent[], counts: HostCounts | undefined): HostResult {
  const ended = own.filter((one): one is AnsibleResult => one.event !== 'start')
  const last = ended.findLast(isFault)
  const bad = last !== undefined && isBad(last, counts) ? last : undefined
  const state = bad === undefined ? 'well' : bad.event === 'unreachable' ? 'unreachable' : 'failed'
  const done = ended.filter(({ event }) => event === 'ok')
  const changes = done.filter(({ changed }) => changed).length
  const running = runningTask(own)
  return {
    host,
    state,
    changed: changes > 0 ? 'yes' : own.some((one) => mayChange(one, running)) ? 'perhaps' : 'no',
    changes,
    ok: done.length,
    ...(bad && { fault: { task: bad.task, why: whyOf(bad, ended) } }),
    ...(running && { running: running.task }),
  }
}

function isFault(one: AnsibleResult): boolean {
  return one.event === 'unreachable' || (one.event === 'failed' && !one.ignored)
}

/** What a `rescue` took care of is no fault of the host; only the counts at the end know. A run that was stopped has none. */
function isBad({ event }: AnsibleResult, counts: HostCounts | undefined): boolean {
  if (counts === undefined) return true
  return event === 'unreachable' ? counts.unreachable > 0 : counts.failures > 0
}

/** The tasks of a host come one after the other: only the last can be under way. */
function runningTask(own: readonly HostEvent[]): HostEvent | undefined {
  const begun = own.findLastIndex(({ event }) => event === 'start')
  const isOver = own.slice(begun + 1).some(({ event }) => event !== 'diff' && event !== 'item_failed')
  return begun === -1 || isOver ? undefined : own[begun]
}

/** What only looks, thinks or speaks. */
const HARMLESS = [
  'setup gather_facts assert fail debug set_fact ping stat wait_for wait_for_connection pause meta',
  'include_tasks import_tasks include_role import_role include_vars validate_argument_spec group_by add_host',
].flatMap((names) => names.split(' '))

/** Whose word that nothing changed is only what the playbook says of it (`changed_when`). */
const ANYTHING = ['command', 'shell', 'raw', 'script', 'expect', 'uri']

function mayChange(one: HostEvent, running: HostEvent | undefined): boolean {
  if (isAction(one.action, HARMLESS)) return false
  switch (one.event) {
    case 'start':
      return one === running
    case 'ok':
      return isAction(one.action, ANYTHING)
    case 'failed':
    case 'item_failed':
      return true
    case 'unreachable':
      return !isNeverReached(one.msg)
    case 'skipped':
    case 'diff':
      return false
  }
}

/** As ssh says it before anybody is logged in; a connection that broke later says other things. */
export function isNeverReached(msg: string): boolean {
  return /ssh: connect to host|Could not resolve hostname|Permission denied \(|Host key verification failed|REMOTE HOST IDENTIFICATION HAS CHANGED/.test(
    msg,
  )
}

function isAction(action: string, names: readonly string[]): boolean {
  return names.includes(action.replace(/^ansible\.(?:builtin|legacy)\./, ''))
}

/** Of a loop it is the item that says why; of a command what it printed last. */
function whyOf(bad: AnsibleResult, ended: readonly AnsibleResult[]): string {
  if (bad.hidden) return 'what it said is hidden by no_log'
  const before = ended.slice(0, ended.indexOf(bad))
  const items = before.slice(
    before.findLastIndex(({ event }) => event !== 'item_failed' && event !== 'diff') + 1,
  )
  const item = items.findLast(({ event }) => event === 'item_failed')
  const { msg, stdout, stderr, module_stderr, module_stdout } = item ?? bad
  const said = [stderr, module_stderr, stdout, module_stdout].find((text) => text.trim() !== '') ?? ''
  const first = firstParagraph(msg)
  const last = said.trim().split('\n').at(-1)?.trim() ?? ''
  return [first, first.includes(last) ? '' : last].filter((text) => text !== '').join(': ')
}

/** What comes after it quotes the playbook. */
function firstParagraph(msg: string): string {
  const text = msg.replace(/^(?:Task failed: |Module failed: |Action failed: )+/, '').trim()
  return text.split(/\n\s*\n/)[0]?.replace(/\s+/g, ' ') ?? ''
}
