import { z } from 'zod'

import { GitHubError } from '../errors.ts'
import type { CommitId } from '../ports/version-control.ts'
import { askGraphql } from './ask-graphql.ts'
import type { GitHubRepository } from './client.ts'

export interface DefaultBranchFile {
  readonly defaultBranch: string
  /** Its head: the file is of this commit, and so is every decision that it leads to. */
  readonly sha: CommitId
  /** Absent where there is no such file, or no text in it. */
  readonly text: string | undefined
}

const QUERY = `query ($owner: String!, $repo: String!, $path: String!) {
  repository(owner: $owner, name: $repo) {
    defaultBranchRef {
      name
      target { ... on Commit { oid file(path: $path) { object { ... on Blob { text isTruncated } } } } }
    }
  }
}`

const answer = z.object({
  repository: z.object({
    defaultBranchRef: z
      .object({
        name: z.string(),
        target: z.object({
          oid: z.string(),
          file: z
            .object({
              object: z
                .object({ text: z.string().nullish(), isTruncated: z.boolean().optional() })
                .nullable(),
            })
            .nullable(),
        }),
      })
      .nullable(),
  }),
})

/**
 * A file of the default branch's head, and that head, in one look and one call: nobody can push between the two. Nothing where
 * the repository is empty. Needs `contents: read`. Error: `GitHubError`, also where GitHub shows a part of the file only.
 */
export async function defaultBranchFile(
  github: GitHubRepository,
  path: string,
): Promise<DefaultBranchFile | undefined> {
  const { data, refused } = await askGraphql(github, { query: QUERY, schema: answer, variables: { path } })
  const [refusal] = refused
  if (refusal !== undefined)
    throw new GitHubError(403, `GitHub did not show ${path} of the default branch: ${refusal.message}`)
  const branch = data.repository.defaultBranchRef
  if (branch === null) return undefined
  const { oid: sha, file } = branch.target
  if (file?.object?.isTruncated === true)
    throw new GitHubError(200, `${path} at ${sha} is too long: GitHub shows only a part of it.`)
  return { defaultBranch: branch.name, sha, text: file?.object?.text ?? undefined }
}
