import { UsageError } from '../errors.ts'
import type { Escalated, Escalation } from '../ports/escalation.ts'
import type { Log } from '../ports/log.ts'
import type { Records } from '../ports/records.ts'
import { plain } from '../report/markdown.ts'
import { httpRequest } from './http-request.ts'

/** Slack answers within a second; nobody waits for a chat that is down. */
const TIMEOUT_MS = 5000
const MAX_ANSWER = 64 * 1024
/** Slack shows no more of a text than 40 000 characters; a chat wants a few lines. */
const MAX_TEXT = 1500

export interface EscalationWebhook {
  readonly url: URL
  /** `owner/name`. */
  readonly repository: string
  /** What was sent is written down before it is: at most once. */
  readonly records: Pick<Records, 'write'>
  readonly log: Log
  readonly signal: AbortSignal
}

/**
 * The same escalation that also writes to a chat (Slack's incoming webhooks, and what takes their `{"text": …}`: Mattermost,
 * Rocket.Chat, Google Chat). The chat comes first: it is told even where GitHub is what fails. Whatever becomes of it is
 * logged, and stops nothing.
 */
export function withWebhook(escalation: Escalation, webhook: EscalationWebhook): Escalation {
  return {
    async raise(key, escalated) {
      const write = await webhook.records.write(`told/${key}`, { schema: 1 }, undefined)
      if (write.kind === 'written') await send(webhook, escalated)
      await escalation.raise(key, escalated)
    },
    settle: async (environment, text) => escalation.settle(environment, text),
  }
}

/** Error: `UsageError` where it is no https URL; plain http is for this machine only, since the path is the secret. */
export function webhookUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const isLoopback = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url?.hostname ?? '')
  if (url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback)) return url
  // The text itself is a secret, and is not repeated.
  throw new UsageError('The webhook for escalations is no https URL (http is for this machine only).')
}

async function send(webhook: EscalationWebhook, escalated: Escalated): Promise<void> {
  const { url, log, signal } = webhook
  try {
    const { status } = await httpRequest(
      {
        url,
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ text: textOf(webhook, escalated) }),
        timeoutMs: TIMEOUT_MS,
        maxBytes: MAX_ANSWER,
        overflow: 'cut',
      },
      signal,
    )
    if (status < 200 || status > 299)
      log.warning(`The webhook at ${url.host} answered ${status}: people were told on GitHub only.`)
  } catch (error) {
    signal.throwIfAborted()
    // What it says may name the path, which is the secret.
    const reason = error instanceof Error && 'reason' in error ? String(error.reason) : 'no answer'
    log.warning(`The webhook at ${url.host} could not be told (${reason}): people were told on GitHub only.`)
  }
}

function textOf({ repository }: EscalationWebhook, { environment, title, text, url }: Escalated): string {
  const lines = text
    .split('\n')
    .map((line) => plain(line, 500))
    .filter((line) => line !== '')
  return [
    `${plain(title)} (${repository}, ${environment})`,
    lines.join('\n').slice(0, MAX_TEXT),
    ...(url === undefined ? [] : [url]),
  ]
    .map(inert)
    .join('\n')
}

/** Slack's three control characters: `<!channel>`, `<@U…>` and links are made of them. */
function inert(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
