import { nodeId } from './account-json.ts'
import type { Account, Repository } from './entities.ts'
import type { Hub } from './hub.ts'
import { refChanged } from './ref-changes.ts'
import { created, noContent, notFound, ok, unprocessable } from './reply.ts'
import { repositoryUrl } from './repository-json.ts'
import { inRepository, type Route } from './route.ts'
import { refuseWorkflowsOnRef } from './workflow-permission.ts'
import { refuseProtectedChange } from './protection.ts'

interface Ref {
  ref: string
  sha: string
  type: string
}

export const gitRefRoutes: Route[] = [
  inRepository(
    'GET /repos/{owner}/{repo}/git/ref/{ref}',
    'contents:read',
    async ({ hub, repository, params }) =>
      ok(refJson(hub, repository, await findRef(repository, params.ref))),
  ),
  inRepository('GET /repos/{owner}/{repo}/git/matching-refs/{ref}', 'contents:read', async (call) => {
    const prefix = `refs/${call.params.ref}`
    const refs = (await call.repository.git.refs('refs')).filter(({ ref }) => ref.startsWith(prefix))
    // No pages: GitHub's description has no parameter for any.
    return ok(refs.map((ref) => refJson(call.hub, call.repository, ref)))
  }),
  inRepository('POST /repos/{owner}/{repo}/git/refs', 'contents:write', async (call) => {
    const { hub, repository, token } = call
    const { ref, sha } = call.body as { ref: string; sha: string }
    await requireNewRef(repository, ref)
    const type = await repository.git.objectType(sha)
    if (!type || !/^[0-9a-f]{40}$/.test(sha)) throw unprocessable('Object does not exist')
    await refuseWorkflowsOnRef(repository, sha, token)
    await repository.git.setRef(ref, sha, '0'.repeat(40))
    await refChanged(hub, { repository, ref, before: undefined, after: sha, by: token.account })
    return created(refJson(hub, repository, { ref, sha, type }))
  }),
  inRepository('PATCH /repos/{owner}/{repo}/git/refs/{ref}', 'contents:write', async (call) => {
    const { hub, repository, token } = call
    const { sha, force = false } = call.body as { sha: string; force?: boolean }
    const before = await findExactRef(repository, call.params.ref)
    if (!before) throw unprocessable('Reference does not exist')
    if (!(await repository.git.objectType(sha))) throw unprocessable('Object does not exist')
    if (!force && !(await repository.git.isAncestor(before.sha, sha)))
      throw unprocessable('Update is not a fast forward')
    await refuseProtectedChange(hub, repository, {
      ref: before.ref,
      before: before.sha,
      after: sha,
      by: token.account,
    })
    await refuseWorkflowsOnRef(repository, sha, token)
    await repository.git.setRef(before.ref, sha, before.sha)
    await refChanged(hub, { repository, ref: before.ref, before: before.sha, after: sha, by: token.account })
    return ok(refJson(hub, repository, { ...before, sha }))
  }),
  inRepository(
    'DELETE /repos/{owner}/{repo}/git/refs/{ref}',
    'contents:write',
    async ({ hub, repository, params, token }) => {
      const before = await findExactRef(repository, params.ref)
      if (!before) throw unprocessable('Reference does not exist')
      await deleteBranch(hub, repository, { ref: before.ref, sha: before.sha, by: token.account })
      return noContent()
    },
  ),
]

export async function deleteBranch(
  hub: Hub,
  repository: Repository,
  { ref, sha, by }: { ref: string; sha: string; by: Account },
): Promise<void> {
  await refuseProtectedChange(hub, repository, { ref, before: sha, after: undefined, by })
  await repository.git.deleteRef(ref)
  await refChanged(hub, { repository, ref, before: sha, after: undefined, by })
}

async function requireNewRef(repository: Repository, ref: string): Promise<void> {
  if (!ref.startsWith('refs/') || ref.split('/').length < 3 || !(await repository.git.isValidRef(ref)))
    throw unprocessable(`Reference name must start with 'refs/' and contain at least two slashes.`)
  if (await repository.git.objectOf(ref)) throw unprocessable('Reference already exists')
}

async function findExactRef(repository: Repository, name: string): Promise<Ref | undefined> {
  return (await repository.git.refs(`refs/${name}`)).find(({ ref }) => ref === `refs/${name}`)
}

async function findRef(repository: Repository, name: string): Promise<Ref> {
  const exact = await findExactRef(repository, name)
  if (!exact) throw notFound()
  return exact
}

function refJson(hub: Hub, repository: Repository, { ref, sha, type }: Ref): Record<string, unknown> {
  const url = repositoryUrl(hub, repository)
  return {
    ref,
    node_id: nodeId('Ref', `${repository.id}:${ref}`),
    url: `${url}/git/${ref}`,
    object: { sha, type, url: `${url}/git/${type}s/${sha}` },
  }
}
