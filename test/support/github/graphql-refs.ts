import { nodeId } from './account-json.ts'
import { isGranted } from './authorise.ts'
import type { Repository } from './entities.ts'
import { connection } from './graphql-connection.ts'
import { refuse } from './graphql-refusal.ts'
import type { Token } from './hub.ts'
import { rulesetsFor } from './rulesets.ts'

type Node = Record<string, unknown>

/** Throws GitHub's refusal where the token's list of permissions lacks one of these. */
export function requireGranted(token: Token | undefined, ...needed: string[]): void {
  const { permissions } = token ?? {}
  if (permissions && !needed.every((one) => isGranted(permissions, one)))
    throw refuse('FORBIDDEN', 'Resource not accessible by integration')
}

/** A branch: where it points, and what its rules ask. */
export async function branchNode(
  repository: Repository,
  name: string,
  token: Token | undefined,
): Promise<Node | null> {
  const sha = await repository.git.commitOf(`refs/heads/${name}`)
  if (sha === undefined) return null
  const classic = repository.protections.get(name)
  return {
    id: nodeId('Ref', `${repository.id}:refs/heads/${name}`),
    name,
    prefix: 'refs/heads/',
    target: () => commitNode(repository, sha, token),
    refUpdateRule: classic
      ? {
          pattern: name,
          requiredStatusCheckContexts: classic.requiredChecks.map(({ context }) => context),
          requiredApprovingReviewCount: classic.requiredApprovals,
        }
      : null,
    rules: (args: { first?: number }) => connection(rulesOf(repository, name), args),
  }
}

/** Each rule of each ruleset for itself, as GitHub lists them. */
function rulesOf(repository: Repository, branch: string): Node[] {
  return rulesetsFor(repository, branch).flatMap(({ id, rules }) =>
    rules.map(({ type, parameters }, at) => ({
      id: nodeId('RepositoryRule', `${id}:${at}`),
      type: type.toUpperCase(),
      parameters: type === 'required_status_checks' ? statusCheckParameters(parameters ?? {}) : null,
    })),
  )
}

function statusCheckParameters(parameters: Record<string, unknown>): Node {
  const checks = (parameters['required_status_checks'] ?? []) as {
    context: string
    integration_id?: number
  }[]
  return {
    __typename: 'RequiredStatusChecksParameters',
    requiredStatusChecks: checks.map(({ context, integration_id }) => ({
      context,
      integrationId: integration_id ?? null,
    })),
    strictRequiredStatusChecksPolicy: parameters['strict_required_status_checks_policy'] === true,
    doNotEnforceOnCreate: false,
  }
}

function commitNode(repository: Repository, oid: string, token: Token | undefined): Node {
  requireGranted(token, 'contents:read')
  return {
    __typename: 'Commit',
    id: nodeId('Commit', oid),
    oid,
    file: async ({ path }: { path: string }) => {
      const sha = await repository.git.objectOf(`${oid}:${path}`)
      if (sha === undefined) return null
      const type = await repository.git.objectType(sha)
      return {
        name: path.split('/').at(-1),
        path,
        oid: sha,
        type,
        object: await objectNode(repository, sha, type),
      }
    },
  }
}

/** GitHub shows the text of a blob up to half a megabyte. */
const MAX_TEXT = 512 * 1024

async function objectNode(repository: Repository, sha: string, type: string | undefined): Promise<Node> {
  if (type !== 'blob') return { __typename: 'Tree', oid: sha }
  const content = await repository.git.blob(sha)
  const isBinary = content.includes(0)
  return {
    __typename: 'Blob',
    oid: sha,
    byteSize: content.length,
    isBinary,
    isTruncated: !isBinary && content.length > MAX_TEXT,
    text: isBinary ? null : content.subarray(0, MAX_TEXT).toString('utf8'),
  }
}
