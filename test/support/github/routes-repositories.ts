import { commitJson } from './commit-json.ts'
import type { Protection, Repository } from './entities.ts'
import { pageReply } from './page.ts'
import { protectionOf } from './protection.ts'
import { notFound, ok } from './reply.ts'
import { fullRepositoryJson, repositoryPage, repositoryUrl } from './repository-json.ts'
import { inRepository, type Route } from './route.ts'

export const repositoryRoutes: Route[] = [
  inRepository('GET /repos/{owner}/{repo}', 'metadata:read', ({ hub, repository, token }) => {
    const role = token ? hub.roleOf(token.account, repository) : 'none'
    const at = (...roles: string[]): boolean => roles.includes(role)
    const permissions = {
      admin: at('admin'),
      maintain: at('admin', 'maintain'),
      push: at('admin', 'maintain', 'write'),
      triage: at('admin', 'maintain', 'write', 'triage'),
      pull: !repository.private || role !== 'none',
    }
    return ok({ ...fullRepositoryJson(hub, repository), permissions })
  }),
  inRepository('PATCH /repos/{owner}/{repo}', 'administration:write', ({ hub, repository, body }) => {
    applySettings(repository, body as Record<string, unknown>)
    return ok(fullRepositoryJson(hub, repository))
  }),
  inRepository('GET /repos/{owner}/{repo}/branches', 'contents:read', async (call) => {
    const { hub, repository } = call
    const branches = (await repository.git.refs('refs/heads')).map(({ ref, sha }) => ({
      name: ref.slice(11),
      sha,
    }))
    return pageReply(branches, call, ({ name, sha }) => ({
      name,
      commit: { sha, url: `${repositoryUrl(hub, repository)}/commits/${sha}` },
      protected: protectionOf(repository, name) !== undefined,
    }))
  }),
  inRepository(
    'GET /repos/{owner}/{repo}/branches/{branch}',
    'contents:read',
    async ({ hub, repository, params }) => {
      const sha = await repository.git.commitOf(`refs/heads/${params.branch}`)
      if (!sha) throw notFound()
      const self = `${repositoryUrl(hub, repository)}/branches/${params.branch}`
      const rules = protectionOf(repository, params.branch)
      return ok({
        name: params.branch,
        commit: commitJson(hub, repository, await repository.git.commit(sha)),
        _links: { self, html: `${repositoryPage(hub, repository)}/tree/${params.branch}` },
        protected: rules !== undefined,
        protection: branchSummary(rules),
        protection_url: `${self}/protection`,
      })
    },
  ),
]

function branchSummary(rules: Protection | undefined): Record<string, unknown> {
  const checks = rules?.requiredChecks ?? []
  return {
    enabled: rules !== undefined,
    required_status_checks: {
      enforcement_level: checks.length === 0 ? 'off' : 'non_admins',
      contexts: checks.map(({ context }) => context),
      checks: checks.map(({ context, appId }) => ({ context, app_id: appId })),
    },
  }
}

function applySettings(repository: Repository, asked: Record<string, unknown>): void {
  const flag = (name: string, before: boolean): boolean =>
    typeof asked[name] === 'boolean' ? asked[name] : before
  const { settings } = repository
  settings.allowMergeCommit = flag('allow_merge_commit', settings.allowMergeCommit)
  settings.allowSquashMerge = flag('allow_squash_merge', settings.allowSquashMerge)
  settings.allowRebaseMerge = flag('allow_rebase_merge', settings.allowRebaseMerge)
  settings.allowAutoMerge = flag('allow_auto_merge', settings.allowAutoMerge)
  settings.deleteBranchOnMerge = flag('delete_branch_on_merge', settings.deleteBranchOnMerge)
  repository.archived = flag('archived', repository.archived)
  if (typeof asked['default_branch'] === 'string') repository.defaultBranch = asked['default_branch']
  if (typeof asked['description'] === 'string') repository.description = asked['description']
}
