import { rm } from 'node:fs/promises'
import type { Account, Repository } from './entities.ts'
import type { Hub } from './hub.ts'
import { identityOf } from './merge.ts'
import { refChanged } from './ref-changes.ts'

export interface FilesCommit {
  branch: string
  /** Path → content; null removes the file. */
  files: Record<string, string | Buffer | null>
  message: string
  by: Account
}

/** Commits files on a branch without a worktree; a new branch starts at the default branch's tip. Answers the commit. */
export async function commitFiles(hub: Hub, repository: Repository, asked: FilesCommit): Promise<string> {
  const { git } = repository
  const ref = `refs/heads/${asked.branch}`
  const tip = await git.commitOf(ref)
  const parent = tip ?? (await git.commitOf(`refs/heads/${repository.defaultBranch}`))
  const index = `${git.dir}/commit-index-${process.hrtime.bigint()}`
  const env = { GIT_INDEX_FILE: index }
  if (parent) await git.run(['read-tree', parent], { env })
  await git.run(['update-index', '-z', '--index-info'], {
    env,
    input: await indexRecords(repository, asked.files),
  })
  const tree = (await git.run(['write-tree'], { env })).trim()
  await rm(index, { force: true })
  const person = identityOf(hub, asked.by)
  const sha = await git.commitTree({
    tree,
    parents: parent ? [parent] : [],
    message: asked.message,
    author: person,
    committer: person,
  })
  await git.setRef(ref, sha, tip ?? '0'.repeat(40))
  await refChanged(hub, { repository, ref, before: tip, after: sha, by: asked.by })
  return sha
}

async function indexRecords({ git }: Repository, files: FilesCommit['files']): Promise<string> {
  const records: string[] = []
  for (const [path, content] of Object.entries(files)) {
    // A script stays a script: what starts with #! is executable, as it would be in a checkout.
    const mode = content?.toString().startsWith('#!') ? '100755' : '100644'
    const entry = content === null ? `0 ${'0'.repeat(40)}` : `${mode} ${await git.writeBlob(content)}`
    records.push(`${entry}\t${path}\0`)
  }
  return records.join('')
}
