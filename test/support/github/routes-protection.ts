import type { Protection, Repository, Ruleset } from './entities.ts'
import type { Hub } from './hub.ts'
import { pageReply } from './page.ts'
import { created, found, noContent, ok, Refusal } from './reply.ts'
import { repositoryUrl } from './repository-json.ts'
import { inRepository, type Route } from './route.ts'
import { rulesetsFor } from './rulesets.ts'

const PROTECTION = '/repos/{owner}/{repo}/branches/{branch}/protection' as const

interface ProtectionBody {
  required_status_checks: {
    strict: boolean
    contexts?: string[]
    checks?: { context: string; app_id?: number }[]
  } | null
  enforce_admins: boolean | null
  required_pull_request_reviews: { required_approving_review_count?: number } | null
  allow_force_pushes?: boolean | null
}

interface RulesetBody {
  name: string
  target?: Ruleset['target']
  enforcement: Ruleset['enforcement']
  conditions?: { ref_name?: { include?: string[]; exclude?: string[] } }
  rules?: Ruleset['rules']
}

/** Branch protection of the classic kind, and rulesets. */
export const protectionRoutes: Route[] = [
  inRepository(`GET ${PROTECTION}`, 'administration:read', ({ hub, repository, params }) => {
    const rules = repository.protections.get(params.branch)
    if (!rules) throw new Refusal(404, 'Branch not protected')
    return ok(protectionJson(hub, repository, { branch: params.branch, rules }))
  }),
  inRepository(`PUT ${PROTECTION}`, 'administration:write', async ({ hub, repository, params, body }) => {
    if (!(await repository.git.commitOf(`refs/heads/${params.branch}`)))
      throw new Refusal(404, 'Branch not found')
    const rules = protectionFrom(body as ProtectionBody)
    repository.protections.set(params.branch, rules)
    return ok(protectionJson(hub, repository, { branch: params.branch, rules }))
  }),
  inRepository(`DELETE ${PROTECTION}`, 'administration:write', ({ repository, params }) => {
    if (!repository.protections.delete(params.branch)) throw new Refusal(404, 'Branch not protected')
    return noContent()
  }),
  inRepository('GET /repos/{owner}/{repo}/rulesets', 'metadata:read', (call) =>
    pageReply(call.repository.rulesets, call, (ruleset) => rulesetJson(call.repository, ruleset)),
  ),
  inRepository('POST /repos/{owner}/{repo}/rulesets', 'administration:write', ({ hub, repository, body }) => {
    const asked = body as RulesetBody
    const ruleset: Ruleset = {
      id: hub.id(),
      name: asked.name,
      target: asked.target ?? 'branch',
      enforcement: asked.enforcement,
      include: asked.conditions?.ref_name?.include ?? [],
      exclude: asked.conditions?.ref_name?.exclude ?? [],
      rules: asked.rules ?? [],
      createdAt: hub.time(),
    }
    repository.rulesets.push(ruleset)
    return created(rulesetJson(repository, ruleset))
  }),
  inRepository('GET /repos/{owner}/{repo}/rulesets/{ruleset_id}', 'metadata:read', ({ repository, params }) =>
    ok(
      rulesetJson(repository, found(repository.rulesets.find(({ id }) => id === Number(params.ruleset_id)))),
    ),
  ),
  inRepository(
    'DELETE /repos/{owner}/{repo}/rulesets/{ruleset_id}',
    'administration:write',
    ({ repository, params }) => {
      const ruleset = found(repository.rulesets.find(({ id }) => id === Number(params.ruleset_id)))
      repository.rulesets = repository.rulesets.filter((one) => one !== ruleset)
      return noContent()
    },
  ),
  inRepository('GET /repos/{owner}/{repo}/rules/branches/{branch}', 'metadata:read', (call) => {
    const { repository, params } = call
    const rules = rulesetsFor(repository, params.branch).flatMap((ruleset) =>
      ruleset.rules.map((rule) => ({ rule, ruleset })),
    )
    const source = `${repository.owner.login}/${repository.name}`
    return pageReply(rules, call, ({ rule, ruleset }) => ({
      ...rule,
      ruleset_source_type: 'Repository',
      ruleset_source: source,
      ruleset_id: ruleset.id,
    }))
  }),
]

function protectionFrom(asked: ProtectionBody): Protection {
  const checks = asked.required_status_checks
  const contexts = (checks?.contexts ?? []).map((context) => ({ context, appId: null }))
  // app_id -1 stands for "any app".
  const bound = (checks?.checks ?? []).map(({ context, app_id = -1 }) => ({
    context,
    appId: app_id === -1 ? null : app_id,
  }))
  return {
    requiredChecks: bound.length > 0 ? bound : contexts,
    strict: checks?.strict ?? false,
    requiredApprovals: asked.required_pull_request_reviews?.required_approving_review_count ?? 0,
    requirePullRequest: asked.required_pull_request_reviews !== null,
    enforceAdmins: asked.enforce_admins ?? false,
    allowForcePushes: asked.allow_force_pushes ?? false,
    mergeQueue: false,
  }
}

function protectionJson(
  hub: Hub,
  repository: Repository,
  { branch, rules }: { branch: string; rules: Protection },
): Record<string, unknown> {
  const url = `${repositoryUrl(hub, repository)}/branches/${branch}/protection`
  return {
    url,
    ...(rules.requiredChecks.length > 0
      ? { required_status_checks: checksJson(`${url}/required_status_checks`, rules) }
      : {}),
    ...(rules.requirePullRequest
      ? { required_pull_request_reviews: reviewsJson(`${url}/required_pull_request_reviews`, rules) }
      : {}),
    enforce_admins: { url: `${url}/enforce_admins`, ...flag(rules.enforceAdmins) },
    required_linear_history: flag(false),
    allow_force_pushes: flag(rules.allowForcePushes),
    allow_deletions: flag(false),
    block_creations: flag(false),
    required_conversation_resolution: flag(false),
    lock_branch: flag(false),
    allow_fork_syncing: flag(false),
  }
}

function flag(enabled: boolean): Record<string, unknown> {
  return { enabled }
}

function checksJson(url: string, rules: Protection): Record<string, unknown> {
  return {
    url,
    strict: rules.strict,
    contexts: rules.requiredChecks.map(({ context }) => context),
    contexts_url: `${url}/contexts`,
    checks: rules.requiredChecks.map(({ context, appId }) => ({ context, app_id: appId })),
  }
}

function reviewsJson(url: string, rules: Protection): Record<string, unknown> {
  return {
    url,
    dismiss_stale_reviews: false,
    require_code_owner_reviews: false,
    required_approving_review_count: rules.requiredApprovals,
    require_last_push_approval: false,
  }
}

function rulesetJson(repository: Repository, ruleset: Ruleset): Record<string, unknown> {
  return {
    id: ruleset.id,
    name: ruleset.name,
    target: ruleset.target,
    source_type: 'Repository',
    source: `${repository.owner.login}/${repository.name}`,
    enforcement: ruleset.enforcement,
    bypass_actors: [],
    conditions: { ref_name: { include: ruleset.include, exclude: ruleset.exclude } },
    rules: ruleset.rules,
    created_at: ruleset.createdAt,
    updated_at: ruleset.createdAt,
  }
}
