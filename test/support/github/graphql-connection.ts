type Node = Record<string, unknown>

interface Window {
  first?: number | null
  last?: number | null
  after?: string | null
}

/** A list as GraphQL pages it; a cursor is the place in the list, which callers must not know. */
export function connection(items: readonly unknown[], { first, last, after }: Window): Node {
  const from = after ? Number(Buffer.from(after, 'base64url').toString()) : 0
  const rest = items.slice(from)
  const shown = last ? rest.slice(-last) : rest.slice(0, first ?? rest.length)
  const end = from + (last ? rest.length : shown.length)
  return {
    nodes: shown,
    totalCount: items.length,
    pageInfo: {
      hasNextPage: end < items.length,
      hasPreviousPage: shown.length < end,
      endCursor: shown.length > 0 ? Buffer.from(String(end)).toString('base64url') : null,
    },
  }
}
