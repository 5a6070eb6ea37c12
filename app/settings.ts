import { z } from 'zod'
import { privateKeyOf } from './private-key.ts'
import { webhookUrl } from '../src/adapters/escalation-webhook.ts'
import { ACTIONS_APP_ID } from '../src/github/verdict-check.ts'
import type { BoundSource } from './sources/bound-sources.ts'
import { readSources } from './sources/read-sources.ts'
import { databaseRefusal, startRefusals } from './start-checks.ts'

export type Environment = Readonly<Record<string, string | undefined>>

export interface Address {
  readonly host: string
  /** 0: a free one, for tests; the log says which. */
  readonly port: number
}

/** Everything that the App is told from outside, checked. */
export interface Settings {
  readonly appId: number
  /** PEM. */
  readonly privateKey: string
  /** A delivery signed by any of them is genuine: the newest first, then the one that is being replaced. */
  readonly webhookSecrets: readonly [string, ...string[]]
  /** `https://github.com`, or that of a GitHub Enterprise Server. */
  readonly webUrl: string
  /** `https://api.github.com`, or `https://<host>/api/v3`. */
  readonly apiUrl: string
  /** For GitHub: deliveries, `/healthz`, `/readyz`. */
  readonly listen: Address
  readonly webhookPath: string
  /** For whoever operates it: `/metrics` too. Never the public port. */
  readonly operations: Address
  readonly store: StoreSettings
  readonly logLevel: LogLevel
  /** The app behind the token of workflows, whose reports of what a run did are read: that of GitHub Actions on github.com. */
  readonly actionsAppId: number
  /** Where health is read, for the repositories that may. */
  readonly sources: readonly BoundSource[]
  /** Told where a person must decide; in the form of a Slack webhook. */
  readonly escalationUrl?: string
  /** How often GitHub's list of deliveries is read for what never arrived (ms). */
  readonly sweepEveryMs: number
}

export type StoreSettings =
  | { readonly kind: 'embedded'; readonly folder: string }
  | { readonly kind: 'postgres'; readonly url: string }

const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const
export type LogLevel = (typeof logLevels)[number]

export type SettingsRead =
  | { readonly ok: true; readonly settings: Settings }
  /** All that is wrong at once; each says what to do. Holds no secret. */
  | { readonly ok: false; readonly errors: readonly string[] }

/** Reads the environment; the names are Probot's where Probot has one. The key may stand in a file, which is read here. */
export async function readSettings(environment: Environment): Promise<SettingsRead> {
  // What is set to nothing is not set: compose files and charts pass empty variables on.
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''))
  const parsed = variables.safeParse(given)
  const key = await privateKeyOf(given)
  const sources = await readSources(given)
  const errors = [
    ...(parsed.error?.issues ?? []).map((issue) => issueText(issue, given)),
    ...(key.ok ? [] : [key.error]),
    ...startRefusals(given),
    ...(sources.ok ? [] : sources.errors),
  ]
  if (!parsed.success || !key.ok || !sources.ok || errors.length > 0) return { ok: false, errors }
  return { ok: true, settings: settingsOf(parsed.data, key.pem, sources.bound) }
}

const port = z.coerce
  .number('is the number of a port.')
  .int('is the number of a port.')
  .min(0, 'is the number of a port.')
  .max(65_535, 'is the number of a port.')
const secret = z.string('is missing.').max(1000, 'is longer than any secret is.')

