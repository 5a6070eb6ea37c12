import type { Account, MergeMethod, Pull } from './entities.ts'
import type { Hub } from './hub.ts'
import { mergeBlockers } from './mergeability.ts'
import { identityOf } from './merge.ts'
import { mergePull } from './merge-pull.ts'
import { protectionOf } from './protection.ts'
import { pullUrl } from './pull-json.ts'
import { refChanged } from './ref-changes.ts'
import { noContent, notFound, ok, Refusal, unprocessable } from './reply.ts'
import { inRepository, type Route } from './route.ts'
import { mayChangeWorkflows } from './workflow-permission.ts'
import { pullOf } from './routes-pulls.ts'

const PULL = '/repos/{owner}/{repo}/pulls/{pull_number}' as const

interface MergeBody {
  commit_title?: string
  commit_message?: string
  sha?: string
  merge_method?: MergeMethod
}

export const pullMergeRoutes: Route[] = [
  inRepository(`GET ${PULL}/merge`, 'contents:read', ({ repository, params }) => {
    if (!pullOf(repository, params.pull_number).merged) throw notFound()
    return noContent()
  }),
  inRepository(`PUT ${PULL}/merge`, 'contents:write', async ({ hub, repository, params, body, token }) => {
    const pull = pullOf(repository, params.pull_number)
    const asked = (body ?? {}) as MergeBody
    const method = asked.merge_method ?? 'merge'
    if (pull.issue.state === 'closed' || pull.draft) throw new Refusal(405, 'Pull Request is not mergeable')
    if (asked.sha && asked.sha !== pull.head.sha)
      throw new Refusal(409, 'Head branch was modified. Review and try the merge again.')
    refuseMethod(pull, method)
    await refuseBlocked(hub, pull, token.account)
    const request = {
      method,
      by: token.account,
      title: asked.commit_title,
      message: asked.commit_message,
      mayChangeWorkflows: mayChangeWorkflows(token),
    }
    const sha = await mergePull(hub, pull, request)
    return ok({ sha, merged: true, message: 'Pull Request successfully merged' })
  }),
  inRepository(
    `PUT ${PULL}/update-branch`,
    'pull_requests:write',
    async ({ hub, repository, params, body, token }) => {
      const pull = pullOf(repository, params.pull_number)
      const expected = (body as { expected_head_sha?: string } | undefined)?.expected_head_sha
      if (expected && expected !== pull.head.sha)
        throw unprocessable('expected_head_sha does not match the head of the pull request')
      await updateBranch(hub, pull, token.account)
      return { status: 202, body: { message: 'Updating pull request branch.', url: pullUrl(hub, pull) } }
    },
  ),
]

function refuseMethod(pull: Pull, method: MergeMethod): void {
  const { settings } = pull.base.repository
  const allowed = {
    merge: settings.allowMergeCommit,
    squash: settings.allowSquashMerge,
    rebase: settings.allowRebaseMerge,
  }
  const name = { merge: 'Merge commits', squash: 'Squash merges', rebase: 'Rebase merges' }[method]
  if (!allowed[method]) throw new Refusal(405, `${name} are not allowed on this repository.`)
}

/** Administrators pass classic branch protection unless it binds them too. */
async function refuseBlocked(hub: Hub, pull: Pull, by: Account): Promise<void> {
  const [blocker] = await mergeBlockers(hub, pull)
  if (!blocker) return
  const bound = protectionOf(pull.base.repository, pull.base.ref)?.enforceAdmins ?? false
  if (hub.roleOf(by, pull.base.repository) === 'admin' && !bound) return
  throw new Refusal(405, blocker.message)
}

async function updateBranch(hub: Hub, pull: Pull, by: Account): Promise<void> {
  const { repository } = pull.base
  const { git } = repository
  const base = (await git.commitOf(`refs/heads/${pull.base.ref}`)) ?? pull.base.sha
  const tree = await git.mergedTree(pull.head.sha, base)
  if (!tree || pull.head.repository !== repository)
    throw unprocessable('merge conflict between base and head')
  const person = identityOf(hub, by)
  const message = `Merge branch '${pull.base.ref}' into ${pull.head.ref}\n`
  const sha = await git.commitTree({
    tree,
    parents: [pull.head.sha, base],
    message,
    author: person,
    committer: person,
  })
  const ref = `refs/heads/${pull.head.ref}`
  await git.setRef(ref, sha, pull.head.sha)
  await refChanged(hub, { repository, ref, before: pull.head.sha, after: sha, by })
}
