import { found, ok, type Reply } from './reply.ts'
import { type Call, outside, type Route } from './route.ts'
import { appOf } from './routes-apps.ts'
import type { Delivery, WebhookDeliveries } from './webhook-deliveries.ts'

/** The app's list of deliveries, and redelivery. GitHub keeps them for three days and pages by cursor. */
export function deliveryRoutes(deliveries: WebhookDeliveries): Route[] {
  return [
    outside('GET /app/hook/config', 'app', (call) => {
      const { webhook } = appOf(call)
      return ok({ content_type: 'json', insecure_ssl: '0', secret: '********', url: found(webhook).url })
    }),
    outside('GET /app/hook/deliveries', 'app', (call) => listReply(ofApp(deliveries, call), call)),
    outside('GET /app/hook/deliveries/{delivery_id}', 'app', (call) => {
      const delivery = deliveryOf(deliveries, call, call.params.delivery_id)
      const { headers, payload, response } = delivery
      return ok({
        ...itemJson(delivery),
        url: '',
        request: { headers, payload },
        response: { headers: {}, payload: response },
      })
    }),
    outside('POST /app/hook/deliveries/{delivery_id}/attempts', 'app', (call) => {
      deliveries.redeliver(deliveryOf(deliveries, call, call.params.delivery_id))
      return { status: 202, body: {} }
    }),
  ]
}

const KEPT_MS = 3 * 24 * 3_600_000

/** Newest first. */
function ofApp(deliveries: WebhookDeliveries, call: Call): Delivery[] {
  const app = appOf(call)
  const oldest = call.hub.clock.now() - KEPT_MS
  const wanted = call.query.get('status')
  return deliveries.all
    .filter((one) => one.app === app && Date.parse(one.deliveredAt) >= oldest)
    .filter((one) => !wanted || (wanted === 'success') === isSuccess(one))
    .reverse()
}

function isSuccess({ statusCode }: Delivery): boolean {
  return statusCode >= 200 && statusCode < 400
}

function deliveryOf(deliveries: WebhookDeliveries, call: Call, id: string): Delivery {
  return found(ofApp(deliveries, call).find((one) => one.id === Number(id)))
}

function listReply(all: Delivery[], { query, resource }: Call): Reply {
  const perPage = Math.min(100, Number(query.get('per_page') ?? 30))
  const cursor = query.get('cursor')
  const start = cursor ? all.findIndex((one) => one.id < Number(cursor)) : 0
  const page = start === -1 ? [] : all.slice(start, start + perPage)
  const hasMore = start !== -1 && start + perPage < all.length
  const next = new URLSearchParams(query)
  next.set('cursor', String(page.at(-1)?.id ?? 0))
  const headers = hasMore ? { link: `<${resource}?${next.toString()}>; rel="next"` } : {}
  return { status: 200, body: page.map(itemJson), headers }
}

function itemJson(delivery: Delivery): Record<string, unknown> {
  return {
    id: delivery.id,
    guid: delivery.guid,
    delivered_at: delivery.deliveredAt,
    redelivery: delivery.redelivery,
    duration: delivery.durationS,
    status: delivery.status,
    status_code: delivery.statusCode,
    event: delivery.event,
    action: delivery.action,
    installation_id: delivery.installation.id,
    repository_id: delivery.repositoryId,
    throttled_at: null,
  }
}
