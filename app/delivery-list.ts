import { z } from 'zod'
import type { ListedDelivery } from './lost-deliveries.ts'
import type { AppOctokit } from './probot.ts'

/** GitHub's own list of what it sent to the App. Error of both methods: `GitHubError`. */
export interface DeliveryList {
  /** All attempts since then (GitHub's time, ms), newest first. */
  since(atMs: number): Promise<readonly ListedDelivery[]>
  /** The body that was sent with an attempt, as JSON. */
  payload(id: number | bigint): Promise<string>
}

const PER_PAGE = 100
/** Of 100 each: a look goes no further back, so that it ends. What is older then counts as gone. */
const MAX_PAGES = 200

// octokit reads numbers beyond 2^53 as bigint, and newer ids are.
const listed = z.array(
  z.object({
    id: z.union([z.number(), z.bigint()]),
    guid: z.string(),
    event: z.string(),
    delivered_at: z.string(),
    status_code: z.number(),
  }),
)

export function deliveryList(app: AppOctokit): DeliveryList {
  return {
    async since(atMs) {
      const found: ListedDelivery[] = []
      let cursor: string | undefined
      for (let page = 1; page <= MAX_PAGES; page += 1) {
        const { data, headers } = await app.rest.apps.listWebhookDeliveries({
          per_page: PER_PAGE,
          ...(cursor === undefined ? {} : { cursor }),
        })
        const attempts = listed.parse(data).map(toListed)
        found.push(...attempts.filter(({ deliveredAtMs }) => deliveredAtMs >= atMs))
        cursor = nextCursor(headers.link)
        if (cursor === undefined || attempts.some(({ deliveredAtMs }) => deliveredAtMs < atMs)) break
      }
      return found
    },
    async payload(id) {
      const { data } = await app.rest.apps.getWebhookDelivery({ delivery_id: id as number })
      return JSON.stringify(data.request.payload, exactNumbers)
    },
  }
}

function toListed({
  id,
  guid,
  event,
  delivered_at,
  status_code,
}: z.infer<typeof listed>[number]): ListedDelivery {
  return {
    id,
    guid: guid.toLowerCase(),
    event,
    deliveredAtMs: Date.parse(delivered_at),
    statusCode: status_code,
  }
}

/** The list is paged by an opaque cursor. */
function nextCursor(link: string | undefined): string | undefined {
  const [, url] = /<([^>]+)>;\s*rel="next"/.exec(link ?? '') ?? []
  return (url === undefined ? null : URL.parse(url)?.searchParams.get('cursor')) ?? undefined
}

function exactNumbers(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? exact.rawJSON(String(value)) : value
}

/** Newer than TypeScript's own description of JSON; in Node since 21. */
const exact = JSON as unknown as { rawJSON(text: string): unknown }
