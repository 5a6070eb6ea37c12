import { commitJson, fileJson } from './commit-json.ts'
import type { Account, Issue, Pull, Repository } from './entities.ts'
import type { Hub, Token } from './hub.ts'
import { accepts } from './media-type.ts'
import { close, setHead } from './ref-changes.ts'
import { commitsOf } from './merge.ts'
import { pageReply } from './page.ts'
import { pullEvent } from './pull-events.ts'
import { fullPullJson, pullDiff, pullFiles, pullJson, readPullJson } from './pull-json.ts'
import { created, found, invalid, ok, Refusal, unprocessable } from './reply.ts'
import { inRepository, type Route } from './route.ts'

export interface NewPull {
  title: string
  head: string
  base: string
  body?: string | undefined
  draft?: boolean | undefined
  maintainer_can_modify?: boolean | undefined
}

const PULL = '/repos/{owner}/{repo}/pulls/{pull_number}' as const

export const pullRoutes: Route[] = [
  inRepository('GET /repos/{owner}/{repo}/pulls', 'pull_requests:read', (call) =>
    pageReply(listed(call.repository, call.query), call, (pull) => pullJson(call.hub, pull)),
  ),
  inRepository(
    'POST /repos/{owner}/{repo}/pulls',
    { permission: 'pull_requests:write', role: 'read' },
    async (call) => {
      const pull = await createPull(call.hub, call.repository, call.token, call.body as NewPull)
      return created(await fullPullJson(call.hub, pull))
    },
  ),
  inRepository(`GET ${PULL}`, 'pull_requests:read', async ({ hub, repository, params, headers }) => {
    const pull = pullOf(repository, params.pull_number)
    return ok(accepts(headers, 'diff') ? await pullDiff(pull) : await readPullJson(hub, pull))
  }),
  inRepository(`PATCH ${PULL}`, 'pull_requests:write', async ({ hub, repository, params, body, token }) => {
    const pull = pullOf(repository, params.pull_number)
    await updatePull(hub, pull, body as PullChange, token.account)
    return ok(await fullPullJson(hub, pull))
  }),
  inRepository(`GET ${PULL}/commits`, 'pull_requests:read', async (call) => {
    const pull = pullOf(call.repository, call.params.pull_number)
    const commits = await commitsOf(call.repository, pull.base.sha, pull.head.sha)
    return pageReply(commits, call, (commit) => commitJson(call.hub, call.repository, commit))
  }),
  inRepository(`GET ${PULL}/files`, 'pull_requests:read', async (call) => {
    const { hub, repository } = call
    const pull = pullOf(repository, call.params.pull_number)
    return pageReply(await pullFiles(pull), call, (file) =>
      fileJson({ hub, repository, sha: pull.head.sha }, file),
    )
  }),
  inRepository('GET /repos/{owner}/{repo}/commits/{commit_sha}/pulls', 'pull_requests:read', async (call) => {
    const pulls = await pullsWithCommit(call.repository, call.params.commit_sha)
    return pageReply(pulls, call, (pull) => pullJson(call.hub, pull))
  }),
]

export function pullOf(repository: Repository, number: string): Pull {
  return found(repository.issues.get(Number(number))?.pull)
}

export function pullsOf(repository: Repository): Pull[] {
  return [...repository.issues.values()].flatMap((issue) => issue.pull ?? [])
}

function listed(repository: Repository, query: URLSearchParams): Pull[] {
  const state = query.get('state') ?? 'open'
  const head = query.get('head')
  const base = query.get('base')
  const sort = query.get('sort') ?? 'created'
  const ascending = (query.get('direction') ?? (sort === 'created' ? 'desc' : 'asc')) === 'asc'
  const key = (pull: Pull): string => (sort === 'updated' ? pull.issue.updatedAt : pull.issue.createdAt)
  const pulls = pullsOf(repository)
    .filter(({ issue }) => state === 'all' || issue.state === state)
    .filter((pull) => !head?.includes(':') || `${pull.head.owner.login}:${pull.head.ref}` === head)
    .filter((pull) => !base || pull.base.ref === base)
    .sort((a, b) => key(a).localeCompare(key(b)) || a.issue.number - b.issue.number)
  return ascending ? pulls : pulls.reverse()
}

