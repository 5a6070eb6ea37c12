import type { Pull } from './entities.ts'
import { refuse } from './graphql-refusal.ts'
import type { Hub, Token } from './hub.ts'
import { identityOf } from './merge.ts'
import { refChanged } from './ref-changes.ts'
import { createPull } from './routes-pulls.ts'

/** `revertPullRequest`: a branch that takes a merge back from today's base, opened as a pull request of the caller. */
export async function revertPull(
  hub: Hub,
  token: Token,
  pull: Pull,
  asked: { title?: string; body?: string; draft?: boolean },
): Promise<Pull> {
  const { repository, ref: base } = pull.base
  const { number, title } = pull.issue
  if (!pull.merged) throw refuse('UNPROCESSABLE', 'Pull request is not merged')
  const sha = await revertCommit(hub, token, pull)
  if (!sha) throw refuse('UNPROCESSABLE', 'Reverting this pull request conflicts with later changes')
  const branch = `revert-${number}-${pull.head.ref}`
  const ref = `refs/heads/${branch}`
  if (await repository.git.commitOf(ref)) throw refuse('UNPROCESSABLE', 'A revert branch exists already')
  await repository.git.setRef(ref, sha, '0'.repeat(40))
  await refChanged(hub, { repository, ref, before: undefined, after: sha, by: token.account })
  return createPull(hub, repository, token, {
    title: asked.title ?? `Revert "${title}"`,
    body: asked.body ?? `Reverts ${repository.owner.login}/${repository.name}#${number}`,
    head: branch,
    base,
    draft: asked.draft,
  })
}

async function revertCommit(hub: Hub, token: Token, pull: Pull): Promise<string | undefined> {
  const { repository, ref } = pull.base
  const { git } = repository
  const merged = pull.mergeCommitSha ?? ''
  const first = await git.commit(pull.rebased[0] ?? merged)
  const before = await git.commit(first.parents[0] ?? '')
  const tip = await git.commitOf(`refs/heads/${ref}`)
  if (!tip) return undefined
  const person = identityOf(hub, token.account)
  const message = `Revert "${pull.issue.title}"\n`
  // Three-way merge whose base is the merge's result: what came later stays.
  const undone = await git.commitTree({
    tree: before.tree,
    parents: [merged],
    message,
    author: person,
    committer: person,
  })
  const tree = await git.mergedTree(tip, undone)
  return tree && git.commitTree({ tree, parents: [tip], message, author: person, committer: person })
}
