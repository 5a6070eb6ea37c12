import type { Ansible } from '../config/ansible.ts'
import type { StepFailure } from '../ports/step.ts'
import { hostResults } from './ansible-hosts.ts'
import type { HostResult } from './ansible-hosts.ts'
import type { Played } from './ansible-playbook.ts'

export type Failing = Pick<Ansible, 'vault' | 'key' | 'limit' | 'tags'>

type Failed = Extract<Played['end'], { kind: 'failed' }>

/** Why a playbook did not end well, host by host: what failed where, what was under way, and what is changed now. */
export function playFailure(step: string, played: Played, settings: Failing): StepFailure {
  const end = played.end as Failed
  const hosts = hostResults(played.events)
  const said =
    hosts.length === 0 ? beforeHosts(step, played, settings) : onHosts(step, played, hosts, settings)
  const isUntouched = end.exitCode !== undefined && hosts.every(({ changed }) => changed === 'no')
  return {
    ...end.failure,
    message: played.mask(said),
    // Killed before it could say anything it may still have begun something.
    ...(isUntouched && hasSaidWhy(played, hosts) && { isUntouched: true }),
  }
}

/** A playbook that ended well and did nothing anywhere: never a success. */
export function nothingPlayed(step: string, played: Played, { limit, tags }: Failing): StepFailure {
  const within = limit === undefined ? '' : ` within the limit ${limit}`
  const tagged = tags.length === 0 ? '' : `, or no task has a tag of ${tags.join(', ')}`
  const message = `${step}: ${played.playbook} ran no task on any host: its "hosts" match nothing in the inventory${within}${tagged}. Nothing was changed.`
  return { why: 'report', message, output: played.end.output, isUntouched: true }
}

/** Ansible's own refusal, or hosts that it tells of, down to the last one. */
function hasSaidWhy({ events, errors }: Played, hosts: readonly HostResult[]): boolean {
  return hosts.length === 0 ? errors.length > 0 : events.some(({ event }) => event === 'stats')
}

function onHosts(step: string, played: Played, hosts: readonly HostResult[], settings: Failing): string {
  const { failure, exitCode } = played.end as Failed & { failure: StepFailure }
  const bad = hosts.filter(({ fault }) => fault !== undefined)
  const begun = `${step}: ${played.playbook} failed on ${bad.length} of ${hosts.length} ${hosts.length === 1 ? 'host' : 'hosts'} (exit ${exitCode}).`
  const isStopped = exitCode === undefined || bad.length === 0
  return [
    isStopped ? failure.message.replace(/ It last said: [^]*$/, '') : begun,
    ...faultTexts(bad, settings),
    ...(isStopped ? runningTexts(hosts) : []),
    ...(isStopped && bad.length === 0 && played.errors.length > 0 ? [errorText(played)] : []),
    changedText(hosts),
  ].join(' ')
}

/** More would hide what to do about them; the log has all. */
const SHOWN_HOSTS = 10

/** Hosts that failed alike are named together. */
function faultTexts(bad: readonly HostResult[], settings: Failing): string[] {
  const alike = Map.groupBy(bad, ({ fault, state }) => `${state}\n${fault?.task}\n${fault?.why}`)
  const texts = [...alike.values()].slice(0, SHOWN_HOSTS).map((hosts) => {
    const [first] = hosts
    const why = cut(first?.fault?.why ?? '')
    const advice = adviceOn(why, settings)
    const what = first?.state === 'unreachable' ? 'unreachable' : 'failed'
    return `${names(hosts)} ${what} in "${first?.fault?.task}": ${ended(why)}${advice === '' ? '' : ` ${advice}`}`
  })
  return alike.size > SHOWN_HOSTS ? [...texts, `… and ${alike.size - SHOWN_HOSTS} more faults.`] : texts
}

function runningTexts(hosts: readonly HostResult[]): string[] {
  const byTask = Map.groupBy(
    hosts.filter(({ running, fault }) => running !== undefined && fault === undefined),
    ({ running }) => running,
  )
  return [...byTask].map(([task, own]) => `It was in "${task}" on ${names(own)}.`)
}

