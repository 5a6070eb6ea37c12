import type { GitCommit, GitPerson } from './commit-graph.ts'
import type { Account, MergeMethod, Pull, Repository } from './entities.ts'
import type { Hub } from './hub.ts'

/** The person that GitHub writes into commits made for an account. */
export function identityOf(hub: Hub, account: Account): GitPerson {
  return {
    name: account.login,
    email: `${account.id}+${account.login}@users.noreply.github.com`,
    date: hub.time(),
  }
}

function webFlow(hub: Hub): GitPerson {
  return { name: 'GitHub', email: 'noreply@github.com', date: hub.time() }
}

export interface MergeRequest {
  method: MergeMethod
  by: Account
  title: string | undefined
  message: string | undefined
  /** Left out: yes. */
  mayChangeWorkflows?: boolean
}

/**
 * The commit that a merge would put on the base branch, written but on no branch yet; undefined on a conflict.
 * All three kinds are three-way merges with the base's tip, so what landed there meanwhile stays.
 */
export function mergeCommit(
  hub: Hub,
  pull: Pull,
  base: string,
  request: MergeRequest,
): Promise<string | undefined> {
  if (request.method === 'rebase') return rebased(hub, pull, base, request.by)
  return mergedOrSquashed(hub, pull, base, request)
}

async function mergedOrSquashed(
  hub: Hub,
  pull: Pull,
  base: string,
  request: MergeRequest,
): Promise<string | undefined> {
  const { git } = pull.base.repository
  const tree = await git.mergedTree(base, pull.head.sha)
  if (tree === undefined) return undefined
  const squash = request.method === 'squash'
  const text = squash ? await squashText(pull, base) : mergeText(pull)
  return git.commitTree({
    tree,
    parents: squash ? [base] : [base, pull.head.sha],
    message: `${request.title ?? text.title}\n\n${request.message ?? text.body}`.trimEnd() + '\n',
    author: identityOf(hub, squash ? pull.issue.user : request.by),
    committer: webFlow(hub),
  })
}

function mergeText(pull: Pull): { title: string; body: string } {
  const from = `${pull.head.owner.login}/${pull.head.ref}`
  return { title: `Merge pull request #${pull.issue.number} from ${from}`, body: pull.issue.title }
}

async function squashText(pull: Pull, base: string): Promise<{ title: string; body: string }> {
  const commits = await commitsOf(pull.base.repository, base, pull.head.sha)
  const title = `${pull.issue.title} (#${pull.issue.number})`
  if (commits.length === 1) return { title, body: commits[0]!.message.split('\n').slice(1).join('\n').trim() }
  return { title, body: commits.map((commit) => `* ${commit.message}`).join('\n\n') }
}

/** Commits of a pull request, oldest first. */
export async function commitsOf(repository: Repository, base: string, head: string): Promise<GitCommit[]> {
  return repository.git.range(base, head)
}

async function rebased(hub: Hub, pull: Pull, base: string, by: Account): Promise<string | undefined> {
  const { git } = pull.base.repository
  // As `git rebase`: without merges, and without what the base has already by patch-id.
  const picks = await git.log([
    '--reverse',
    '--topo-order',
    '--no-merges',
    '--right-only',
    '--cherry-pick',
    `${base}...${pull.head.sha}`,
  ])
  let tip = base
  for (const pick of picks) {
    const tree = await pickedTree(pull.base.repository, tip, pick)
    if (tree === undefined) return undefined
    const before = await git.commit(tip)
    if (before.tree === tree) continue // nothing is left of it
    tip = await git.commitTree({
      tree,
      parents: [tip],
      message: `${pick.message}\n`,
      author: pick.author,
      committer: identityOf(hub, by),
    })
  }
  return tip
}

/** Cherry-picks by plumbing: a stand-in commit with the tip's tree and the pick's parent makes that parent the merge base. */
async function pickedTree({ git }: Repository, tip: string, pick: GitCommit): Promise<string | undefined> {
  const { tree } = await git.commit(tip)
  const standIn = await git.commitTree({
    tree,
    parents: pick.parents.slice(0, 1),
    message: 'base of a cherry-pick\n',
    author: pick.author,
    committer: pick.committer,
  })
  return git.mergedTree(standIn, pick.sha)
}
