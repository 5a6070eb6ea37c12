import { z } from 'zod'

import type { Deployer, Live, StepOutcome } from '../ports/deployer.ts'
import type { StepContext } from '../ports/step.ts'
import type { ProcessEnd } from './run-process.ts'
import { runShell } from './run-shell.ts'
import type { ShellLine, StepShell } from './run-shell.ts'

export interface RunDeploy extends Omit<ShellLine, 'run'> {
  readonly deploy: string
  readonly rollback: string
  readonly status?: string | undefined
  readonly diff?: string | undefined
}

/** Deploys by lines of the user. What `deploy` and `rollback` leave running keeps running: it may be the service itself. */
export function runDeployer(lines: RunDeploy, shell: StepShell): Deployer {
  const { status, diff } = lines
  const change = async (run: string, context: StepContext): Promise<StepOutcome> =>
    stepOutcome(await runShell(shell, { ...lines, run }, context, { background: 'keep' }))
  const ask = (run: string, context: StepContext): Promise<ProcessEnd> =>
    runShell(shell, { ...lines, run }, context, { captureBytes: ANSWER_BYTES })
  return {
    deploy: (context) => change(lines.deploy, context),
    rollback: (context) => change(lines.rollback, context),
    status: async (context) =>
      status === undefined
        ? { kind: 'unknown', why: 'The config has no "status" command for this environment.' }
        : liveVersion(await ask(status, context)),
    ...(diff !== undefined && {
      difference: async (context: StepContext) => differenceText(await ask(diff, context)),
    }),
  }
}

export function stepOutcome(end: ProcessEnd): StepOutcome {
  if (end.kind === 'failed') return { kind: 'failed', failure: end.failure }
  return { kind: 'done', output: end.output }
}

/** A version is some words and a difference some pages; the receipt carries both. */
const ANSWER_BYTES = 64 * 1024

function differenceText(end: ProcessEnd): StepOutcome {
  if (end.kind === 'failed') return { kind: 'failed', failure: end.failure }
  const cut = end.truncated ? '\n… (cut after 64 KiB)' : ''
  return { kind: 'done', output: end.stdout.trimEnd() + cut }
}

/** Longer than any version or image reference that people read. */
const VERSION_MAX = 256

/** Nothing printed means nothing deployed; what cannot be a version is not guessed at. */
function liveVersion(end: ProcessEnd): Live {
  if (end.kind === 'failed') return { kind: 'unknown', why: end.failure.message }
  const printed = end.stdout.trim()
  if (printed === '') return { kind: 'empty' }
  const version = printed.startsWith('{') ? versionOfJson(printed) : printed
  if (version === undefined) return unclear('JSON without a text "version"', printed)
  if (version === '') return { kind: 'empty' }
  if (/\s*[\r\n]/.test(version)) return unclear(`${version.split(/\r?\n/).length} lines`, printed)
  // oxlint-disable-next-line no-control-regex
  if (version.length > VERSION_MAX || /[\u0000-\u001F\u007F]/.test(version))
    return unclear('no name of a version', printed)
  return { kind: 'live', version }
}

const answer = z.looseObject({ version: z.string().trim().nullable() })

function versionOfJson(text: string): string | undefined {
  try {
    return answer.parse(JSON.parse(text)).version ?? ''
  } catch {
    return undefined
  }
}

function unclear(what: string, printed: string): Live {
  const start = JSON.stringify(printed.slice(0, 80))
  return {
    kind: 'unknown',
    why: `The "status" command printed ${what} (${start}). It must print the live version alone, or {"version": "…"}; messages go to standard error.`,
  }
}