/** What a person must know before anything else: which hosts are not as they were. */
function changedText(hosts: readonly HostResult[]): string {
  const of = (changed: HostResult['changed']): HostResult[] => hosts.filter((one) => one.changed === changed)
  const [yes, perhaps, no] = [of('yes'), of('perhaps'), of('no')]
  if (no.length === hosts.length) return 'Nothing was changed.'
  const texts = [
    yes.length > 0 ? `Changed: ${names(yes)}.` : '',
    perhaps.length > 0 ? `Perhaps changed: ${names(perhaps)}.` : '',
    no.length > 0 ? `Not changed: ${names(no)}.` : '',
  ]
  return texts.filter((text) => text !== '').join(' ')
}

const NAMED_HOSTS = 20

function names(hosts: readonly HostResult[]): string {
  const shown = hosts.slice(0, NAMED_HOSTS).map(({ host }) => host)
  const more = hosts.length - shown.length
  return more === 0 ? shown.join(', ') : `${shown.join(', ')} and ${more} more`
}

/** Ansible did not come to any host: a playbook, an inventory or a vault that it cannot read, or no Ansible at all. */
function beforeHosts(step: string, played: Played, settings: Failing): string {
  const { failure, exitCode } = played.end as Failed
  if (failure.why === 'spawn' && failure.message.includes('is not installed'))
    return `${failure.message} Install Ansible where Seamless runs ("pip install ansible-core", or "apt-get install ansible-core").`
  if (played.errors.length === 0 || exitCode === undefined) return failure.message
  const advice = adviceOn(played.errors.join('\n'), settings)
  return `${step}: ${played.playbook} was not begun (exit ${exitCode}). ${errorText(played)}${advice === '' ? '' : ` ${advice}`} Nothing was changed.`
}

/** The first line says what, a later one where; the rest quotes the playbook. */
function errorText({ errors }: Played): string {
  const text = errors.join('\n')
  const [first = ''] = errors
  const said = first.replace(/^(?:ERROR[!:] |\[ERROR\]: |ansible-playbook: error: )/, '')
  const [, yaml] = /Syntax Error while loading YAML\.\s*(.+)/.exec(text) ?? []
  const what = said.startsWith('We were unable to read') && yaml !== undefined ? `no YAML: ${yaml}` : said
  const [, file, line, column] =
    /in '([^']+)': line (\d+), column (\d+)/.exec(text) ?? /^Origin: (\S+?):(\d+):(\d+)/m.exec(text) ?? []
  const where = file === undefined ? '' : ` (${file.split('/').at(-1)}, line ${line}, column ${column})`
  return ended(`Ansible says: ${cut(what).replace(/[.]$/, '')}${where}`)
}

/** What to do about what Ansible, ssh and vault say. Source: ansible-core 2.14 and 2.19, OpenSSH 9. */
function adviceOn(said: string, { vault, key }: Failing): string {
  if (/no vault secrets (?:were )?found(?! that)/.test(said))
    return 'Name the variable with its password under "vault" of ansible.'
  if (/Decryption failed/.test(said))
    return vault === undefined ? '' : `${vault} has not the password that it was encrypted with.`
  if (/Permission denied \(/.test(said))
    return key === undefined
      ? 'Name the variable with a private key under "key" of ansible, or declare SSH_AUTH_SOCK under "secrets" to use an agent.'
      : `The key in ${key} is not one of the host's, or the user is not the one it belongs to ("ansible_user").`
  if (/Host key verification failed|IDENTIFICATION HAS CHANGED/.test(said))
    return "Write the host's key into known_hosts where Seamless runs (ssh-keyscan), having compared it."
  if (/couldn't resolve module\/action/.test(said))
    return 'Install its collection where Seamless runs ("ansible-galaxy collection install").'
  if (/sudo: a password is required|Missing sudo password|Incorrect sudo password/.test(said))
    return 'Give "ansible_become_password" from a vault, or let the user become root without one.'
  return ''
}

/** Long enough for any reason. */
const WHY_MAX = 400

function cut(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim()
  return line.length <= WHY_MAX ? line : `${line.slice(0, WHY_MAX)}…`
}

function ended(text: string): string {
  return /[.!?…]$/.test(text) ? text : `${text}.`
}
