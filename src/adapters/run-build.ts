import { join, relative } from 'node:path'

import type { Builder, BuildOutcome } from '../ports/builder.ts'
import type { StepContext } from '../ports/step.ts'
import type { ArtifactStore } from './artifacts.ts'
import { matchingAll } from './matching-files.ts'
import { runShell } from './run-shell.ts'
import type { ShellLine, StepShell } from './run-shell.ts'

export interface RunBuild extends ShellLine {
  /** Patterns of the files that it makes, within the step's folder; the artefacts are named from the worktree's top. */
  readonly artifacts: readonly string[]
}

/** Builds by a line of the user, then digests what it made and takes it into the store. */
export function runBuilder(
  step: RunBuild,
  shell: StepShell & { readonly artifacts: ArtifactStore },
): Builder {
  return {
    async build(context) {
      const end = await runShell(shell, step, context)
      if (end.kind === 'failed') return { kind: 'failed', failure: end.failure }
      return keepArtifacts(step.artifacts, context, shell.artifacts, end.output)
    },
  }
}

async function keepArtifacts(
  patterns: readonly string[],
  { step, root, directory }: StepContext,
  store: ArtifactStore,
  output: string,
): Promise<BuildOutcome> {
  const failed = (message: string): BuildOutcome => ({
    kind: 'failed',
    failure: { why: 'report', message, output },
  })
  try {
    const { files, unmatched } = await matchingAll(directory, patterns)
    if (unmatched.length > 0) {
      return failed(
        `${step} succeeded but made no file that matches ${unmatched.join(', ')} below ${directory}. ` +
          'Correct "artifacts" of the step, or let the command make the files.',
      )
    }
    const artifacts = []
    for (const file of files) artifacts.push(await store.keep(root, relative(root, join(directory, file))))
    return { kind: 'built', artifacts }
  } catch (error) {
    return failed(`${step} succeeded, but its artefacts could not be kept: ${(error as Error).message}`)
  }
}
