import { accountJson, nodeId } from './account-json.ts'
import type { Activity } from './entities.ts'
import type { Hub } from './hub.ts'
import { inRepository, type Route } from './route.ts'

const DAY_MS = 86_400_000
const PERIODS: Record<string, number> = { day: 1, week: 7, month: 30, quarter: 91, year: 365 }

/** What happened to the branches: pages by cursors, in both directions. */
export const activityRoutes: Route[] = [
  inRepository(
    'GET /repos/{owner}/{repo}/activity',
    'contents:read',
    ({ hub, repository, query, resource }) => {
      const all = matching(hub, repository.activities, query)
      const perPage = Math.min(100, Number(query.get('per_page') ?? 30))
      const place = (id: string | null): number => all.findIndex((one) => String(one.id) === id)
      const from = query.has('after') ? place(query.get('after')) + 1 : 0
      const until = query.has('before') ? place(query.get('before')) : all.length
      const page = query.has('before')
        ? all.slice(Math.max(0, until - perPage), until)
        : all.slice(from, from + perPage)
      const last = page.at(-1)
      const isMore = last !== undefined && all.indexOf(last) < all.length - 1
      const link = isMore ? { link: `<${resource}?${nextQuery(query, last)}>; rel="next"` } : {}
      return { status: 200, body: page.map((one) => activityJson(hub, one)), headers: link }
    },
  ),
]

function matching(hub: Hub, activities: readonly Activity[], query: URLSearchParams): Activity[] {
  const ref = query.get('ref')?.replace(/^(?!refs\/)/, 'refs/heads/')
  const days = PERIODS[query.get('time_period') ?? '']
  const found = activities
    .filter((one) => ref === undefined || one.ref === ref)
    .filter((one) => (query.get('actor') ?? one.actor.login) === one.actor.login)
    .filter((one) => (query.get('activity_type') ?? one.type) === one.type)
    .filter((one) => days === undefined || hub.clock.now() - Date.parse(one.at) <= days * DAY_MS)
  return query.get('direction') === 'asc' ? found : found.reverse()
}

function nextQuery(query: URLSearchParams, last: Activity): string {
  const next = new URLSearchParams(query)
  next.set('after', String(last.id))
  return next.toString()
}

function activityJson(
  hub: Hub,
  { id, before, after, ref, at, type, actor }: Activity,
): Record<string, unknown> {
  return {
    id,
    node_id: nodeId('Activity', id),
    before,
    after,
    ref,
    timestamp: at,
    activity_type: type,
    actor: accountJson(hub, actor),
  }
}
