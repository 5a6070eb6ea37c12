import type { Environment } from '../../src/adapters/child-environment.ts'
import { maskOf } from '../../src/adapters/mask.ts'
import { type Command, processRunner } from '../../src/adapters/run-process.ts'
import { findSvnRepository } from '../../src/adapters/svn-repository.ts'
import { svnReverseMerges } from '../../src/adapters/svn-take-back.ts'
import { svnVersionControl } from '../../src/adapters/svn.ts'
import type { ReverseMerges } from '../../src/ports/reverse-merges.ts'
import type { VersionControl } from '../../src/ports/version-control.ts'
import { memoryLog, type MemoryLog } from './memory-log.ts'
import type { SvnRepository } from './svn-repository.ts'

export interface OpenedSvn {
  readonly versionControl: VersionControl
  readonly reverseMerges: ReverseMerges
  readonly root: string
  readonly name: string
  uncommitted(): Promise<number>
  readonly log: MemoryLog
  /** Every command that was started. */
  readonly commands: Command[]
}

export interface SvnOpening {
  readonly folder?: string
  readonly environment?: Environment
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
}

/** The adapter as the shells compose it, on a test's own repository. */
export async function openSvn(
  repository: Pick<SvnRepository, 'clone' | 'environment'>,
  opening: SvnOpening = {},
): Promise<OpenedSvn> {
  const { folder = repository.clone, timeoutMs = 60_000, signal = new AbortController().signal } = opening
  const environment = opening.environment ?? repository.environment
  const commands: Command[] = []
  const log = memoryLog()
  const run = processRunner({ mask: maskOf([]) })
  const { store, root, name, uncommitted } = await findSvnRepository(folder, {
    environment,
    timeoutMs,
    signal,
    run: (command) => {
      commands.push(command)
      return run(command)
    },
  })
  const ports = { versionControl: svnVersionControl(store, log), reverseMerges: svnReverseMerges(store) }
  return { ...ports, root, name, uncommitted, log, commands }
}
