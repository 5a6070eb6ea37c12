import { mkdir, readlink, rm, symlink } from 'node:fs/promises'
import { join } from 'node:path'

import { VersionControlError } from '../errors.ts'
import type { Environment } from './child-environment.ts'

/** As whom svn asks a server, and the configuration that it reads. */
export interface SvnAccount {
  readonly args: readonly string[]
  readonly password?: string
}

/**
 * The account of SEAMLESS_SVN_USERNAME and …_PASSWORD, else what the user let svn store. The configuration is a folder of
 * ours in both cases, since programs for differences and merges that the user's names cannot be switched off one by one
 * (an empty `diff3-cmd` is run as one). Of the user's folder only `auth` and `servers` are in it, and with an account of
 * our own not even these: no stored password is tried instead. Error: `VersionControlError` where half is missing.
 */
export async function svnAccount(environment: Environment, directory: string): Promise<SvnAccount> {
  const { SEAMLESS_SVN_USERNAME: name = '', SEAMLESS_SVN_PASSWORD: password = '', HOME: home } = environment
  if (name === '' && password === '') {
    const folder = await ownFolder(directory, 'stored')
    if (home !== undefined) await Promise.all(['auth', 'servers'].map((part) => borrow(home, folder, part)))
    return { args: ['--config-dir', folder] }
  }
  if (name === '' || password === '') {
    const missing = name === '' ? 'SEAMLESS_SVN_USERNAME' : 'SEAMLESS_SVN_PASSWORD'
    throw new VersionControlError(
      `${missing} is not set, but the other half of the credentials is. Set both, or none.`,
    )
  }
  const folder = await ownFolder(directory, 'account')
  return { args: ['--config-dir', folder, `--username=${name}`, '--password-from-stdin'], password }
}

async function ownFolder(directory: string, name: string): Promise<string> {
  const folder = join(directory, '.seamless', 'svn', name)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  return folder
}

async function borrow(home: string, folder: string, part: string): Promise<void> {
  const [theirs, ours] = [join(home, '.subversion', part), join(folder, part)]
  if ((await readlink(ours).catch(() => undefined)) === theirs) return
  await rm(ours, { recursive: true, force: true })
  // Another run may have been quicker; it made the same.
  await symlink(theirs, ours).catch(() => undefined)
}
