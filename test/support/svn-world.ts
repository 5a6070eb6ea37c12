import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'

import { systemClock } from '../../src/adapters/system-clock.ts'
import { openRepository } from '../../src/composition.ts'
import { loadConfig, type OperationRequest, operateRun } from '../../src/operation.ts'
import type { Clock } from '../../src/ports/clock.ts'
import type { Upgrade } from '../../src/upgrade/receipt.ts'
import { type MemoryLog, memoryLog } from './memory-log.ts'
import { type SvnRepository, svnRepository } from './svn-repository.ts'

const EXAMPLE = join(import.meta.dirname, '../../examples/svn')

/** The example of docs/svn.md in a real repository, with the folder that its server serves. */
export interface SvnWorld {
  readonly repository: SvnRepository
  readonly log: MemoryLog
  readonly environment: Record<string, string>
  run(config?: string, given?: Partial<OperationRequest>): Promise<Upgrade>
  /** What is served: `version`, `api.json`, `weight`. */
  served(name: string): string | undefined
  remove(): void
}

export interface SvnWorldOptions {
  readonly served?: boolean
  readonly clock?: Clock
  readonly environment?: Readonly<Record<string, string>>
  /** Instead of the example's. */
  readonly files?: Readonly<Record<string, string>>
}

export async function svnWorld({
  served = false,
  clock = systemClock,
  environment = {},
  files = exampleFiles(),
}: SvnWorldOptions = {}): Promise<SvnWorld> {
  const repository = await svnRepository({ served })
  repository.commit(files, 'The shop')
  repository.svn(['update', '--quiet'])
  const site = join(repository.folder, 'site')
  const known = { ...repository.environment, SITE: site, ...environment }
  const log = memoryLog()
  return {
    repository,
    log,
    environment: known,
    async run(config = 'seamless.yml', given = {}) {
      const { signal } = new AbortController()
      const opened = await openRepository({
        folder: repository.clone,
        environment: known,
        signal,
        clock,
        log: () => log,
      })
      const loaded = await loadConfig(opened, config, { kind: 'working_tree' })
      return operateRun({ opened, loaded, stage: 'all', ...given }, signal)
    },
    served(name) {
      try {
        return readFileSync(join(site, name), 'utf8').trim()
      } catch {
        return undefined
      }
    },
    remove: repository.remove,
  }
}

function exampleFiles(): Record<string, string> {
  const files = readdirSync(EXAMPLE, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  )
  const paths = files.map((entry) => join(entry.parentPath, entry.name))
  return Object.fromEntries(paths.map((path) => [relative(EXAMPLE, path), readFileSync(path, 'utf8')]))
}
