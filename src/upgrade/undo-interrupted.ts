import type { Config } from '../config/schema.ts'
import type { Plan } from './plan.ts'
import type { Ports } from './ports.ts'
import { leftOpen } from './resume.ts'
import { openRun, textOf } from './run.ts'
import { journaled } from './run-upgrade.ts'
import { superseded } from './stages/superseded.ts'
import { tellOwn } from './tell-own.ts'
import { leaveDirty, rollBackEnvironment, undoSteps } from './take-back.ts'
import type { Upgrade } from './receipt.ts'

export interface UndoRequest {
  readonly config: Config
  readonly ports: Ports
  readonly directory: string
  /** Ends the undo when its time is over; what is left then is reported dirty. */
  readonly signal: AbortSignal
  /** Why it was cut off, e.g. `The workflow run was cancelled.` */
  readonly why: string
}

/**
 * After a cancel: takes back every environment that the cut-off upgrade left in between, undoes its steps, and ends it as
 * cancelled. Does nothing when the journal holds no upgrade or one that ended.
 */
export async function undoInterrupted(request: UndoRequest): Promise<Upgrade | undefined> {
  const upgrade = await journaled(request.ports)
  if (upgrade === undefined || upgrade.decision !== undefined) return undefined
  const run = openRun({ ...request, plan: planOf(upgrade), upgrade })
  const { log, appWatches } = request.ports
  try {
    for (const name of leftOpen(upgrade, { ...request.config, appWatches })) {
      if ((await superseded(run, name)) !== undefined) continue
      const taken = await rollBackEnvironment(run, name, request.why).catch(() =>
        leaveDirty(run, name, request.why),
      )
      if (taken?.kind !== 'rolled_back') log.error(`${name} could not be taken back; it is reported dirty.`)
    }
    await undoSteps(run).catch((error: unknown) => log.error(textOf(error)))
    await run.record({ type: 'ended', decision: 'cancelled', reason: 'cancelled', message: request.why })
    await tellOwn(run)
    await request.ports.receipts.save(run.upgrade())
    return run.upgrade()
  } finally {
    await run.close()
  }
}

/** As much of the plan as taking back needs; the journal has it. */
function planOf(upgrade: Upgrade): Plan {
  const { candidate, base, made, id, repository, planDigest } = upgrade
  const sha = candidate?.sha
  return {
    id,
    digest: planDigest,
    repository,
    stage: 'all',
    head:
      made || candidate === undefined || sha === undefined
        ? { kind: 'made', from: base?.sha ?? '', baseBranch: '' }
        : { kind: 'given', version: { ...candidate, sha } },
    ...(base && { base }),
    environments: upgrade.environments.map(({ name }) => name),
    previous: Object.fromEntries(upgrade.environments.map(({ name, previous }) => [name, previous])),
    steps: [],
  }
}
