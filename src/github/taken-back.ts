import { z } from 'zod'

import { GitHubError } from '../errors.ts'
import type { CommitId } from '../ports/version-control.ts'
import { askGraphql } from './ask-graphql.ts'
import type { GitHubRepository } from './client.ts'
import { revertedByUs } from './revert-name.ts'

/** How far back reverts are looked for: three pages of merges, and fifty reverts. */
const MAX_PAGES = 3
const MAX_REVERTS = 50

/** A merge that a revert of ours undid. */
export interface UndonePull {
  readonly pull: number
  readonly head: CommitId
  /** It changes as many lines and files as the pull request that was asked about: only then they can be the same change. */
  readonly isLike: boolean
}

const SIZE = 'number headRefOid additions deletions changedFiles'

const size = z.object({
  number: z.number().int(),
  headRefOid: z.string(),
  additions: z.number().int(),
  deletions: z.number().int(),
  changedFiles: z.number().int(),
})

type Size = z.infer<typeof size>

const MERGES = `query ($owner: String!, $repo: String!, $number: Int!, $after: String) {
  repository(owner: $owner, name: $repo) {
    databaseId
    pullRequest(number: $number) { ${SIZE} }
    pullRequests(states: MERGED, first: 100, after: $after, orderBy: { field: UPDATED_AT, direction: DESC }) {
      nodes { headRefName headRepository { databaseId } }
      pageInfo { hasNextPage endCursor }
    }
  }
}`

const merges = z.object({
  repository: z.object({
    databaseId: z.number().int(),
    pullRequest: size.nullable(),
    pullRequests: z.object({
      nodes: z.array(
        z.object({
          headRefName: z.string(),
          headRepository: z.object({ databaseId: z.number().int() }).nullable(),
        }),
      ),
      pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() }),
    }),
  }),
})

/** The merges that merged reverts of ours undid, the newest revert first, seen from a pull request that is to be deployed. */
export async function takenBack(github: GitHubRepository, number: number): Promise<readonly UndonePull[]> {
  const { undone, asked } = await revertsOfOurs(github, number)
  if (undone.length === 0) return []
  const sizes = await sizesOf(github, undone)
  return sizes.map((one) => ({ pull: one.number, head: one.headRefOid, isLike: isLike(one, asked) }))
}

async function revertsOfOurs(
  github: GitHubRepository,
  number: number,
): Promise<{ undone: readonly number[]; asked: Size | undefined }> {
  const undone = new Set<number>()
  let asked: Size | undefined
  let after: string | null = null
  for (let page = 1; page <= MAX_PAGES && undone.size < MAX_REVERTS; page += 1) {
    const answer: z.infer<typeof merges> = await askWhole(github, {
      query: MERGES,
      schema: merges,
      variables: { number, after },
    })
    const { repository } = answer
    asked = repository.pullRequest ?? undefined
    const { nodes, pageInfo } = repository.pullRequests
    for (const { headRefName, headRepository } of nodes) {
      const repo = headRepository && { id: headRepository.databaseId }
      const branches = { head: { ref: headRefName, repo }, base: { repo: { id: repository.databaseId } } }
      const found = revertedByUs(branches)
      if (found !== undefined) undone.add(found)
    }
    after = pageInfo.endCursor
    if (!pageInfo.hasNextPage) break
  }
  return { undone: [...undone].slice(0, MAX_REVERTS), asked }
}

/** The numbers come out of branch names by a pattern of digits: they are safe to be part of a document. */
async function sizesOf(github: GitHubRepository, numbers: readonly number[]): Promise<readonly Size[]> {
  const fields = numbers.map((number) => `p${number}: pullRequest(number: ${number}) { ${SIZE} }`)
  const query = `query ($owner: String!, $repo: String!) {
    repository(owner: $owner, name: $repo) { ${fields.join('\n')} }
  }`
  const schema = z.object({ repository: z.record(z.string(), size.nullable()) })
  const { repository } = await askWhole(github, { query, schema })
  return numbers.flatMap((number) => repository[`p${number}`] ?? [])
}

/** A number that is no pull request any more (or never was: anybody may name a branch) is no refusal. */
async function askWhole<Data>(
  github: GitHubRepository,
  asked: { query: string; schema: z.ZodType<Data>; variables?: Record<string, unknown> },
): Promise<Data> {
  const { data, refused } = await askGraphql(github, asked)
  const refusal = refused.find(({ type }) => type !== 'NOT_FOUND')
  if (refusal === undefined) return data
  throw new GitHubError(403, `GitHub did not tell what was reverted: ${refusal.message} (${refusal.path})`)
}

function isLike(one: Size, other: Size | undefined): boolean {
  return (
    one.additions === other?.additions &&
    one.deletions === other.deletions &&
    one.changedFiles === other.changedFiles
  )
}
