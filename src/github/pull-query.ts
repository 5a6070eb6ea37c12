import { z } from 'zod'

/** GitHub's largest page. What has more is not read in part. */
const PAGE = 100

const actor = `__typename login ... on User { databaseId } ... on Bot { databaseId } ... on Organization { databaseId } ... on Mannequin { databaseId }`

/** Everything that the gates want to know of a pull request, in one question. */
export const PULL_QUERY = `query ($owner: String!, $repo: String!, $number: Int!) {
  repository(owner: $owner, name: $repo) {
    databaseId
    pullRequest(number: $number) {
      number title url state isDraft isCrossRepository headRefName headRefOid baseRefName reviewDecision
      headRepository { databaseId }
      author { ${actor} }
      labels(first: ${PAGE}) { nodes { name } pageInfo { hasNextPage } }
      latestOpinionatedReviews(first: ${PAGE}, writersOnly: true) {
        nodes { state author { ${actor} } commit { oid } }
        pageInfo { hasNextPage }
      }
      baseRef {
        refUpdateRule { requiredStatusCheckContexts }
        rules(first: ${PAGE}) {
          nodes { parameters { ... on RequiredStatusChecksParameters { requiredStatusChecks { context } } } }
          pageInfo { hasNextPage }
        }
      }
      commits(last: 1) {
        nodes {
          commit {
            oid
            statusCheckRollup {
              contexts(first: ${PAGE}) {
                nodes {
                  ... on CheckRun { name status conclusion isRequired(pullRequestNumber: $number) }
                  ... on StatusContext { context state isRequired(pullRequestNumber: $number) }
                }
                pageInfo { hasNextPage }
              }
            }
          }
        }
      }
    }
  }
}`

function list<Node extends z.ZodType>(node: Node) {
  return z.object({
    nodes: z.array(node.nullable()).nullable(),
    pageInfo: z.object({ hasNextPage: z.boolean() }),
  })
}

const actorNode = z
  .object({ __typename: z.string(), login: z.string(), databaseId: z.number().int().nullish() })
  .nullable()

const checkRun = z.object({
  name: z.string(),
  status: z.string(),
  conclusion: z.string().nullable(),
  isRequired: z.boolean(),
})
const statusContext = z.object({ context: z.string(), state: z.string(), isRequired: z.boolean() })
const checkContext = z.union([checkRun, statusContext])

const opinion = z.object({
  state: z.string(),
  author: actorNode,
  commit: z.object({ oid: z.string() }).nullable(),
})

const baseRef = z.object({
  refUpdateRule: z
    .object({ requiredStatusCheckContexts: z.array(z.string().nullable()).nullable() })
    .nullable(),
  rules: list(
    z.object({
      parameters: z
        .object({ requiredStatusChecks: z.array(z.object({ context: z.string() })).optional() })
        .nullable(),
    }),
  ).nullable(),
})

const headCommit = z.object({
  oid: z.string(),
  statusCheckRollup: z.object({ contexts: list(checkContext) }).nullable(),
})

const pullNode = z.object({
  number: z.number().int(),
  title: z.string(),
  url: z.string(),
  state: z.enum(['OPEN', 'CLOSED', 'MERGED']),
  isDraft: z.boolean(),
  isCrossRepository: z.boolean(),
  headRefName: z.string(),
  headRefOid: z.string(),
  baseRefName: z.string(),
  reviewDecision: z.enum(['APPROVED', 'CHANGES_REQUESTED', 'REVIEW_REQUIRED']).nullable(),
  headRepository: z.object({ databaseId: z.number().int().nullable() }).nullable(),
  author: actorNode,
  labels: list(z.object({ name: z.string() })).nullable(),
  latestOpinionatedReviews: list(opinion).nullable(),
  baseRef: baseRef.nullable(),
  commits: z.object({ nodes: z.array(z.object({ commit: headCommit }).nullable()).nullable() }),
})

export const pullAnswer = z.object({
  repository: z.object({ databaseId: z.number().int().nullable(), pullRequest: pullNode.nullable() }),
})

export type PullNode = z.infer<typeof pullNode>
export type PullRepository = z.infer<typeof pullAnswer>['repository']
export type ActorNode = z.infer<typeof actorNode>
export type CheckContext = z.infer<typeof checkContext>
