import { accountJson, nodeId, teamJson } from './account-json.ts'
import type { Environment, Repository } from './entities.ts'
import type { Hub } from './hub.ts'
import { countedReply } from './page.ts'
import { found, noContent, ok } from './reply.ts'
import { repositoryPage, repositoryUrl } from './repository-json.ts'
import { inRepository, type Route } from './route.ts'

const ENVIRONMENT = '/repos/{owner}/{repo}/environments/{environment_name}' as const

interface EnvironmentBody {
  wait_timer?: number
  reviewers?: { type: 'User' | 'Team'; id: number }[] | null
}

export const environmentRoutes: Route[] = [
  inRepository('GET /repos/{owner}/{repo}/environments', 'actions:read|environments:read', (call) =>
    countedReply([...call.repository.environments.values()], call, {
      name: 'environments',
      json: (environment) => environmentJson(call.hub, call.repository, environment),
    }),
  ),
  inRepository(`GET ${ENVIRONMENT}`, 'actions:read|environments:read', ({ hub, repository, params }) =>
    ok(environmentJson(hub, repository, found(repository.environments.get(params.environment_name)))),
  ),
  inRepository(`PUT ${ENVIRONMENT}`, 'administration:write', ({ hub, repository, params, body }) => {
    const environment = ensureEnvironment(hub, repository, params.environment_name)
    const asked = (body ?? {}) as EnvironmentBody
    environment.waitTimer = asked.wait_timer ?? 0
    environment.reviewers = asked.reviewers ?? []
    return ok(environmentJson(hub, repository, environment))
  }),
  inRepository(`DELETE ${ENVIRONMENT}`, 'administration:write', ({ repository, params }) => {
    found(repository.environments.get(params.environment_name))
    repository.environments.delete(params.environment_name)
    return noContent()
  }),
]

/** GitHub makes an environment the first time that anything names it. */
export function ensureEnvironment(hub: Hub, repository: Repository, name: string): Environment {
  const known = repository.environments.get(name)
  if (known) return known
  const environment: Environment = { id: hub.id(), name, createdAt: hub.time(), waitTimer: 0, reviewers: [] }
  repository.environments.set(name, environment)
  return environment
}

function environmentJson(
  hub: Hub,
  repository: Repository,
  environment: Environment,
): Record<string, unknown> {
  const name = encodeURIComponent(environment.name)
  return {
    id: environment.id,
    node_id: nodeId('Environment', environment.id),
    name: environment.name,
    url: `${repositoryUrl(hub, repository)}/environments/${name}`,
    html_url: `${repositoryPage(hub, repository)}/deployments/activity_log?environments_filter=${name}`,
    created_at: environment.createdAt,
    updated_at: environment.createdAt,
    protection_rules: rulesJson(hub, environment),
    deployment_branch_policy: null,
  }
}

function rulesJson(hub: Hub, environment: Environment): Record<string, unknown>[] {
  const rules: Record<string, unknown>[] = []
  const rule = (type: string, more: Record<string, unknown>): void => {
    rules.push({
      id: environment.id * 10 + rules.length,
      node_id: nodeId(type, environment.id),
      type,
      ...more,
    })
  }
  if (environment.waitTimer > 0) rule('wait_timer', { wait_timer: environment.waitTimer })
  if (environment.reviewers.length > 0)
    rule('required_reviewers', {
      prevent_self_review: false,
      reviewers: environment.reviewers.map(({ type, id }) => ({
        type,
        reviewer: reviewerJson(hub, type, id),
      })),
    })
  return rules
}

function reviewerJson(hub: Hub, type: 'User' | 'Team', id: number): Record<string, unknown> {
  if (type === 'User') return accountJson(hub, found(hub.accounts.findById(id)))
  return teamJson(hub, found(hub.teams.find((team) => team.id === id)))
}