/** Opens a pull request after GitHub's own checks; the head may be `branch` or `owner:branch` of a fork. */
export async function createPull(
  hub: Hub,
  repository: Repository,
  token: Token,
  asked: NewPull,
): Promise<Pull> {
  refuseActions(repository, token)
  const head = headOf(hub, repository, asked.head)
  const headSha = await head.repository.git.commitOf(`refs/heads/${head.ref}`)
  if (!headSha) throw invalid({ resource: 'PullRequest', field: 'head', code: 'invalid' })
  const baseSha = await repository.git.commitOf(`refs/heads/${asked.base}`)
  if (!baseSha) throw invalid({ resource: 'PullRequest', field: 'base', code: 'invalid' })
  refuseSecond(repository, asked.base, head)
  const pull = newPull({ hub, repository, token }, asked, { head: { ...head, sha: headSha }, baseSha })
  repository.issues.set(pull.issue.number, pull.issue)
  await setHead(pull, headSha)
  await refuseEmpty(repository, pull)
  await pullEvent(hub, pull, { action: 'opened', sender: token.account })
  return pull
}

/** Looked at when the head's objects are there: those of a fork had to be fetched first. */
async function refuseEmpty(repository: Repository, { issue, base, head }: Pull): Promise<void> {
  const related = await repository.git.mergeBase(base.sha, head.sha)
  if (related && (await commitsOf(repository, base.sha, head.sha)).length > 0) return
  repository.issues.delete(issue.number)
  repository.nextNumber -= 1
  const message = related
    ? `No commits between ${base.ref} and ${head.ref}`
    : `The ${head.ref} branch has no history in common with ${base.ref}`
  throw invalid({ resource: 'PullRequest', field: 'base', code: 'custom', message })
}

/** A repository's setting, off by default on GitHub, decides whether GITHUB_TOKEN may open or approve pull requests. */
export function refuseActions({ settings }: Repository, { app }: Token): void {
  if (app?.slug !== 'github-actions' || settings.actionsMayOpenPulls) return
  throw new Refusal(403, 'GitHub Actions is not permitted to create or approve pull requests.')
}

function headOf(
  hub: Hub,
  repository: Repository,
  head: string,
): { repository: Repository; ref: string; owner: Account } {
  const [owner, ref] = head.includes(':')
    ? (head.split(':') as [string, string])
    : [repository.owner.login, head]
  const isFork = owner.toLowerCase() !== repository.owner.login.toLowerCase()
  const from = isFork
    ? [...hub.repositories.values()].find(
        (one) => one.parent === repository && one.owner.login.toLowerCase() === owner.toLowerCase(),
      )
    : repository
  if (!from) throw invalid({ resource: 'PullRequest', field: 'head', code: 'invalid' })
  return { repository: from, ref, owner: from.owner }
}

function refuseSecond(
  repository: Repository,
  base: string,
  head: { repository: Repository; ref: string; owner: Account },
): void {
  const second = pullsOf(repository).some(
    (pull) =>
      pull.issue.state === 'open' &&
      pull.base.ref === base &&
      pull.head.repository === head.repository &&
      pull.head.ref === head.ref,
  )
  if (!second) return
  const message = `A pull request already exists for ${head.owner.login}:${head.ref}.`
  throw invalid({ resource: 'PullRequest', field: '', code: 'custom', message })
}

