import { joined, local } from './svn-address.ts'
import type { SvnShell } from './svn-command.ts'
import type { Repository } from './git-repository.ts'
import { openSvnStore, type SvnStore } from './svn-store.ts'
import { readStatus } from './svn-xml.ts'

/** With --xml svn lists what it does not know, whatever --quiet says. */
const NO_CHANGE = new Set(['unversioned', 'ignored', 'external', 'normal', 'none'])

/** The Subversion project around a folder. Errors: `UsageError`, `VersionControlError`. */
export async function findSvnRepository(
  folder: string,
  shell: SvnShell,
): Promise<Repository & { readonly store: SvnStore }> {
  const store = await openSvnStore(folder, shell)
  return {
    store,
    root: store.folder,
    name: joined(store.root, store.project),
    defaultBranch: async () => 'trunk',
    uncommitted: async () => {
      const printed = await store.svn([
        'status',
        '--xml',
        '--quiet',
        '--ignore-externals',
        '--',
        local(store.folder),
      ])
      return readStatus(printed).filter(({ item }) => !NO_CHANGE.has(item)).length
    },
  }
}
