import { createHmac, randomUUID } from 'node:crypto'
import { request as httpRequest } from 'node:http'
import { installationFor } from './apps.ts'
import type { App, Installation } from './entities.ts'
import type { EmittedEvent } from './events.ts'
import type { Hub } from './hub.ts'
import { webhookPayload } from './webhook-payload.ts'

export interface Delivery {
  id: number
  app: App
  /** `X-GitHub-Delivery`: the same again on a redelivery. */
  guid: string
  event: string
  action: string | null
  installation: Installation
  repositoryId: number | null
  redelivery: boolean
  deliveredAt: string
  durationS: number
  /** 0 when nobody answered within GitHub's ten seconds, or the delivery was dropped. */
  statusCode: number
  status: string
  headers: Record<string, string>
  payload: Record<string, unknown>
  response: string
}

/** What becomes of deliveries that go wrong on purpose. `twice` arrives twice under one guid, as GitHub's do at times. */
export interface DeliveryFault {
  event: string
  action?: string
  times?: number
  what: 'drop' | 'twice' | 'hold'
}

/** GitHub gives a receiver ten seconds, and never tries again by itself. */
const TIMEOUT_MS = 10_000

/** Tells apps by signed webhooks what happened; each delivery is kept for the delivery list and for redelivery. */
export class WebhookDeliveries {
  readonly all: Delivery[] = []
  private readonly faults: (DeliveryFault & { left: number })[] = []
  private readonly held: Delivery[] = []
  private readonly sending = new Set<Promise<void>>()
  private readonly hub: Hub
  private readonly judge: (name: string, payload: unknown) => void

  constructor(hub: Hub, judge: (name: string, payload: unknown) => void) {
    this.hub = hub
    this.judge = judge
    hub.listeners.add((event) => this.deliver(event))
  }

  addFault(fault: DeliveryFault): void {
    this.faults.push({ ...fault, left: fault.times ?? 1 })
  }

  /** Sends what was held back: late, and out of order if the caller likes. */
  release(): void {
    for (const delivery of this.held.splice(0)) this.send(delivery)
  }

  /** A new delivery of the same guid, as the button and the API do it. */
  redeliver(delivery: Delivery): void {
    const again = { ...delivery, id: this.hub.id(), redelivery: true, deliveredAt: this.hub.time() }
    this.all.push(again)
    this.send(again)
  }

  /** Settles when nothing is on its way. */
  async idle(): Promise<void> {
    while (this.sending.size > 0) await Promise.all(this.sending)
  }

  private deliver(event: EmittedEvent): void {
    for (const app of this.hub.apps.values()) {
      if (!app.webhook || !listensTo(app, event.name)) continue
      const installation = this.concerned(app, event)
      if (!installation) continue
      const delivery = this.newDelivery(app, installation, event)
      this.judge(webhookName(event), delivery.payload)
      this.all.push(delivery)
      this.dispatch(delivery)
    }
  }

  private concerned(app: App, event: EmittedEvent): Installation | undefined {
    if (event.installation) return event.installation.app === app ? event.installation : undefined
    const installation = event.repository && installationFor(this.hub, app, event.repository)
    return installation?.suspendedAt ? undefined : installation
  }

  private dispatch(delivery: Delivery): void {
    const fault = this.faults.find(
      ({ event, action, left }) =>
        left > 0 && event === delivery.event && (action ?? delivery.action) === delivery.action,
    )
    if (fault) fault.left -= 1
    if (fault?.what === 'hold') this.held.push(delivery)
    if (fault?.what === 'twice') this.send(delivery)
    if (fault?.what !== 'drop' && fault?.what !== 'hold') this.send(delivery)
  }

  private newDelivery(app: App, installation: Installation, event: EmittedEvent): Delivery {
    const guid = randomUUID()
    const payload = webhookPayload(this.hub, event, installation)
    return {
      id: this.hub.id(),
      app,
      guid,
      event: event.name,
      action: event.action ?? null,
      installation,
      repositoryId: event.repository?.id ?? null,
      redelivery: false,
      deliveredAt: this.hub.time(),
      durationS: 0,
      statusCode: 0,
      status: 'pending',
      headers: headersOf(app, event, { guid, body: JSON.stringify(payload) }),
      payload,
      response: '',
    }
  }

  private send(delivery: Delivery): void {
    const started = performance.now()
    const sending = post(delivery)
      .then(({ statusCode, body }) => {
        delivery.statusCode = statusCode
        delivery.status = statusCode < 400 ? 'OK' : `Invalid HTTP Response: ${statusCode}`
        delivery.response = body
      })
      .catch((error: unknown) => {
        delivery.status = error instanceof Error ? error.message : String(error)
      })
      .finally(() => {
        delivery.durationS = (performance.now() - started) / 1000
        this.sending.delete(sending)
      })
    this.sending.add(sending)
  }
}

/** Every app is told of its installations; of all else what it asked for. */
function listensTo(app: App, name: string): boolean {
  return name.startsWith('installation') || app.events.includes(name)
}

/** The name of an event in GitHub's description: `deployment-status-created`. */
function webhookName({ name, action }: EmittedEvent): string {
  return [name, action].filter(Boolean).join('_').replaceAll('_', '-')
}

function headersOf(
  app: App,
  event: EmittedEvent,
  { guid, body }: { guid: string; body: string },
): Record<string, string> {
  const secret = app.webhook?.secret ?? ''
  return {
    'content-type': 'application/json',
    'user-agent': 'GitHub-Hookshot/0000000',
    accept: '*/*',
    'x-github-event': event.name,
    'x-github-delivery': guid,
    'x-github-hook-id': String(app.id + 1_000_000),
    'x-github-hook-installation-target-id': String(app.id),
    'x-github-hook-installation-target-type': 'integration',
    'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
  }
}

function post(delivery: Delivery): Promise<{ statusCode: number; body: string }> {
  return new Promise((resolve, reject) => {
    const url = delivery.app.webhook?.url ?? ''
    const signal = AbortSignal.timeout(TIMEOUT_MS)
    const request = httpRequest(
      url,
      { method: 'POST', headers: delivery.headers, signal, agent: false },
      (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('error', reject)
        response.on('end', () =>
          resolve({ statusCode: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() }),
        )
      },
    )
    request.on('error', reject)
    request.end(JSON.stringify(delivery.payload))
  })
}
