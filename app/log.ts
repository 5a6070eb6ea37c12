import { pino, type DestinationStream, type Logger } from 'pino'
import { maskOf } from '../src/adapters/mask.ts'
import type { Log } from '../src/ports/log.ts'
import { causes } from '../src/report/causes.ts'
import type { Settings } from './settings.ts'
import { sourceSecrets } from './sources/bound-sources.ts'

/**
 * The App's own log: a JSON object a line, on standard output. Whatever a line holds passes one gate on its way out: known
 * secrets in every usual form, what looks like a secret, and the values of headers and fields whose name says so.
 */
export function openLogger(
  settings: Pick<Settings, 'logLevel' | SecretSetting>,
  // Written at once, so that the last words before an exit are not lost.
  destination: DestinationStream = pino.destination({ fd: 1, sync: true }),
): Logger {
  const mask = maskOf(secretsOf(settings))
  return pino(
    {
      level: settings.logLevel,
      // No `pid` and `hostname` on each line: whoever collects logs adds where they come from.
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: plainError, error: plainError },
      hooks: { streamWrite: (line) => mask.text(withoutNamedSecrets(line)) },
    },
    destination,
  )
}

/** The core's log in the App's words; `about` says of what, by numbers (a delivery, an installation). */
export function logOf(logger: Logger, about: Readonly<Record<string, string | number>> = {}): Log {
  const own = logger.child(about)
  return {
    info: (message) => own.info(message),
    warning: (message) => own.warn(message),
    error: (message) => own.error(message),
    output: (step, line) => own.info({ step }, line),
  }
}

type SecretSetting = 'privateKey' | 'webhookSecrets' | 'store' | 'sources' | 'escalationUrl'

/** What is secret by value. A database's password stands in its URL. */
function secretsOf({
  privateKey,
  webhookSecrets,
  store,
  sources,
  escalationUrl,
}: Pick<Settings, SecretSetting>): string[] {
  const password = store.kind === 'postgres' ? (URL.parse(store.url)?.password ?? '') : ''
  const passwords = password === '' ? [] : [password, decodeURIComponent(password)]
  // Whoever knows a webhook's address can write there.
  const webhook = escalationUrl === undefined ? [] : [escalationUrl]
  return [privateKey, ...webhookSecrets, ...passwords, ...sourceSecrets(sources), ...webhook]
}

/** Only what people need of an error: octokit's carry the whole request and its headers. */
function plainError(error: unknown): unknown {
  if (!(error instanceof Error)) return { message: String(error) }
  return { type: error.name, message: causes(error), stack: error.stack }
}

/** Fields whose very name says that nobody should read them, as JSON prints them: at any depth, whoever logged them. */
const NAMED =
  /("[\w-]*(?:authorization|cookie|x-github-encoded-secret|x-hub-signature(?:-256)?|private_?key|secret|password|token)"\s*:\s*)"(?:[^"\\]|\\.)*"/gi

function withoutNamedSecrets(line: string): string {
  return line.replace(NAMED, '$1"***"')
}
