import { basename } from 'node:path/posix'
import type { TreeEntry } from './bare-git.ts'
import { commitJson, fileJson, gitCommitJson } from './commit-json.ts'
import { fileDiffs } from './diff.ts'
import type { Repository } from './entities.ts'
import type { Hub } from './hub.ts'
import { commitFiles } from './commit-files.ts'
import { accepts } from './media-type.ts'
import { wrapped } from './routes-git-objects.ts'
import { pageReply, paged } from './page.ts'
import { found, invalid, notFound, ok, Refusal, type Reply } from './reply.ts'
import { repositoryPage, repositoryUrl } from './repository-json.ts'
import { inRepository, type Route } from './route.ts'

const MAX_SHOWN = 1024 * 1024

export const contentRoutes: Route[] = [
  inRepository('GET /repos/{owner}/{repo}/commits', 'contents:read', async (call) => {
    const { repository, query } = call
    const from = found(await repository.git.commitOf(query.get('sha') ?? repository.defaultBranch))
    const flags = ['author', 'since', 'until'].flatMap((name) =>
      query.has(name) ? [`--${name}=${query.get(name)}`] : [],
    )
    const path = query.get('path')
    const commits = await repository.git.log([...flags, from], path ? [path] : [])
    return pageReply(commits, call, (commit) => commitJson(call.hub, repository, commit))
  }),
  inRepository(
    'GET /repos/{owner}/{repo}/commits/{ref}',
    'contents:read',
    async ({ hub, repository, params, headers }) => {
      const sha = await repository.git.commitOf(params.ref)
      if (!sha) throw new Refusal(422, `No commit found for SHA: ${params.ref}`)
      if (accepts(headers, 'sha'))
        return { status: 200, body: sha, headers: { 'content-type': 'text/plain' } }
      const commit = await repository.git.commit(sha)
      const files = await fileDiffs(repository.git, commit.parents[0], sha)
      const additions = files.reduce((sum, file) => sum + file.additions, 0)
      const deletions = files.reduce((sum, file) => sum + file.deletions, 0)
      return ok({
        ...commitJson(hub, repository, commit),
        stats: { total: additions + deletions, additions, deletions },
        files: files.map((file) => fileJson({ hub, repository, sha }, file)),
      })
    },
  ),
  inRepository('GET /repos/{owner}/{repo}/compare/{basehead}', 'contents:read', (call) => compare(call)),
  inRepository(
    'GET /repos/{owner}/{repo}/contents/{path}',
    'contents:read',
    async ({ hub, repository, params, query, headers }) => {
      const ref = query.get('ref') ?? repository.defaultBranch
      const sha = await repository.git.commitOf(ref)
      if (!sha) throw new Refusal(404, `No commit found for the ref ${ref}`)
      const at = { hub, repository, ref }
      if (params.path === '') return ok((await repository.git.tree(sha)).map((entry) => entryJson(at, entry)))
      const [entry] = await repository.git.tree(sha, { path: params.path })
      if (!entry) throw notFound()
      if (entry.type === 'tree') {
        const inside = await repository.git.tree(sha, { path: `${params.path}/` })
        return ok(inside.map((entry) => entryJson(at, entry)))
      }
      const content = await repository.git.blob(entry.sha)
      if (accepts(headers, 'raw'))
        return {
          status: 200,
          body: content,
          headers: { 'content-type': 'application/vnd.github.raw+json; charset=utf-8' },
        }
      // Above that GitHub shows the file's name and size alone, unless it is asked for it raw.
      const shown =
        content.length > MAX_SHOWN
          ? { content: '', encoding: 'none' }
          : { content: wrapped(content), encoding: 'base64' }
      return ok({ ...entryJson(at, entry), ...shown })
    },
  ),
  inRepository(
    'PUT /repos/{owner}/{repo}/contents/{path}',
    'contents:write',
    async ({ hub, repository, params, body, token }) => {
      const asked = body as { message: string; content: string; sha?: string; branch?: string }
      const branch = asked.branch ?? repository.defaultBranch
      const head = await repository.git.commitOf(`refs/heads/${branch}`)
      const before = head ? (await repository.git.tree(head, { path: params.path }))[0] : undefined
      if (before && !asked.sha) throw invalid({ resource: 'Content', field: 'sha', code: 'missing_field' })
      if (asked.sha && asked.sha !== before?.sha)
        throw new Refusal(409, `${params.path} does not match ${asked.sha}`)
      const files = { [params.path]: Buffer.from(asked.content, 'base64') }
      const sha = await commitFiles(hub, repository, {
        branch,
        files,
        message: asked.message,
        by: token.account,
      })
      const [entry] = await repository.git.tree(sha, { path: params.path })
      return {
        status: before ? 200 : 201,
        body: {
          content: entryJson({ hub, repository, ref: branch }, found(entry)),
          commit: gitCommitJson(hub, repository, await repository.git.commit(sha)),
        },
      }
    },
  ),
]

