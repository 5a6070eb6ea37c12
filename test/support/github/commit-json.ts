import { accountJson, nodeId } from './account-json.ts'
import type { GitCommit, GitPerson } from './commit-graph.ts'
import type { Repository } from './entities.ts'
import type { FileDiff } from './diff.ts'
import type { Hub } from './hub.ts'
import { repositoryPage, repositoryUrl } from './repository-json.ts'

type Json = Record<string, unknown>

const UNVERIFIED = { verified: false, reason: 'unsigned', signature: null, payload: null, verified_at: null }

/** The commit object of the git data API. */
export function gitCommitJson(hub: Hub, repository: Repository, commit: GitCommit): Json {
  const url = repositoryUrl(hub, repository)
  const page = repositoryPage(hub, repository)
  return {
    sha: commit.sha,
    node_id: nodeId('Commit', commit.sha),
    url: `${url}/git/commits/${commit.sha}`,
    html_url: `${page}/commit/${commit.sha}`,
    author: commit.author,
    committer: commit.committer,
    tree: { sha: commit.tree, url: `${url}/git/trees/${commit.tree}` },
    message: commit.message,
    parents: commit.parents.map((sha) => ({
      sha,
      url: `${url}/git/commits/${sha}`,
      html_url: `${page}/commit/${sha}`,
    })),
    verification: UNVERIFIED,
  }
}

/** The commit of `/commits`, `/compare` and pull requests. */
export function commitJson(hub: Hub, repository: Repository, commit: GitCommit): Json {
  const url = repositoryUrl(hub, repository)
  const page = repositoryPage(hub, repository)
  return {
    sha: commit.sha,
    node_id: nodeId('Commit', commit.sha),
    commit: {
      author: commit.author,
      committer: commit.committer,
      message: commit.message,
      tree: { sha: commit.tree, url: `${url}/git/trees/${commit.tree}` },
      url: `${url}/git/commits/${commit.sha}`,
      comment_count: 0,
      verification: UNVERIFIED,
    },
    url: `${url}/commits/${commit.sha}`,
    html_url: `${page}/commit/${commit.sha}`,
    comments_url: `${url}/commits/${commit.sha}/comments`,
    author: accountOf(hub, commit.author),
    committer: accountOf(hub, commit.committer),
    parents: commit.parents.map((sha) => ({
      sha,
      url: `${url}/commits/${sha}`,
      html_url: `${page}/commit/${sha}`,
    })),
  }
}

/** GitHub links a commit to an account by its mail address; here `<id>+<login>@users.noreply…` or nobody. */
function accountOf(hub: Hub, person: GitPerson): Json | null {
  const account = hub.accounts.findById(Number(/^(\d+)\+/.exec(person.email)?.[1] ?? Number.NaN))
  return account ? accountJson(hub, account) : null
}

export function fileJson(at: { hub: Hub; repository: Repository; sha: string }, file: FileDiff): Json {
  const url = repositoryUrl(at.hub, at.repository)
  const page = repositoryPage(at.hub, at.repository)
  const path = file.filename.split('/').map(encodeURIComponent).join('/')
  return {
    sha: file.sha,
    filename: file.filename,
    status: file.status,
    additions: file.additions,
    deletions: file.deletions,
    changes: file.additions + file.deletions,
    blob_url: `${page}/blob/${at.sha}/${path}`,
    raw_url: `${page}/raw/${at.sha}/${path}`,
    contents_url: `${url}/contents/${path}?ref=${at.sha}`,
    ...(file.patch === undefined ? {} : { patch: file.patch }),
    ...(file.previousFilename === undefined ? {} : { previous_filename: file.previousFilename }),
  }
}
