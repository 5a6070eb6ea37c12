import { cp, mkdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Sandbox } from './sandbox.ts'

/**
 * The changes of the demo. `adopt` brings Seamless' own files. The others are upgrades, patch files beside this one: v2 is good; v3
 * passes its tests and fails users; v4 does so only after a while.
 */
export type Change = 'adopt' | 'v2' | 'v3' | 'v4'

const TITLES: Record<Change, string> = {
  adopt: 'Adopt Seamless',
  v2: 'Tell when a product is delivered',
  v3: 'Show related products',
  v4: 'Count stock through a pool',
}

const examples = fileURLToPath(new URL('../examples/', import.meta.url))
const changes = fileURLToPath(new URL('changes/', import.meta.url))

/** Makes a git repository of the example service at version 1 in `folder`, on branch main; the id of its commit. */
export async function createOrdersRepository(sandbox: Sandbox, folder: string): Promise<string> {
  await mkdir(folder, { recursive: true })
  await cp(join(examples, 'service'), folder, { recursive: true, filter: isSource })
  await cp(join(examples, 'ops'), join(folder, 'ops'), { recursive: true })
  await git(sandbox, folder, 'init', '--quiet', '--initial-branch=main')
  return commit(sandbox, folder, 'Orders service 1.0.0')
}

/** Commits one of the changes on the branch that is checked out; the new commit's id. */
export async function commitChange(sandbox: Sandbox, folder: string, change: Change): Promise<string> {
  if (change === 'adopt') await adopt(folder)
  else await git(sandbox, folder, 'apply', join(changes, `${change}.patch`))
  return commit(sandbox, folder, titleOf(change))
}

async function adopt(folder: string): Promise<void> {
  const github = join(folder, '.github')
  await mkdir(join(github, 'workflows'), { recursive: true })
  await cp(fileURLToPath(new URL('seamless.yml', import.meta.url)), join(github, 'seamless.yml'))
  await cp(join(examples, 'workflow-app.yml'), join(github, 'workflows', 'seamless.yml'))
}

export function titleOf(change: Change): string {
  return TITLES[change]
}

export async function git(sandbox: Sandbox, folder: string, ...args: string[]): Promise<string> {
  return (await sandbox.run({ file: 'git', args, cwd: folder })).trim()
}

async function commit(sandbox: Sandbox, folder: string, title: string): Promise<string> {
  await git(sandbox, folder, 'add', '--all')
  await git(sandbox, folder, 'commit', '--quiet', '--message', title)
  return git(sandbox, folder, 'rev-parse', 'HEAD')
}

/** What a build or a test run left behind here is not part of the service, and Seamless comes to it later. */
function isSource(path: string): boolean {
  return !['build', 'junit.xml', 'node_modules', '.github'].includes(basename(path))
}
