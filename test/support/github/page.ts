import type { Reply } from './reply.ts'

export interface PageOf<T> {
  items: T[]
  headers: Record<string, string>
}

/** GitHub's paging: `per_page` 30 by default and 100 at most, `page` from 1, a Link header. */
export function paged<T>(all: readonly T[], query: URLSearchParams, resource: string): PageOf<T> {
  const perPage = Math.min(100, Math.max(1, Number(query.get('per_page') ?? 30) || 30))
  const page = Math.max(1, Number(query.get('page') ?? 1) || 1)
  const last = Math.max(1, Math.ceil(all.length / perPage))
  const items = all.slice((page - 1) * perPage, page * perPage)
  const link = linkHeader({ page, last }, query, resource)
  return { items, headers: link ? { link } : {} }
}

function linkHeader(at: { page: number; last: number }, query: URLSearchParams, resource: string): string {
  const to = (page: number, rel: string): string => {
    const target = new URLSearchParams(query)
    target.set('page', String(page))
    return `<${resource}?${target.toString()}>; rel="${rel}"`
  }
  const links: string[] = []
  if (at.page > 1) links.push(to(at.page - 1, 'prev'), to(1, 'first'))
  if (at.page < at.last) links.push(to(at.page + 1, 'next'), to(at.last, 'last'))
  return links.join(', ')
}

/** One page of `all`, each item as JSON made only for that page. */
export async function pageReply<T>(
  all: readonly T[],
  call: { query: URLSearchParams; resource: string },
  json: (item: T) => unknown,
): Promise<Reply> {
  const { items, headers } = paged(all, call.query, call.resource)
  return { status: 200, body: await Promise.all(items.map(json)), headers }
}

/** GitHub's other list shape: `{ total_count, <name>: [...] }`. */
export async function countedReply<T>(
  all: readonly T[],
  call: { query: URLSearchParams; resource: string },
  list: { name: string; json: (item: T) => unknown },
): Promise<Reply> {
  const { items, headers } = paged(all, call.query, call.resource)
  const body = { total_count: all.length, [list.name]: await Promise.all(items.map(list.json)) }
  return { status: 200, body, headers }
}
