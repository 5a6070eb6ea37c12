import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import type { Logger } from 'pino'
import type { Clock } from '../src/ports/clock.ts'
import type { Delivery, Inbox } from './inbox.ts'
import type { DeliveryOutcome, Metrics } from './metrics.ts'
import { BodyBudget, readBody, type BodyLimits, type BodyRead } from './read-body.ts'
import { isSigned, signatureOf } from './signature.ts'
import { readEvent } from './webhook-event.ts'

export interface WebhookPorts {
  readonly inbox: Inbox
  readonly clock: Clock
  readonly metrics: Metrics
  readonly log: Logger
}

export interface WebhookSettings {
  readonly appId: number
  readonly webhookSecrets: readonly string[]
}

export interface WebhookLimits extends BodyLimits {
  /** How long the inbox may take to keep a delivery (ms). */
  readonly storeTimeoutMs: number
}

/**
 * GitHub sends at most 25 MB (docs.github.com, "Webhook events and payloads") and gives up after 10 s: nobody waits for us
 * longer than that.
 */
export const WEBHOOK_LIMITS: WebhookLimits = {
  maxBytes: 25 * 1024 * 1024,
  timeoutMs: 10_000,
  storeTimeoutMs: 8000,
}

/** So many of the largest bodies at once, or thousands of usual ones. */
const BODIES_AT_ONCE = 4

/** An HTTP answer; `closes` where the connection is of no more use. */
export interface Answer {
  readonly status: number
  readonly text: string
  readonly closes?: true
}

/**
 * Takes one delivery: reads it, verifies it, keeps it, and only then says 202. Nothing is worked on here, and nothing is
 * remembered that the inbox did not take (L13). Never throws.
 */
export function webhookReceiver(
  settings: WebhookSettings,
  ports: WebhookPorts,
  limits: WebhookLimits = WEBHOOK_LIMITS,
): (request: IncomingMessage) => Promise<Answer> {
  const budget = new BodyBudget(BODIES_AT_ONCE * limits.maxBytes)
  return async (request) => {
    const head = readHead(request.headers, settings.appId)
    const outcome = head.ok ? await receive(request, head) : head.refusal
    ports.metrics.delivery(head.ok ? head.event : 'other', outcome.counted)
    return outcome.answer
  }

  async function receive(request: IncomingMessage, head: Head): Promise<Outcome> {
    const read = await readBody(request, limits, budget)
    if (read.kind !== 'whole') return UNREAD[read.kind]
    if (!isSigned(read.body, head.signature, settings.webhookSecrets)) return BAD_SIGNATURE
    const delivery = readDelivery(read.body, head, ports.clock.now())
    return 'counted' in delivery ? delivery : await keep(delivery, ports, limits.storeTimeoutMs)
  }
}

interface Outcome {
  readonly counted: DeliveryOutcome
  readonly answer: Answer
}

interface Head {
  readonly ok: true
  readonly id: string
  readonly event: string
  readonly signature: string
}

const BAD_SIGNATURE = refusal(
  'bad_signature',
  401,
  'The signature (X-Hub-Signature-256) is missing or wrong.',
)

const UNREAD: Readonly<Record<Exclude<BodyRead['kind'], 'whole'>, Outcome>> = {
  too_large: refusal('too_large', 413, 'The body is larger than any delivery of GitHub.'),
  too_slow: refusal('too_slow', 408, 'The body took too long.'),
  too_many: refusal('unavailable', 503, 'Too much at once; come again.'),
  cut: refusal('too_slow', 400, 'The body broke off.'),
}

/** What can be told without the body: most of what is no delivery ends here, before a byte of it is kept. */
function readHead(
  headers: IncomingHttpHeaders,
  appId: number,
): Head | { readonly ok: false; readonly refusal: Outcome } {
  const refused = (outcome: Outcome): { ok: false; refusal: Outcome } => ({ ok: false, refusal: outcome })
  const signature = headerOf(headers, 'x-hub-signature-256')
  if (signature === undefined || signatureOf(signature) === undefined) return refused(BAD_SIGNATURE)
  const event = headerOf(headers, 'x-github-event') ?? ''
  if (!/^[a-z_]{1,60}$/.test(event)) return refused(malformed('X-GitHub-Event names no event.'))
  const id = headerOf(headers, 'x-github-delivery')?.toLowerCase() ?? ''
  if (!GUID.test(id)) return refused(malformed('X-GitHub-Delivery is no GUID.'))
  const target = headerOf(headers, 'x-github-hook-installation-target-id')
  const kind = headerOf(headers, 'x-github-hook-installation-target-type')
  if (target !== String(appId) || kind !== 'integration')
    return refused(refusal('not_ours', 400, 'The delivery is for another receiver than this GitHub App.'))
  if (!/^application\/json\b/i.test(headers['content-type'] ?? ''))
    return refused(refusal('malformed', 415, 'Set the content type of the webhook to application/json.'))
  return { ok: true, id, event, signature }
}

const GUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

function headerOf(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name]
  return typeof value === 'string' ? value : undefined
}

function readDelivery(body: Buffer, { id, event }: Head, receivedAtMs: number): Delivery | Outcome {
  let payload: string
  let json: unknown
  try {
    payload = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body)
    json = JSON.parse(payload)
  } catch {
    return malformed('The body is no JSON.')
  }
  const read = readEvent(event, json)
  if (read.kind === 'ignored') return { counted: 'ignored', answer: { status: 202, text: 'ignored' } }
  if (read.kind === 'malformed') return malformed(read.why)
  return { id, event, ...read.event, payload, receivedAtMs }
}

async function keep(delivery: Delivery, { inbox, log }: WebhookPorts, timeoutMs: number): Promise<Outcome> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(
    () => late.reject(new Error(`The inbox took longer than ${timeoutMs} ms.`)),
    timeoutMs,
  )
  const about = { delivery: delivery.id, event: delivery.event, installation: delivery.installationId }
  try {
    const counted = await Promise.race([inbox.store(delivery), late.promise])
    log.debug({ ...about, action: delivery.action }, `delivery ${counted}`)
    return { counted, answer: { status: 202, text: counted } }
  } catch (error) {
    log.error({ ...about, err: error }, 'delivery not kept: GitHub is told to come again')
    return refusal('unavailable', 503, 'The delivery could not be kept; come again.')
  } finally {
    clearTimeout(timer)
  }
}

function malformed(text: string): Outcome {
  return refusal('malformed', 400, text)
}

/** A refused request may have unread bytes behind it. */
function refusal(counted: DeliveryOutcome, status: number, text: string): Outcome {
  return { counted, answer: { status, text, closes: true } }
}
