import { createHmac, randomUUID } from 'node:crypto'
import { request as httpRequest } from 'node:http'
import { accountJson } from './account-json.ts'
import { installationFor, installationStub } from './apps.ts'
import type { App, Installation } from './entities.ts'
import type { EmittedEvent } from './events.ts'
import type { Hub } from './hub.ts'
import { fullRepositoryJson } from './repository-json.ts'

export interface Delivery {
  id: number
  app: App
  /** `X-GitHub-Delivery`: the same again on a redelivery. */
  guid: string
  event: string
  action: string | null
  installation: Installation
  repositoryId: number
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
      if (!app.webhook || !app.events.includes(event.name)) continue
      const installation = installationFor(this.hub, app, event.repository)
      if (!installation || installation.suspendedAt) continue
      const delivery = this.newDelivery(app, installation, event)
      this.judge(webhookName(event), delivery.payload)
      this.all.push(delivery)
      this.dispatch(delivery)
    }
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
    const payload = this.payloadOf(event, installation)
    return {
      id: this.hub.id(),
      app,
      guid,
      event: event.name,
      action: event.action ?? null,
      installation,
      repositoryId: event.repository.id,
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

  private payloadOf(event: EmittedEvent, installation: Installation): Record<string, unknown> {
    const { repository } = event
    const organization = repository.owner.type === 'Organization' ? organizationStub(this.hub, event) : {}
    return {
      ...(event.action ? { action: event.action } : {}),
      ...event.payload,
      repository: repositoryPayload(this.hub, event),
      ...organization,
      sender: accountJson(this.hub, event.sender),
      installation: installationStub(installation),
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

/** The name of an event in GitHub's description: `deployment-status-created`. */
function webhookName({ name, action }: EmittedEvent): string {
  return [name, action].filter(Boolean).join('_').replaceAll('_', '-')
}

/** A push has the repository's times as seconds, and the owner's mail: the only event that does. */
function repositoryPayload(hub: Hub, { name, repository }: EmittedEvent): Record<string, unknown> {
  const {
    parent: _,
    source: __,
    organization: ___,
    ...json
  } = fullRepositoryJson(hub, repository) as Record<string, unknown>
  if (name !== 'push') return { ...json, custom_properties: {} }
  const seconds = (time: string): number => Math.floor(Date.parse(time) / 1000)
  return {
    ...json,
    created_at: seconds(repository.createdAt),
    pushed_at: seconds(repository.pushedAt),
    stargazers: 0,
    master_branch: repository.defaultBranch,
    custom_properties: {},
  }
}

function organizationStub(hub: Hub, { repository }: EmittedEvent): Record<string, unknown> {
  const { login, id } = repository.owner
  const url = `${hub.apiUrl}/orgs/${login}`
  const account = accountJson(hub, repository.owner)
  return {
    organization: {
      login,
      id,
      node_id: account['node_id'],
      url,
      repos_url: `${url}/repos`,
      events_url: `${url}/events`,
      hooks_url: `${url}/hooks`,
      issues_url: `${url}/issues`,
      members_url: `${url}/members{/member}`,
      public_members_url: `${url}/public_members{/member}`,
      avatar_url: account['avatar_url'],
      description: '',
    },
  }
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
