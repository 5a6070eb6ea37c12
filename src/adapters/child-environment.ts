import { UsageError } from '../errors.ts'
import { looksSecret } from './mask.ts'

/** Environment variables as `process.env` has them. */
export type Environment = Readonly<Record<string, string | undefined>>

export interface ChildNeeds {
  /** Who asks, for the error texts: the step's name. */
  readonly step: string
  /** Plain values of the step's own `env`. */
  readonly env?: Readonly<Record<string, string>> | undefined
  /** Names of the variables with secrets that the step declares. */
  readonly secrets?: readonly string[] | undefined
  /** What Seamless says to the step: `SEAMLESS_…` only. */
  readonly values?: Readonly<Record<string, string>> | undefined
}

/**
 * What a child of the user sees: the environment of the shell without everything that is secret or that changes how
 * programs start, plus what its step declares. Errors: `UsageError` for a secret that is not there, a reserved or
 * impossible name.
 */
export function childEnvironment(shell: Environment, needs: ChildNeeds): Record<string, string> {
  return {
    ...inherited(shell),
    ...plain(needs),
    ...declaredSecrets(shell, needs),
    ...seamlessValues(needs),
  }
}

/** The values of every variable that is secret by its name or format, or declared so: what the masks must know. */
export function secretValues(shell: Environment, declared: readonly string[] = []): string[] {
  return Object.entries(shell).flatMap(([name, value]) =>
    value !== undefined && (declared.includes(name) || isSecret(name, value)) ? [value] : [],
  )
}

function inherited(shell: Environment): Record<string, string> {
  const entries = Object.entries(shell).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined && !isPowerful(entry[0]) && !isSecret(entry[0], entry[1]),
  )
  return Object.fromEntries(entries)
}

/** Names of other things that only sound secret. */
const HARMLESS = /^(?:GNUPGHOME|XDG_.*|TERM_.*|NODE_EXTRA_CA_CERTS|SSL_CERT_(?:FILE|DIR))$/i

const SECRET_NAME =
  /TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|CREDENTIAL|PRIVATE|(?:^|_)(?:KEY|PAT|PWD|AUTH)(?:_|$)|API_?KEY|^INPUT_|^ACTIONS_|^STATE_|^SEAMLESS_|^SSH_A/i

/** `PWD` and `OLDPWD` are folders, not passwords. */
const FOLDER = /^(?:OLD)?PWD$/

function isSecret(name: string, value: string): boolean {
  if (HARMLESS.test(name) || FOLDER.test(name)) return false
  if (SECRET_NAME.test(name)) return true
  // A proxy's URL may carry a password, and without it nothing reaches the network.
  return !/_proxy$/i.test(name) && looksSecret(value)
}

/** Files through which a child could speak for the whole job. */
const COMMAND_FILE = /^GITHUB_(?:ENV|OUTPUT|PATH|STATE|STEP_SUMMARY)$/i

/** Variables that make a program, a shell, a linker or git load or run something else. */
const POWERFUL =
  /^(?:NODE_OPTIONS|NODE_PATH|NODE_REPL_.*|LD_.*|DYLD_.*|BASH_ENV|ENV|SHELLOPTS|BASHOPTS|BASH_FUNC_.*|BASH_XTRACEFD|PROMPT_COMMAND|PS4|IFS|CDPATH|GLOBIGNORE|GIT_.*|PYTHON(?:STARTUP|PATH|HOME)|PERL5(?:OPT|LIB|DB)|RUBYOPT|RUBYLIB|_?JAVA_(?:TOOL_)?OPTIONS)$/i

function isPowerful(name: string): boolean {
  return COMMAND_FILE.test(name) || POWERFUL.test(name) || !VARIABLE.test(name)
}

const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/

/** The step's own values may set what the shell's may not pass on (`NODE_OPTIONS`): the config is the user's word. */
function plain({ step, env = {} }: ChildNeeds): Record<string, string> {
  for (const [name, value] of Object.entries(env)) {
    assertVariable(step, name, value)
    if (/^(?:SEAMLESS|GITHUB|ACTIONS|INPUT|RUNNER)_/i.test(name)) {
      throw new UsageError(`${step}: "env" may not set ${name}: names of that kind belong to Seamless and to GitHub. Choose another name.`)
    }
  }
  return { ...env }
}

function declaredSecrets(shell: Environment, { step, secrets = [] }: ChildNeeds): Record<string, string> {
  const found: Record<string, string> = {}
  for (const name of secrets) {
    assertVariable(step, name, '')
    if (COMMAND_FILE.test(name)) {
      throw new UsageError(`${step}: "secrets" may not name ${name}: it is a command file of the job, not a secret.`)
    }
    const value = shell[name]
    // GitHub hands an unset secret over as an empty string.
    if (value === undefined || value === '') throw new UsageError(missingSecret(step, name))
    found[name] = value
  }
  return found
}

function missingSecret(step: string, name: string): string {
  return (
    `${step} declares the secret ${name}, but the environment of Seamless has no value for it. ` +
    `In a workflow add "${name}: \${{ secrets.${name} }}" under env: of the step that uses Seamless; ` +
    `in a terminal export ${name}; or remove it from "secrets".`
  )
}

/** Outside text reaches a child only under names that mean nothing to any program. */
function seamlessValues({ step, values = {} }: ChildNeeds): Record<string, string> {
  for (const [name, value] of Object.entries(values)) {
    assertVariable(step, name, value)
    if (!/^SEAMLESS_[A-Z0-9_]+$/.test(name)) {
      throw new UsageError(`${step}: ${name} cannot be handed to a command: only SEAMLESS_… values are.`)
    }
  }
  return { ...values }
}

function assertVariable(step: string, name: string, value: string): void {
  if (!VARIABLE.test(name)) {
    throw new UsageError(`${step}: ${JSON.stringify(name)} is no name of an environment variable (letters, digits and _).`)
  }
  if (value.includes('\0')) throw new UsageError(`${step}: the value of ${name} has a NUL character, which no command can receive.`)
}
