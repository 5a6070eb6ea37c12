import { isForbiddenVariable } from '../config/variable-name.ts'
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

/** A value of a variable that only sounds secret must be this long to be masked: `USE_TOKEN=yes` must not mask every "yes". */
const GUESSED_MIN = 8

/** What the masks must know: the values of the declared variables, and of those that are secret by name or format. */
export function secretValues(shell: Environment, declared: readonly string[] = []): string[] {
  return Object.entries(shell).flatMap(([name, value = '']) => {
    const guessed = isSecret(name, value) && value.length >= GUESSED_MIN
    return value !== '' && (declared.includes(name) || guessed) ? [value] : []
  })
}

function inherited(shell: Environment): Record<string, string> {
  const entries = Object.entries(shell).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined && !isPowerful(entry[0]) && !isSecret(entry[0], entry[1]),
  )
  return Object.fromEntries(entries)
}

const SECRET_NAME =
  /TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|CREDENTIAL|PRIVATE|(?:^|_)(?:KEY|PAT|PWD|AUTH)(?:_|$)|API_?KEY/i

/** `PWD` and `OLDPWD` are folders, not passwords. */
const FOLDER = /^(?:OLD)?PWD$/

function isSecret(name: string, value: string): boolean {
  if (FOLDER.test(name)) return false
  if (SECRET_NAME.test(name)) return true
  // A proxy's URL may carry a password, and without it nothing reaches the network.
  return !/_proxy$/i.test(name) && looksSecret(value)
}

/**
 * What belongs to the shells of Seamless: inputs, the job's services, sources' origins, the ssh agent, and the files
 * through which a child could speak for the whole job.
 */
const OURS =
  /^(?:(?:INPUT|ACTIONS|STATE|SEAMLESS|SSH_AUTH|SSH_AGENT)_.*|GITHUB_(?:ENV|OUTPUT|PATH|STATE|STEP_SUMMARY))$/i

/** Variables that make a program, a shell, a linker or git load or run something else. */
const POWERFUL =
  /^(?:NODE_OPTIONS|NODE_PATH|NODE_REPL_.*|LD_.*|DYLD_.*|BASH_ENV|ENV|SHELLOPTS|BASHOPTS|BASH_FUNC_.*|BASH_XTRACEFD|PROMPT_COMMAND|PS4|IFS|CDPATH|GLOBIGNORE|GIT_.*|PYTHON(?:STARTUP|PATH|HOME)|PERL5(?:OPT|LIB|DB)|RUBYOPT|RUBYLIB|_?JAVA_(?:TOOL_)?OPTIONS)$/i

function isPowerful(name: string): boolean {
  return OURS.test(name) || POWERFUL.test(name) || !VARIABLE.test(name)
}

const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/

function plain({ step, env = {} }: ChildNeeds): Record<string, string> {
  for (const [name, value] of Object.entries(env)) {
    assertVariable(step, name, value)
    assertOwn(step, 'env', name)
  }
  return { ...env }
}

function declaredSecrets(shell: Environment, { step, secrets = [] }: ChildNeeds): Record<string, string> {
  const found: Record<string, string> = {}
  for (const name of secrets) {
    assertVariable(step, name, '')
    assertOwn(step, 'secrets', name)
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

/** The same rule as the config's: it is what a step may set or ask for. */
function assertOwn(step: string, field: string, name: string): void {
  if (!isForbiddenVariable(name)) return
  throw new UsageError(
    `${step}: "${field}" may not name ${name}: it steers programs, Seamless or the job. Choose a name of your own.`,
  )
}

function assertVariable(step: string, name: string, value: string): void {
  if (!VARIABLE.test(name)) {
    throw new UsageError(
      `${step}: ${JSON.stringify(name)} is no name of an environment variable (letters, digits and _).`,
    )
  }
  if (value.includes('\0'))
    throw new UsageError(`${step}: the value of ${name} has a NUL character, which no command can receive.`)
}
