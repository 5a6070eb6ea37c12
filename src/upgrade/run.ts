import { join } from 'node:path'
import { CommitMoved } from '../errors.ts'
import type { Config, EnvironmentConfig } from '../config/schema.ts'
import type { StepContext } from '../ports/step.ts'
import type { Worktree } from '../ports/version-control.ts'
import type { NewEvent, UpgradeEvent } from './event.ts'
import { maskEvent } from './mask-event.ts'
import type { Version } from './facts.ts'
import { imageValues } from './image-values.ts'
import type { Plan, PlannedStep } from './plan.ts'
import type { Ports } from './ports.ts'
import type { Decision, ReasonCode } from './reason.ts'
import type { Upgrade } from './receipt.ts'
import { next } from './upgrade.ts'

/** One run of an upgrade: what its stages share. */
export interface Run {
  readonly plan: Plan
  readonly config: Config
  readonly ports: Ports
  readonly signal: AbortSignal
  /** A deployment that was made for this run (`deployment-id`). */
  readonly adopt?: string
  /** The folder of the service within its repository, `.` for the whole. */
  readonly directory: string
  upgrade(): Upgrade
  /** Masks and journals the events, all or none, then reduces them: what a receipt says went through here. */
  record(...events: readonly NewEvent[]): Promise<void>
  /** The clean checkout of the upgrade's commit; made when first asked for. */
  worktree(): Promise<Worktree>
  /** A clean checkout of another commit. */
  worktreeAt(sha: string): Promise<Worktree>
  /** A checkout to be changed: nobody else is given it. `close` removes all three. */
  worktreeToChange(sha: string): Promise<Worktree>
  close(): Promise<void>
}

/** Why a run ends here. */
export interface Ending {
  readonly decision: Decision
  readonly reason: ReasonCode
  readonly message: string
}

/** How one step ended, with what it found: journaled together, so that no crash comes between. */
export interface StepEnd {
  /** `held`: its health could not be known; a later run does it again. */
  readonly result: 'done' | 'failed' | 'skipped' | 'held'
  readonly message?: string
  readonly output?: string
  readonly events?: readonly NewEvent[]
}

export interface RunFacts extends Pick<Run, 'plan' | 'config' | 'ports' | 'signal' | 'directory' | 'adopt'> {
  /** The upgrade so far, when an earlier run of it was cut off. */
  readonly upgrade?: Upgrade
}

export function openRun({ upgrade: before, ...facts }: RunFacts): Run {
  const { ports } = facts
  let upgrade = before
  const worktrees = new Map<string, Promise<Worktree>>()
  const changed: Promise<Worktree>[] = []
  const worktreeAt = (sha: string): Promise<Worktree> => {
    const known = worktrees.get(sha) ?? ports.versionControl.checkout(sha)
    worktrees.set(sha, known)
    return known
  }
  const current = (): Upgrade => {
    if (upgrade === undefined) throw new Error('The run has not started.')
    return upgrade
  }
  return {
    ...facts,
    upgrade: current,
    async record(...events) {
      const stamped = events.map((event): UpgradeEvent =>
        maskEvent({ ...event, atMs: ports.clock.now() }, ports.mask),
      )
      await ports.journal.append(stamped)
      for (const event of stamped) {
        upgrade = next(upgrade, event)
        ports.watchEvent?.(event, upgrade)
      }
    },
    worktree: () => worktreeAt(candidateSha(current())),
    worktreeAt,
    async worktreeToChange(sha) {
      const made = ports.versionControl.checkout(sha)
      changed.push(made)
      return made
    },
    async close() {
      await Promise.allSettled([...worktrees.values(), ...changed].map(async (made) => (await made).remove()))
    },
  }
}

/**
 * Runs a step once: skipped when an earlier run did it, journaled before and after. A step that throws is journaled as
 * failed with the error's text and thrown on.
 */
export async function perform(run: Run, step: PlannedStep, act: () => Promise<StepEnd>): Promise<StepEnd> {
  const known = run.upgrade().steps.find(({ step: id }) => id === step.id)
  if (known?.state === 'done' || known?.state === 'skipped') return { result: known.state }
  run.signal.throwIfAborted()
  await run.record({
    type: 'step_started',
    step: step.id,
    stage: step.stage,
    ...(step.environment !== undefined && { environment: step.environment }),
  })
  const end = await act().catch(async (error: unknown) => {
    // Cut off in the middle: its effect is unknown, and the journal says so by what it lacks.
    if (!run.signal.aborted) {
      await run.record({ type: 'step_ended', step: step.id, result: 'failed', message: textOf(error) })
    }
    throw error
  })
  run.signal.throwIfAborted()
  const { events = [], ...said } = end
  await run.record(...events, { type: 'step_ended', step: step.id, ...said })
  return end
}

/** The planned steps of a stage (in an environment), in order. */
export function stepsOf(run: Run, stage: PlannedStep['stage'], environment?: string): readonly PlannedStep[] {
  return run.plan.steps.filter((step) => step.stage === stage && step.environment === environment)
}

interface Where {
  readonly worktree: Worktree
  /** The step's own folder below the service's. */
  readonly working?: string
  readonly values?: Readonly<Record<string, string>>
}

/** Where a step runs and what it is told. The checkout's HEAD is asserted: a step before may have moved it. */
export async function contextOf(
  run: Run,
  step: string,
  { worktree, working = '.', values = {} }: Where,
): Promise<StepContext> {
  const head = await worktree.head()
  if (head !== worktree.commit) {
    throw new CommitMoved(
      `The checkout for ${step} stands at ${head}, not at the approved commit ${worktree.commit}: a step before it moved HEAD. Nothing more was run.`,
    )
  }
  return {
    step,
    root: worktree.path,
    commit: worktree.commit,
    directory: join(worktree.path, run.directory, working),
    values: { ...valuesOf(run.upgrade()), ...values },
    signal: run.signal,
  }
}

/** The environment variables that name what a step works on. */
export function valuesOf(upgrade: Upgrade): Record<string, string> {
  const { candidate, base, branch } = upgrade
  return {
    SEAMLESS_REPOSITORY: upgrade.repository,
    ...(candidate && { SEAMLESS_VERSION: candidate.name, SEAMLESS_SHA: candidate.sha ?? '' }),
    ...(base && { SEAMLESS_PREVIOUS: base.name, SEAMLESS_PREVIOUS_SHA: base.sha ?? '' }),
    ...(branch !== undefined && { SEAMLESS_BRANCH: branch }),
    ...imageValues(upgrade.artifacts),
  }
}

export function environmentConfig(run: Run, name: string): EnvironmentConfig {
  const environment = run.config.environments[name]
  if (environment === undefined) throw new Error(`The plan names ${name}, the config does not.`)
  return environment
}

export function candidateOf(upgrade: Upgrade): Version & { sha: string } {
  return { name: upgrade.candidate?.name ?? '', sha: candidateSha(upgrade) }
}

function candidateSha(upgrade: Upgrade): string {
  const sha = upgrade.candidate?.sha
  if (sha === undefined) throw new Error('The upgrade has no commit yet.')
  return sha
}

export function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
