import type { AnsibleEvent } from './ansible-events.ts'

/** The receipt carries it. */
const SHOWN_MAX = 64 * 1024

/**
 * What a playbook under `--check --diff` would change, a paragraph for each task and each way in which it changes hosts.
 * What `no_log` hides is named and not shown. `root` is the checkout's folder. Empty where nothing would change.
 */
export function playDifference(events: readonly AnsibleEvent[], root: string): string {
  const shown = new Set(events.flatMap((one) => (one.event === 'diff' ? [`${one.host}\n${one.task}`] : [])))
  const changes = events.flatMap((one) => changeOf(one, shown, root) ?? [])
  const alike = Map.groupBy(changes, ({ task, what }) => `${task}\n${what}`)
  const paragraphs = [...alike.values()].map((same) => {
    const hosts = [...new Set(same.map(({ host }) => host))].sort().join(', ')
    return `${same[0]?.task} on ${hosts}${same[0]?.what}`
  })
  const text = paragraphs.join('\n\n')
  return text.length <= SHOWN_MAX ? text : `${text.slice(0, SHOWN_MAX)}\n… (cut after 64 KiB)`
}

interface Change {
  readonly host: string
  readonly task: string
  readonly what: string
}

function changeOf(one: AnsibleEvent, shown: ReadonlySet<string>, root: string): Change | undefined {
  const of = (what: string): Change | undefined =>
    one.event === 'stats' ? undefined : { host: one.host, task: one.task, what }
  switch (one.event) {
    case 'diff':
      return of(one.diff.trim() === '' ? ': changes' : `:\n${tidy(one.diff, root)}`)
    case 'ok':
      if (!one.changed || shown.has(`${one.host}\n${one.task}`)) return undefined
      return of(one.hidden ? ': changes (hidden by no_log)' : ': changes')
    case 'skipped':
      return /check mode/.test(one.msg) ? of(': runs, and nobody knows what it changes') : undefined
    default:
      return undefined
  }
}

/** Without the temporary file that Ansible before 2.19 compares with, and without where the checkout is. */
function tidy(diff: string, root: string): string {
  return diff
    .replace(/^\+\+\+ after: \S*\/ansible-local-\S+$/gm, '+++ after')
    .replaceAll(`+++ after: ${root}/`, '+++ after: ')
    .trimEnd()
}
