import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * `<root>/.seamless`: worktrees, artifacts and git objects of runs. It ignores itself, so that it is never committed
 * whatever the repository's own `.gitignore` says.
 */
export async function stateFolder(root: string): Promise<string> {
  const folder = join(root, '.seamless')
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, '.gitignore'), '*\n')
  return folder
}
