import { accountJson, nodeId } from './account-json.ts'
import type { CommitStatus, Repository } from './entities.ts'
import type { Hub } from './hub.ts'
import { combinedState, latestStatuses } from './commit-state.ts'
import { paged, pageReply } from './page.ts'
import { created, found, unprocessable } from './reply.ts'
import { minimalRepositoryJson, repositoryUrl } from './repository-json.ts'
import { inRepository, type Route } from './route.ts'
import { commitJson } from './commit-json.ts'

interface StatusBody {
  state: CommitStatus['state']
  context?: string
  description?: string | null
  target_url?: string | null
}

/** GitHub's limit on statuses per commit and context. */
const MAX_PER_CONTEXT = 1000
const MAX_DESCRIPTION = 140

export const statusRoutes: Route[] = [
  inRepository(
    'POST /repos/{owner}/{repo}/statuses/{sha}',
    'statuses:write',
    async ({ hub, repository, params, body, token }) => {
      const asked = body as StatusBody
      const sha = await repository.git.commitOf(params.sha)
      if (!sha) throw unprocessable(`No commit found for SHA: ${params.sha}`)
      if ((asked.description ?? '').length > MAX_DESCRIPTION)
        throw unprocessable(`description is too long (maximum is ${MAX_DESCRIPTION} characters)`)
      const status: CommitStatus = {
        id: hub.id(),
        sha,
        state: asked.state,
        context: asked.context ?? 'default',
        description: asked.description ?? null,
        targetUrl: asked.target_url ?? null,
        creator: token.account,
        createdAt: hub.time(),
      }
      if (
        repository.statuses.filter((one) => one.sha === sha && one.context === status.context).length >=
        MAX_PER_CONTEXT
      )
        throw unprocessable('This SHA and context has reached the maximum number of statuses.')
      repository.statuses.push(status)
      const json = statusJson(hub, repository, status)
      await statusEvent(hub, repository, status)
      return created(json)
    },
  ),
  inRepository('GET /repos/{owner}/{repo}/commits/{ref}/statuses', 'statuses:read', async (call) => {
    const sha = found(await call.repository.git.commitOf(call.params.ref))
    const statuses = call.repository.statuses.filter((status) => status.sha === sha).reverse()
    return pageReply(statuses, call, (status) => statusJson(call.hub, call.repository, status))
  }),
  inRepository('GET /repos/{owner}/{repo}/commits/{ref}/status', 'statuses:read', async (call) => {
    const { hub, repository, query, resource } = call
    const sha = found(await repository.git.commitOf(call.params.ref))
    const all = latestStatuses(repository, sha)
    const { items, headers } = paged(all, query, resource)
    const url = `${repositoryUrl(hub, repository)}/commits/${sha}`
    const body = {
      state: combinedState(repository, sha),
      statuses: items.map((status) => statusJson(hub, repository, status)),
      sha,
      total_count: all.length,
      repository: minimalRepositoryJson(hub, repository),
      commit_url: url,
      url: `${url}/status`,
    }
    return { status: 200, body, headers }
  }),
]

async function statusEvent(hub: Hub, repository: Repository, status: CommitStatus): Promise<void> {
  const { git } = repository
  const branches = (await git.refs('refs/heads')).filter(({ sha }) => sha === status.sha)
  const { url: _, node_id: __, creator: ___, ...json } = statusJson(hub, repository, status)
  const payload = {
    ...json,
    sha: status.sha,
    name: `${repository.owner.login}/${repository.name}`,
    commit: commitJson(hub, repository, await git.commit(status.sha)),
    branches: branches.map(({ ref, sha }) => ({
      name: ref.slice('refs/heads/'.length),
      commit: { sha, url: `${repositoryUrl(hub, repository)}/commits/${sha}` },
      protected: false,
    })),
  }
  hub.emit({ name: 'status', repository, sender: status.creator, payload })
}

function statusJson(hub: Hub, repository: Repository, status: CommitStatus): Record<string, unknown> {
  const creator = accountJson(hub, status.creator)
  return {
    url: `${repositoryUrl(hub, repository)}/statuses/${status.sha}`,
    avatar_url: creator['avatar_url'],
    id: status.id,
    node_id: nodeId('StatusContext', status.id),
    state: status.state,
    description: status.description,
    target_url: status.targetUrl,
    context: status.context,
    created_at: status.createdAt,
    updated_at: status.createdAt,
    creator,
  }
}
