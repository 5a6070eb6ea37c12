import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { VersionControlError } from '../errors.ts'
import type { CommitId } from '../ports/version-control.ts'
import { local } from './svn-address.ts'
import { svnCommitId } from './svn-id.ts'
import type { SvnStore } from './svn-store.ts'

interface Words {
  readonly message: string
  readonly properties: Readonly<Record<string, string>>
  /** Where a file for the message may be written. */
  readonly scratch: string
}

/** Commits a working copy of ours. Error: `VersionControlError`, also where svn does not say as what. */
export async function commitFolder(
  store: SvnStore,
  path: string,
  { message, properties, scratch }: Words,
): Promise<CommitId> {
  const file = join(scratch, 'message')
  await writeFile(file, `${message.replaceAll('\r\n', '\n').trimEnd()}\n`)
  const words = ['--file', file, '--force-log', '--encoding', 'UTF-8']
  const noted = Object.entries(properties).flatMap(([name, value]) => ['--with-revprop', `${name}=${value}`])
  const said = await store.svn(['commit', ...words, ...noted, '--', local(path)])
  const [, revision] = /^Committed revision (\d+)\.$/m.exec(said) ?? []
  if (revision === undefined)
    throw new VersionControlError(`svn commit did not say which revision it made: ${said.trim()}`)
  return svnCommitId({ uuid: store.uuid, revision: Number(revision) })
}