function newPull(
  { hub, repository, token }: { hub: Hub; repository: Repository; token: Token },
  asked: NewPull,
  at: { head: Pull['head']; baseSha: string },
): Pull {
  const issue = newIssue(hub, repository, token, { title: asked.title, body: asked.body ?? null })
  const pull: Pull = {
    issue,
    base: { repository, ref: asked.base, sha: at.baseSha },
    head: at.head,
    draft: asked.draft ?? false,
    maintainerCanModify: asked.maintainer_can_modify ?? false,
    merged: undefined,
    mergeCommitSha: null,
    mergeability: undefined,
    requestedReviewers: [],
    requestedTeams: [],
    reviews: [],
    autoMerge: undefined,
    rebased: [],
  }
  issue.pull = pull
  return pull
}

export function newIssue(
  hub: Hub,
  repository: Repository,
  token: Token,
  asked: { title: string; body: string | null },
): Issue {
  const number = repository.nextNumber
  repository.nextNumber += 1
  return {
    id: hub.id(),
    number,
    title: asked.title,
    body: asked.body,
    user: token.account,
    app: token.app,
    state: 'open',
    stateReason: null,
    labels: [],
    assignees: [],
    locked: false,
    createdAt: hub.time(),
    updatedAt: hub.time(),
    closedAt: null,
    closedBy: null,
    reactions: [],
  }
}

interface PullChange {
  title?: string
  body?: string | null
  state?: 'open' | 'closed'
  base?: string
  maintainer_can_modify?: boolean
}

async function updatePull(hub: Hub, pull: Pull, asked: PullChange, by: Account): Promise<void> {
  const { issue } = pull
  const changes: Record<string, unknown> = {}
  if (asked.title !== undefined && asked.title !== issue.title) {
    changes['title'] = { from: issue.title }
    issue.title = asked.title
  }
  if (asked.body !== undefined && asked.body !== issue.body) {
    changes['body'] = { from: issue.body ?? '' }
    issue.body = asked.body
  }
  if (asked.base !== undefined && asked.base !== pull.base.ref) {
    changes['base'] = { ref: { from: pull.base.ref }, sha: { from: pull.base.sha } }
    await retarget(pull, asked.base)
  }
  issue.updatedAt = hub.time()
  if (Object.keys(changes).length > 0)
    await pullEvent(hub, pull, { action: 'edited', sender: by, extra: { changes } })
  await changeState(hub, pull, asked.state, by)
}

async function retarget(pull: Pull, base: string): Promise<void> {
  const sha = await pull.base.repository.git.commitOf(`refs/heads/${base}`)
  if (!sha) throw invalid({ resource: 'PullRequest', field: 'base', code: 'invalid' })
  pull.base.ref = base
  pull.base.sha = sha
}

async function changeState(
  hub: Hub,
  pull: Pull,
  state: 'open' | 'closed' | undefined,
  by: Account,
): Promise<void> {
  if (state === undefined || state === pull.issue.state) return
  if (state === 'closed') {
    close(hub, pull, by)
    return pullEvent(hub, pull, { action: 'closed', sender: by })
  }
  if (pull.merged) throw unprocessable('Validation Failed')
  pull.issue.state = 'open'
  pull.issue.closedAt = null
  pull.issue.closedBy = null
  await pullEvent(hub, pull, { action: 'reopened', sender: by })
}

/** Pull requests that brought a commit to the default branch, else open ones that contain it: GitHub's own rule. */
async function pullsWithCommit(repository: Repository, sha: string): Promise<Pull[]> {
  const { git } = repository
  if (!(await git.commitOf(sha))) throw unprocessable(`No commit found for SHA: ${sha}`)
  const pulls: Pull[] = []
  for (const pull of pullsOf(repository)) {
    if (pull.mergeCommitSha === sha && pull.merged) pulls.push(pull)
    else if (await containsCommit(pull, sha)) pulls.push(pull)
  }
  return pulls
}

async function containsCommit(pull: Pull, sha: string): Promise<boolean> {
  const { git } = pull.base.repository
  const isOfHead = (await git.isAncestor(sha, pull.head.sha)) && !(await git.isAncestor(sha, pull.base.sha))
  return isOfHead || pull.rebased.includes(sha)
}
