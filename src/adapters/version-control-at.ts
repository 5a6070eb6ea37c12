import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'

export type VersionControlSystem = 'git' | 'svn'

/** What a folder is under: whichever of `.git` and `.svn` is nearest above it. git where there is neither: its error says what to do. */
export function versionControlAt(folder: string): VersionControlSystem {
  for (let at = resolve(folder); ; at = dirname(at)) {
    if (existsSync(join(at, '.git'))) return 'git'
    if (existsSync(join(at, '.svn'))) return 'svn'
    if (dirname(at) === at) return 'git'
  }
}