interface At {
  hub: Hub
  repository: Repository
  ref: string
}

function entryJson({ hub, repository, ref }: At, entry: TreeEntry): Record<string, unknown> {
  const path = entry.path.split('/').map(encodeURIComponent).join('/')
  const self = `${repositoryUrl(hub, repository)}/contents/${path}?ref=${encodeURIComponent(ref)}`
  const kind = entry.type === 'tree' ? 'trees' : 'blobs'
  const git = `${repositoryUrl(hub, repository)}/git/${kind}/${entry.sha}`
  const html = `${repositoryPage(hub, repository)}/${entry.type}/${encodeURIComponent(ref)}/${path}`
  const type = { tree: 'dir', blob: entry.mode === '120000' ? 'symlink' : 'file', commit: 'submodule' }[
    entry.type
  ]
  return {
    name: basename(entry.path),
    path: entry.path,
    sha: entry.sha,
    size: entry.size ?? 0,
    url: self,
    html_url: html,
    git_url: git,
    download_url:
      type === 'file' ? `${repositoryPage(hub, repository)}/raw/${encodeURIComponent(ref)}/${path}` : null,
    type,
    _links: { self, git, html },
  }
}

async function compare(call: Parameters<Route['handle']>[0]): Promise<Reply> {
  const { hub, repository, query, resource } = call
  const [baseName = '', headName = ''] = (call.params['basehead'] ?? '').split('...')
  const { git } = repository
  const [base, head] = await Promise.all([git.commitOf(baseName), git.commitOf(withoutOwner(headName))])
  if (!base || !head) throw notFound()
  const mergeBase = await git.mergeBase(base, head)
  if (!mergeBase) throw new Refusal(404, `No common ancestor between ${baseName} and ${headName}.`)
  const ahead = await git.range(base, head)
  const behind = await git.ahead(head, base)
  const { items, headers } = paged(ahead, query, resource)
  const page = repositoryPage(hub, repository)
  const files = await fileDiffs(git, mergeBase, head)
  return {
    status: 200,
    headers,
    body: {
      url: resource,
      html_url: `${page}/compare/${base}...${head}`,
      permalink_url: `${page}/compare/${base}...${head}`,
      diff_url: `${page}/compare/${base}...${head}.diff`,
      patch_url: `${page}/compare/${base}...${head}.patch`,
      base_commit: commitJson(hub, repository, await git.commit(base)),
      merge_base_commit: commitJson(hub, repository, await git.commit(mergeBase)),
      status: comparison(ahead.length, behind),
      ahead_by: ahead.length,
      behind_by: behind,
      total_commits: ahead.length,
      commits: items.map((commit) => commitJson(hub, repository, commit)),
      files: files.map((file) => fileJson({ hub, repository, sha: head }, file)),
    },
  }
}

function withoutOwner(name: string): string {
  return name.slice(name.indexOf(':') + 1)
}

function comparison(ahead: number, behind: number): 'identical' | 'ahead' | 'behind' | 'diverged' {
  if (ahead === 0) return behind === 0 ? 'identical' : 'behind'
  return behind === 0 ? 'ahead' : 'diverged'
}
