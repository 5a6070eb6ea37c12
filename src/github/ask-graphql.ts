import { z } from 'zod'

import { GitHubError } from '../errors.ts'
import type { GitHubRepository } from './client.ts'

/** GitHub answers 200 to a query that it refuses in part: these are the parts, by their place in the answer. */
export interface GraphqlRefusal {
  readonly type: string
  /** `repository/pullRequest/labels`; empty where it is about the whole query. */
  readonly path: string
  readonly message: string
}

export interface GraphqlAnswer<Data> {
  readonly data: Data
  /** What is `null` in the data because GitHub refused it, not because there is none. */
  readonly refused: readonly GraphqlRefusal[]
}

/** octokit throws where there is any error, with the answer inside. */
const refusedAnswer = z.object({
  name: z.literal('GraphqlResponseError'),
  errors: z.array(
    z.object({
      type: z.string().catch('UNKNOWN'),
      path: z.array(z.union([z.string(), z.number()])).catch([]),
      message: z.string().catch(''),
    }),
  ),
  data: z.unknown(),
})

/**
 * Asks a query (it must begin with `query`) about the repository, whose owner and name are its variables `owner` and `repo`.
 * Error: `GitHubError` where nothing was answered, or not what the schema says.
 */
export async function askGraphql<Data>(
  { octokit, owner, repo }: GitHubRepository,
  {
    query,
    schema,
    variables = {},
  }: { query: string; schema: z.ZodType<Data>; variables?: Record<string, unknown> },
): Promise<GraphqlAnswer<Data>> {
  const { data, refused } = await answerTo(async () => octokit.graphql(query, { ...variables, owner, repo }))
  const read = schema.safeParse(data)
  if (read.success) return { data: read.data, refused }
  const [first] = refused
  if (first !== undefined) throw asGitHubError(first)
  const where = read.error.issues.map(({ path, message }) => `${path.join('/')}: ${message}`).join('; ')
  throw new GitHubError(200, `GitHub's GraphQL answered in a shape that it does not document: ${where}`)
}

async function answerTo(ask: () => Promise<unknown>): Promise<GraphqlAnswer<unknown>> {
  try {
    return { data: await ask(), refused: [] }
  } catch (error) {
    const answer = refusedAnswer.safeParse(error)
    if (!answer.success) throw error
    const refused = answer.data.errors.map(({ type, path, message }) => ({
      type,
      path: path.join('/'),
      message,
    }))
    return { data: answer.data.data, refused }
  }
}

function asGitHubError({ type, path, message }: GraphqlRefusal): GitHubError {
  const status = type === 'NOT_FOUND' ? 404 : type === 'RATE_LIMITED' ? 429 : type === 'FORBIDDEN' ? 403 : 200
  const where = path === '' ? '' : ` for ${path}`
  return new GitHubError(status, `GitHub's GraphQL refused${where}: ${message.slice(0, 500)} (${type})`)
}
