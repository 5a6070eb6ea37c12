import type { GitCommit } from './commit-graph.ts'
import type { Account, Activity, Pull, Repository } from './entities.ts'
import type { Hub } from './hub.ts'
import { pullEvent } from './pull-events.ts'
import { repositoryPage } from './repository-json.ts'

export interface RefChange {
  repository: Repository
  ref: string
  before: string | undefined
  after: string | undefined
  by: Account
  /** What the repository's activity calls it, where it was no push. */
  activity?: 'pr_merge' | 'merge_queue_merge'
}

/** A push event shows no more commits. */
const MAX_PUSHED = 2048
const ZERO = '0'.repeat(40)

/** What follows from a moved ref, whoever moved it: push event, pull requests that follow it. */
export async function refChanged(hub: Hub, change: RefChange): Promise<void> {
  change.repository.pushedAt = hub.time()
  if (change.ref.startsWith('refs/heads/') || change.ref.startsWith('refs/tags/')) await emitPush(hub, change)
  if (!change.ref.startsWith('refs/heads/')) return
  await recordActivity(hub, change)
  const branch = change.ref.slice('refs/heads/'.length)
  for (const pull of openPulls(hub)) {
    if (pull.head.repository === change.repository && pull.head.ref === branch)
      await followHead(hub, pull, change)
    if (pull.base.repository === change.repository && pull.base.ref === branch)
      await followBase(hub, pull, change)
  }
}

async function recordActivity(hub: Hub, change: RefChange): Promise<void> {
  const { repository, ref, before, after, by } = change
  repository.activities.push({
    id: hub.id(),
    ref,
    before: before ?? ZERO,
    after: after ?? ZERO,
    type: change.activity ?? (await activityType(change)),
    at: hub.time(),
    actor: by,
  })
}

async function activityType({ repository, before, after }: RefChange): Promise<Activity['type']> {
  if (before === undefined) return 'branch_creation'
  if (after === undefined) return 'branch_deletion'
  return (await repository.git.isAncestor(before, after)) ? 'push' : 'force_push'
}

function openPulls(hub: Hub): Pull[] {
  return [...hub.repositories.values()].flatMap((repository) =>
    [...repository.issues.values()].flatMap((issue) =>
      issue.pull && issue.state === 'open' ? [issue.pull] : [],
    ),
  )
}

async function followHead(hub: Hub, pull: Pull, change: RefChange): Promise<void> {
  if (change.after === undefined) {
    close(hub, pull, change.by)
    await pullEvent(hub, pull, { action: 'closed', sender: change.by })
    return
  }
  if (change.after === pull.head.sha) return
  await setHead(pull, change.after)
  pull.base.sha = (await pull.base.repository.git.commitOf(`refs/heads/${pull.base.ref}`)) ?? pull.base.sha
  pull.issue.updatedAt = hub.time()
  const extra = { before: change.before ?? ZERO, after: change.after }
  await pullEvent(hub, pull, { action: 'synchronize', sender: change.by, extra })
}

/** Brings the head's objects into the base repository (a fork has its own) and records `refs/pull/N/head`. */
export async function setHead(pull: Pull, sha: string): Promise<void> {
  const { repository: base } = pull.base
  const ref = `refs/pull/${pull.issue.number}/head`
  const fork = pull.head.repository
  if (fork && fork !== base) await base.git.run(['fetch', '--quiet', fork.git.dir, `+${sha}:${ref}`])
  else await base.git.setRef(ref, sha)
  pull.head.sha = sha
}

/** A pull request whose head reached its base by a push is merged, as GitHub sees it. */
async function followBase(hub: Hub, pull: Pull, change: RefChange): Promise<void> {
  const { git } = pull.base.repository
  if (change.after === undefined || !(await git.isAncestor(pull.head.sha, change.after))) return
  pull.merged = { at: hub.time(), by: change.by, method: 'merge' }
  pull.mergeCommitSha = change.after
  close(hub, pull, change.by)
  await pullEvent(hub, pull, { action: 'closed', sender: change.by })
}

export function close(hub: Hub, pull: Pull, by: Account): void {
  const { issue } = pull
  issue.state = 'closed'
  issue.closedAt = hub.time()
  issue.closedBy = by
  issue.updatedAt = issue.closedAt
  pull.autoMerge = undefined
}

async function emitPush(hub: Hub, change: RefChange): Promise<void> {
  const { repository, ref, before, after, by } = change
  const { git } = repository
  // A new branch brings what the default branch has not.
  const main = `refs/heads/${repository.defaultBranch}`
  const since = before ?? (ref === main ? undefined : await git.commitOf(main))
  const commits = after ? (await git.range(since, after)).slice(-MAX_PUSHED) : []
  const head = commits.at(-1) ?? (after ? await git.commit(after) : undefined)
  const page = repositoryPage(hub, repository)
  hub.emit({
    name: 'push',
    repository,
    sender: by,
    payload: {
      ref,
      before: before ?? ZERO,
      after: after ?? ZERO,
      created: before === undefined,
      deleted: after === undefined,
      forced: Boolean(before && after && !(await git.isAncestor(before, after))),
      base_ref: null,
      compare: `${page}/compare/${(before ?? ZERO).slice(0, 12)}...${(after ?? ZERO).slice(0, 12)}`,
      commits: commits.map((commit) => pushedCommit(hub, repository, commit)),
      head_commit: head ? pushedCommit(hub, repository, head) : null,
      pusher: { name: by.login, email: `${by.id}+${by.login}@users.noreply.github.com` },
    },
  })
}

function pushedCommit(hub: Hub, repository: Repository, commit: GitCommit): Record<string, unknown> {
  return {
    id: commit.sha,
    tree_id: commit.tree,
    distinct: true,
    message: commit.message,
    timestamp: commit.committer.date,
    url: `${repositoryPage(hub, repository)}/commit/${commit.sha}`,
    author: pusher(commit.author),
    committer: pusher(commit.committer),
    added: [],
    removed: [],
    modified: [],
  }
}

function pusher({ name, email }: { name: string; email: string }): Record<string, string> {
  return { name, email, username: name }
}
