import { rm } from 'node:fs/promises'
import { gitCommitJson } from './commit-json.ts'
import type { TreeEntry } from './bare-git.ts'
import type { GitPerson } from './commit-graph.ts'
import type { Repository } from './entities.ts'
import type { Hub } from './hub.ts'
import { identityOf } from './merge.ts'
import { nodeId } from './account-json.ts'
import { created, found, notFound, ok, unprocessable } from './reply.ts'
import { repositoryUrl } from './repository-json.ts'
import { inRepository, type Route } from './route.ts'

interface AskedEntry {
  path?: string
  mode?: string
  type?: string
  sha?: string | null
  content?: string
}

export const gitObjectRoutes: Route[] = [
  inRepository('GET /repos/{owner}/{repo}/git/commits/{commit_sha}', 'contents:read', async (call) => {
    const sha = found(await call.repository.git.commitOf(call.params.commit_sha))
    return ok(gitCommitJson(call.hub, call.repository, await call.repository.git.commit(sha)))
  }),
  inRepository(
    'POST /repos/{owner}/{repo}/git/commits',
    'contents:write',
    async ({ hub, repository, body, token }) => {
      const asked = body as {
        message: string
        tree: string
        parents?: string[]
        author?: Partial<GitPerson>
        committer?: Partial<GitPerson>
      }
      const { git } = repository
      if ((await git.objectType(asked.tree)) !== 'tree') throw unprocessable('Tree SHA does not exist')
      for (const parent of asked.parents ?? [])
        if ((await git.objectType(parent)) !== 'commit')
          throw unprocessable('Parent SHA does not exist or is not a commit object')
      const author = { ...identityOf(hub, token.account), ...asked.author }
      const committer = { ...author, ...asked.committer }
      const sha = await git.commitTree({
        tree: asked.tree,
        parents: asked.parents ?? [],
        message: asked.message,
        author,
        committer,
      })
      return created(gitCommitJson(hub, repository, await git.commit(sha)))
    },
  ),
  inRepository(
    'GET /repos/{owner}/{repo}/git/trees/{tree_sha}',
    'contents:read',
    async ({ hub, repository, params, query }) => {
      const sha = found(await repository.git.objectOf(`${params.tree_sha}^{tree}`))
      const entries = await repository.git.tree(sha, { recursive: query.has('recursive') })
      return ok(treeJson({ hub, repository }, sha, entries))
    },
  ),
  inRepository(
    'POST /repos/{owner}/{repo}/git/trees',
    'contents:write',
    async ({ hub, repository, body }) => {
      const asked = body as { tree: AskedEntry[]; base_tree?: string }
      const sha = await writeTree(repository, asked.base_tree, asked.tree)
      return created(treeJson({ hub, repository }, sha, await repository.git.tree(sha)))
    },
  ),
  inRepository(
    'GET /repos/{owner}/{repo}/git/blobs/{file_sha}',
    'contents:read',
    async ({ hub, repository, params }) => {
      if ((await repository.git.objectType(params.file_sha)) !== 'blob') throw notFound()
      const content = await repository.git.blob(params.file_sha)
      return ok({
        sha: params.file_sha,
        node_id: nodeId('Blob', params.file_sha),
        size: content.length,
        url: `${repositoryUrl(hub, repository)}/git/blobs/${params.file_sha}`,
        content: wrapped(content),
        encoding: 'base64',
      })
    },
  ),
  inRepository(
    'POST /repos/{owner}/{repo}/git/blobs',
    'contents:write',
    async ({ hub, repository, body }) => {
      const asked = body as { content: string; encoding?: string }
      const content = Buffer.from(asked.content, asked.encoding === 'base64' ? 'base64' : 'utf8')
      const sha = await repository.git.writeBlob(content)
      return created({ sha, url: `${repositoryUrl(hub, repository)}/git/blobs/${sha}` })
    },
  ),
]

/** GitHub's base64: lines of 60 characters. */
export function wrapped(content: Buffer): string {
  return content.toString('base64').replaceAll(/.{1,60}/g, '$&\n')
}

/** Writes a tree as GitHub does: `base_tree`'s entries, overlaid; `sha: null` removes. */
async function writeTree(
  repository: Repository,
  base: string | undefined,
  entries: AskedEntry[],
): Promise<string> {
  const { git } = repository
  const index = `${git.dir}/seamless-index-${process.hrtime.bigint()}`
  const env = { GIT_INDEX_FILE: index }
  await git.run(base ? ['read-tree', base] : ['read-tree', '--empty'], { env })
  const records: string[] = []
  for (const entry of entries) records.push(await indexRecord(repository, entry))
  await git.run(['update-index', '-z', '--index-info'], { env, input: records.join('') })
  const sha = (await git.run(['write-tree'], { env })).trim()
  await rm(index, { force: true })
  return sha
}

async function indexRecord({ git }: Repository, entry: AskedEntry): Promise<string> {
  const path = entry.path ?? ''
  if (entry.sha === null) return `0 ${'0'.repeat(40)}\t${path}\0`
  const sha = entry.content === undefined ? (entry.sha ?? '') : await git.writeBlob(entry.content)
  const type = await git.objectType(sha)
  if (!type) throw unprocessable(`tree.sha ${sha} is not a valid ${entry.type ?? 'blob'}`)
  // A folder given by its tree: its files, as update-index knows files only.
  if (type !== 'tree') return `${entry.mode ?? '100644'} ${sha}\t${path}\0`
  const files = (await git.tree(sha, { recursive: true })).filter((file) => file.type !== 'tree')
  return files.map((file) => `${file.mode} ${file.sha}\t${path}/${file.path}\0`).join('')
}

function treeJson(
  at: { hub: Hub; repository: Repository },
  sha: string,
  entries: TreeEntry[],
): Record<string, unknown> {
  const url = repositoryUrl(at.hub, at.repository)
  const kinds = { blob: 'blobs', tree: 'trees', commit: 'commits' }
  return {
    sha,
    url: `${url}/git/trees/${sha}`,
    tree: entries.map((entry) => ({
      path: entry.path,
      mode: entry.mode,
      type: entry.type,
      sha: entry.sha,
      ...(entry.size === undefined ? {} : { size: entry.size }),
      url: `${url}/git/${kinds[entry.type]}/${entry.sha}`,
    })),
    truncated: false,
  }
}