const variables = z.object({
  APP_ID: z
    .string('is missing: the number under "App ID" in the settings of your GitHub App.')
    .regex(/^[1-9]\d{0,9}$/, 'is the number under "App ID" in the settings of your GitHub App, digits only.')
    .transform(Number),
  WEBHOOK_SECRET: secret.optional(),
  WEBHOOK_SECRET_PREVIOUS: secret.optional(),
  WEBHOOK_PATH: z
    .string()
    .regex(/^\/[\w./-]{1,200}$/, 'is a path like /api/github/webhooks.')
    .default('/api/github/webhooks'),
  GHE_HOST: z
    .string()
    .regex(
      /^(?:https?:\/\/)?[\w.-]+(?::\d{1,5})?\/?$/,
      'is the host of your GitHub Enterprise Server, like github.example.com.',
    )
    .optional(),
  GHE_PROTOCOL: z.enum(['https', 'http'], 'is https, or http for a server on this machine.').default('https'),
  HOST: z.string().default('127.0.0.1'),
  PORT: port.default(3000),
  METRICS_HOST: z.string().default('127.0.0.1'),
  METRICS_PORT: port.default(9464),
  DATABASE_URL: z
    .string()
    .refine(
      (url) => databaseRefusal(url) !== 'form',
      'is a URL like postgres://user:password@host/database?sslmode=verify-full.',
    )
    .optional(),
  DATA_FOLDER: z.string().default('.seamless/app'),
  LOG_LEVEL: z.enum(logLevels, `is one of ${logLevels.join(', ')}.`).default('info'),
  ACTIONS_APP_ID: z
    .string()
    .regex(/^[1-9]\d{0,9}$/, 'is the number of a GitHub App.')
    .transform(Number)
    .default(ACTIONS_APP_ID),
  ESCALATION_URL: z.string().refine(isWebhookUrl, 'is the https URL of an incoming webhook.').optional(),
  SEAMLESS_SOURCES_FILE: z.string().optional(),
  SWEEP_MINUTES: z.coerce
    .number('is a number of minutes.')
    .min(1, 'is at least 1.')
    .max(60, 'is at most 60.')
    .default(5),
})

function settingsOf(
  read: z.output<typeof variables>,
  privateKey: string,
  sources: readonly BoundSource[],
): Settings {
  const current = read.WEBHOOK_SECRET ?? ''
  return {
    appId: read.APP_ID,
    privateKey,
    webhookSecrets:
      read.WEBHOOK_SECRET_PREVIOUS === undefined ? [current] : [current, read.WEBHOOK_SECRET_PREVIOUS],
    ...urlsOf(read),
    listen: { host: read.HOST, port: read.PORT },
    webhookPath: read.WEBHOOK_PATH,
    operations: { host: read.METRICS_HOST, port: read.METRICS_PORT },
    store:
      read.DATABASE_URL === undefined
        ? { kind: 'embedded', folder: read.DATA_FOLDER }
        : { kind: 'postgres', url: read.DATABASE_URL },
    logLevel: read.LOG_LEVEL,
    actionsAppId: read.ACTIONS_APP_ID,
    sources,
    ...(read.ESCALATION_URL === undefined ? {} : { escalationUrl: read.ESCALATION_URL }),
    sweepEveryMs: read.SWEEP_MINUTES * 60_000,
  }
}

function isWebhookUrl(text: string): boolean {
  try {
    return webhookUrl(text).href !== ''
  } catch {
    return false
  }
}

function urlsOf({ GHE_HOST, GHE_PROTOCOL }: z.output<typeof variables>): Pick<Settings, 'webUrl' | 'apiUrl'> {
  if (GHE_HOST === undefined) return { webUrl: 'https://github.com', apiUrl: 'https://api.github.com' }
  const named = GHE_HOST.replace(/\/$/, '')
  const webUrl = named.includes('://') ? named : `${GHE_PROTOCOL}://${named}`
  return { webUrl, apiUrl: `${webUrl}/api/v3` }
}

function issueText({ path, message }: z.core.$ZodIssue, given: Environment): string {
  const name = String(path[0])
  // A number or a word may be shown; what could hold a password may not.
  const value = given[name]
  const isShown = value !== undefined && !/SECRET|KEY|URL/.test(name)
  return `${name}${isShown ? ` (now ${JSON.stringify(value.slice(0, 60))})` : ''} ${message}`
}
