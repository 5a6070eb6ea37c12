import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

import { fileArtifacts } from '../../src/adapters/artifacts.ts'
import type { ArtifactStore } from '../../src/adapters/artifacts.ts'
import { maskOf } from '../../src/adapters/mask.ts'
import { processRunner } from '../../src/adapters/run-process.ts'
import type { StepShell } from '../../src/adapters/run-shell.ts'
import type { StepContext } from '../../src/ports/step.ts'
import { memoryLog } from './memory-log.ts'
import type { MemoryLog } from './memory-log.ts'

/** A folder that steps run in, with all that runs them for real. */
export interface StepWorld {
  readonly directory: string
  readonly store: string
  readonly log: MemoryLog
  readonly shell: StepShell & { readonly artifacts: ArtifactStore }
  readonly context: (more?: Partial<StepContext>) => StepContext
  readonly write: (path: string, text: string) => void
  readonly remove: () => void
}

export function stepWorld(environment: Readonly<Record<string, string>> = {}): StepWorld {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'seamless-step-')))
  const [directory, store] = [join(folder, 'tree'), join(folder, 'artifacts')]
  mkdirSync(directory)
  const log = memoryLog()
  const run = processRunner({ mask: maskOf([]), graceMs: 300 })
  return {
    directory,
    store,
    log,
    shell: {
      environment: { PATH: process.env['PATH'] ?? '', ...environment },
      run,
      log,
      artifacts: fileArtifacts(store),
    },
    context: (more) => ({
      step: 'a/step',
      root: directory,
      directory,
      values: {},
      signal: new AbortController().signal,
      ...more,
    }),
    write: (path, text) => {
      mkdirSync(dirname(join(directory, path)), { recursive: true })
      writeFileSync(join(directory, path), text)
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}
