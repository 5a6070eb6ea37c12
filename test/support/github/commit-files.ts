import type { GitPerson } from './commit-graph.ts'
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
  const input = importStream({ ref, parent, person: identityOf(hub, asked.by) }, asked)
  // One process for the whole commit: a suite makes thousands of them.
  const sha = (await git.run(['fast-import', '--quiet', '--date-format=raw'], { input })).trim()
  await refChanged(hub, { repository, ref, before: tip, after: sha, by: asked.by })
  return sha
}

function importStream(
  at: { ref: string; parent: string | undefined; person: GitPerson },
  { files, message }: FilesCommit,
): Buffer {
  const { name, email, date } = at.person
  const who = `${name} <${email}> ${Math.floor(Date.parse(date) / 1000)} +0000`
  const chunks: (string | Buffer)[] = [
    `commit ${at.ref}\nmark :1\nauthor ${who}\ncommitter ${who}\n`,
    ...data(message),
  ]
  if (at.parent) chunks.push(`from ${at.parent}\n`)
  for (const [path, content] of Object.entries(files)) {
    if (content === null) chunks.push(`D ${JSON.stringify(path)}\n`)
    else chunks.push(`M ${modeOf(content)} inline ${JSON.stringify(path)}\n`, ...data(content))
  }
  chunks.push('\nget-mark :1\ndone\n')
  return Buffer.concat(chunks.map((chunk) => Buffer.from(chunk)))
}

function data(content: string | Buffer): (string | Buffer)[] {
  return [`data ${Buffer.byteLength(content)}\n`, content, '\n']
}

/** A script stays a script: what starts with #! is executable, as it would be in a checkout. */
function modeOf(content: string | Buffer): string {
  return content.toString('utf8').startsWith('#!') ? '100755' : '100644'
}
