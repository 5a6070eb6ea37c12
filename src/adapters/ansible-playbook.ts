import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join, relative, resolve } from 'node:path'
import type { Ansible } from '../config/ansible.ts'
import type { StepContext } from '../ports/step.ts'
import { CALLBACK_PLUGIN } from './ansible-callback.ts'
import { parseEvents } from './ansible-events.ts'
import type { AnsibleEvent } from './ansible-events.ts'
import { extraVariables } from './ansible-variables.ts'
import { childEnvironment } from './child-environment.ts'
import { maskOf } from './mask.ts'
import { pathInside } from './path-inside.ts'
import type { ProcessEnd } from './run-process.ts'
import { assertInside } from './run-shell.ts'
import type { StepShell } from './run-shell.ts'

export interface Play {
  /** As the config names it, from the step's folder. */
  readonly playbook: string
  /** Only says what it would change. */
  readonly isCheck?: boolean
  /** What it leaves running on this machine keeps running: it may be the service itself. */
  readonly isKept?: boolean
}

export interface Played {
  readonly playbook: string
  readonly end: ProcessEnd
  readonly events: readonly AnsibleEvent[]
  /** From its first error on, masked; a line each. */
  readonly errors: readonly string[]
  /** Takes the step's secrets out of what Ansible tells of hosts. */
  readonly mask: (text: string) => string
}

/**
 * Runs one playbook to its end, its progress into the log. Never rejects for what Ansible does. Errors: `UsageError` for
 * paths that lead out of the checkout or do not exist, a declared secret that is not there, and reserved names.
 */
export async function runPlaybook(
  settings: Ansible,
  shell: StepShell,
  context: StepContext,
  { playbook, isCheck = false, isKept = false }: Play,
): Promise<Played> {
  const { step, directory, signal, values } = context
  await assertInside(context)
  for (const path of [playbook, ...settings.inventory])
    await pathInside(context.root, relative(context.root, resolve(directory, path)))
  const own = childEnvironment(shell.environment, { ...settings, step, values })
  const secrets = settings.secrets.flatMap((name) => own[name] ?? [])
  // Beside the checkout, and for nobody else: it has the vault's password and the key.
  const folder = await mkdtemp(join(tmpdir(), 'seamless-ansible-'))
  try {
    const files = await writeFiles(folder, settings, { own, values })
    const said: string[] = []
    const end = await shell.run({
      file: 'ansible-playbook',
      args: [...flags(settings, files, isCheck), '--', playbook],
      title: `${step}: ansible-playbook ${isCheck ? '--check --diff ' : ''}${playbook}`,
      directory,
      environment: environmentOf(own, files),
      secrets,
      signal,
      timeoutMs: settings.timeoutMs,
      background: isKept ? 'keep' : 'end',
      onLine(line) {
        said.push(line)
        if (said.length > SAID_MAX) said.shift()
        if (!isCheck) shell.log.output(step, line)
      },
    })
    const events = parseEvents(await readFile(files.events, 'utf8').catch(() => ''))
    return { playbook, end, events, errors: errorsOf(said), mask: maskOf(secrets).text }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

const SAID_MAX = 2000

interface Files {
  readonly config: string
  readonly callbacks: string
  readonly events: string
  readonly variables: string
  readonly vault?: string
  readonly key?: string
}

async function writeFiles(
  folder: string,
  { vars, vault, key }: Ansible,
  { own, values }: { own: Readonly<Record<string, string>>; values: StepContext['values'] },
): Promise<Files> {
  const write = async (name: string, text: string): Promise<string> => {
    const path = join(folder, name)
    await writeFile(path, text, { mode: 0o600 })
    return path
  }
  await write('seamless_events.py', CALLBACK_PLUGIN)
  return {
    callbacks: folder,
    config: await write('ansible.cfg', '[defaults]\n'),
    events: await write('events.jsonl', ''),
    variables: await write('variables.json', JSON.stringify(extraVariables(vars, values))),
    ...(vault !== undefined && { vault: await write('vault', `${own[vault] ?? ''}\n`) }),
    // OpenSSH reads no key without a line end, and secrets are often pasted without it.
    ...(key !== undefined && {
      key: await write('key', `${(own[key] ?? '').replaceAll('\r\n', '\n').trimEnd()}\n`),
    }),
  }
}

/** With `=`, so that no value can be taken for a flag. */
function flags({ inventory, limit, tags }: Ansible, files: Files, isCheck: boolean): string[] {
  return [
    ...inventory.map((path) => `--inventory=${path}`),
    ...(limit === undefined ? [] : [`--limit=${limit}`]),
    ...(tags.length === 0 ? [] : [`--tags=${tags.join(',')}`]),
    `--extra-vars=@${files.variables}`,
    ...(files.vault === undefined ? [] : [`--vault-password-file=${files.vault}`]),
    ...(files.key === undefined ? [] : [`--private-key=${files.key}`]),
    ...(isCheck ? ['--check', '--diff'] : []),
  ]
}

function environmentOf(
  own: Readonly<Record<string, string>>,
  { config, callbacks, events }: Files,
): Record<string, string> {
  const others = own['ANSIBLE_CALLBACK_PLUGINS']
  return {
    // A file that Ansible cannot read would else be a warning, and "localhost" all that is deployed to.
    ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED: 'true',
    ANSIBLE_RETRY_FILES_ENABLED: 'false',
    ANSIBLE_NOCOWS: 'true',
    ...inUtf8(own),
    // Never the one in the checkout: it could name plugins, and where they are.
    ANSIBLE_CONFIG: config,
    ANSIBLE_CALLBACK_PLUGINS: others === undefined ? callbacks : `${callbacks}${delimiter}${others}`,
    ANSIBLE_NOCOLOR: 'true',
    ANSIBLE_FORCE_COLOR: 'false',
    SEAMLESS_ANSIBLE_EVENTS: events,
  }
}

/** Without a UTF-8 locale Ansible does not start, and many a runner has `LC_ALL=C` or none. */
export function inUtf8(environment: Readonly<Record<string, string>>): Record<string, string> {
  const [locale = ''] = ['LC_ALL', 'LC_CTYPE', 'LANG'].flatMap((name) => environment[name] || [])
  return /utf-?8/i.test(locale) ? { ...environment } : { ...environment, LC_ALL: 'C.UTF-8' }
}

/** What it says where is a few lines further, beyond an empty one. */
const ERROR_LINES = 40

/** `ERROR! …` until 2.18, `[ERROR]: …` since. */
function errorsOf(said: readonly string[]): string[] {
  const begin = said.findIndex((line) => /^(?:ERROR[!:] |\[ERROR\]: |ansible-playbook: error: )/.test(line))
  return begin === -1 ? [] : said.slice(begin, begin + ERROR_LINES)
}
