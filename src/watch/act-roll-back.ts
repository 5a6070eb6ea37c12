import { beginOperation } from '../command/begin-operation.ts'
import { claimEnvironment, type Claimed } from '../command/claim-environment.ts'
import type { CommandOutcome } from '../command/command-outcome.ts'
import { followOperation } from '../command/follow-operation.ts'
import type { HeldOperation } from '../command/lock-record.ts'
import { watchKey, watchRollback } from '../command/new-operation.ts'
import type { Operation } from '../command/operation-lock.ts'
import { dropOwn, ownOperation } from '../command/own-operation.ts'
import type { Deployed, NewestDeployment, ReadDeployment } from '../ports/deployments.ts'
import { code } from '../report/markdown.ts'
import { liveDeployment } from '../upgrade/live-deployment.ts'
import { isFailure, isPassing } from './failing.ts'
import type { WatchPorts } from './watch-ports.ts'
import type { RollbackAct, WatchRecord } from './watch-record.ts'

/** How often a rollback that runs is looked at; an event tells of its end, too. */
const LOOK_EVERY_MS = 10_000
/** GitHub that lets nothing be begun for longer than this is told to people, as is a run that it says nothing of. */
const TRIED_FOR_MS = 60 * 60_000
/** Somebody else wrote the lock just now. */
const CONTENDED_MS = 2000

type Ended = NonNullable<RollbackAct['ended']>

/**
 * Takes the environment back to its last healthy version by an operation of the lock, as `/rollback` does: through other people's
 * locks and past a deployment that still runs. One look at a time; all that is not in the record stands in the lock and
 * in the operation's Deployment, whose key is the watch's. Error: `GitHubError`.
 */
export async function rollBack(record: WatchRecord, ports: WatchPorts): Promise<WatchRecord> {
  return look(record, ports).catch((error: unknown) => {
    if (!isFailure(error) || isPassing(record, ports.clock.now(), TRIED_FOR_MS)) throw error
    return ended(record, ports, failed(code(error.message, 500)))
  })
}

async function look(record: WatchRecord, ports: WatchPorts): Promise<WatchRecord> {
  const { environment, deployment } = record
  const own = await ownOperation(environment, watchKey(deployment.id), ports)
  // Somebody must look at that lock; what is there is not ours to write over.
  if (own !== undefined && !('operation' in own)) return ended(record, ports, failed(own.text))
  if (own !== undefined) return goOn(record, own, ports)
  const known = record.acts.rollback?.deployment
  if (known !== undefined) return ended(record, ports, endOf(await ports.deployments.read(known)))
  return begin(record, ports)
}

/**
 * Whether it was begun though the watch does not say so: a person's order came in between, and what had been noted was not kept.
 * Error: `GitHubError`.
 */
export async function wasBegun(
  { environment, deployment, acts, outcome }: WatchRecord,
  ports: WatchPorts,
): Promise<boolean> {
  const isBad = outcome?.verdict === 'unhealthy' && acts.verdictToldAtMs !== undefined
  if (!isBad || acts.rollback !== undefined) return false
  const key = watchKey(deployment.id)
  if ((await ownOperation(environment, key, ports)) !== undefined) return true
  return (await ports.deployments.newest(environment))?.key === key
}

async function begin(record: WatchRecord, ports: WatchPorts): Promise<WatchRecord> {
  const { environment, deployment } = record
  const newest = await ports.deployments.newest(environment)
  // A worker that died has begun it, and somebody has ended it since.
  if (newest?.key === watchKey(deployment.id))
    return ended(record, ports, endOf(await ports.deployments.read(newest.id)))
  const target = await ports.deployments.lastHealthy(environment, deployment.sha)
  const other = await otherThere(record, target, ports)
  if (other !== undefined) return ended(record, ports, other)
  if (target === undefined) return ended(record, ports, noTarget(environment))
  const wanted = watchRollback(deployment.id, target, ports.clock.now())
  const claim = await claimEnvironment(environment, wanted, ports)
  return claimed(record, { claim, newest }, ports)
}

async function claimed(
  record: WatchRecord,
  { claim, newest }: { readonly claim: Claimed; readonly newest: NewestDeployment | undefined },
  ports: WatchPorts,
): Promise<WatchRecord> {
  switch (claim.kind) {
    case 'claimed': {
      if (claim.through !== undefined)
        ports.log.info(
          `The rollback of ${record.environment} goes through the lock of #${claim.through.pull}.`,
        )
      const options = { isNew: claim.isNew, newestId: newest?.id }
      return begun(record, await beginOperation(ports, claim.held, options), ports)
    }
    case 'cancel':
      await cancel(claim.holder, ports)
      return waiting(record, ports, LOOK_EVERY_MS)
    case 'contended':
      return waiting(record, ports, CONTENDED_MS)
    case 'refused':
      // Another rollback, or a run of which GitHub says nothing now: once it is over, it is seen what it left.
      if (claim.reason === 'environment_busy') return waiting(record, ports, LOOK_EVERY_MS)
      return ended(record, ports, failed(claim.text))
  }
}

/** Goes on with what was begun: asks for its run, or looks how that stands. */
async function goOn(record: WatchRecord, own: HeldOperation, ports: WatchPorts): Promise<WatchRecord> {
  const { environment, operation } = own
  const noted = note(record, operation)
  if (operation.dirty !== undefined) return ended(noted, ports, failed(code(operation.dirty, 300)))
  const isAskedFor = operation.dispatched === true || operation.run !== undefined
  if (!isAskedFor && operation.ending === undefined)
    return begun(noted, await beginOperation(ports, own), ports)
  const followed = await followOperation(environment, ports)
  switch (followed.kind) {
    case 'waiting':
      return waiting(noted, ports, Math.min(LOOK_EVERY_MS, followed.untilMs - ports.clock.now()))
    case 'unreadable':
      return ended(noted, ports, failed(followed.text))
    case 'ended':
    case 'idle':
      // What it ended in stands in its Deployment, or in the lock where it is half done.
      return waiting(noted, ports, 0)
  }
}

async function begun(record: WatchRecord, outcome: CommandOutcome, ports: WatchPorts): Promise<WatchRecord> {
  const { environment, deployment } = record
  const key = watchKey(deployment.id)
  const own = await ownOperation(environment, key, ports)
  const noted = own !== undefined && 'operation' in own ? note(record, own.operation) : record
  switch (outcome.kind) {
    case 'started':
      return waiting(noted, ports, LOOK_EVERY_MS)
    case 'waiting':
      return waiting(noted, ports, outcome.untilMs - ports.clock.now())
    case 'answered':
    case 'refused': {
      const dropped = await dropOwn({ ...outcome, environment }, key, ports)
      if (typeof dropped === 'object') return waiting(noted, ports, dropped.untilMs - ports.clock.now())
      return ended(noted, ports, failed(outcome.text))
    }
    case 'silent':
      return ended(noted, ports, failed(code(outcome.reason)))
  }
}

/** A deployment does not go on while what it is built on is taken back; what it leaves is settled when its run has ended. */
async function cancel({ run, key }: Operation, { workflows, log }: WatchPorts): Promise<void> {
  if (run === undefined) return
  log.info(`Cancels run ${run.id} (${key}): a rollback does not wait for what it takes back.`)
  await workflows.cancel(run.id)
}

/** What users have by now, where that is not the version that was found bad: then nothing of it is left to take back. */
async function otherThere(
  { deployment, environment, supersededBy }: WatchRecord,
  target: Deployed | undefined,
  { deployments, clock }: WatchPorts,
): Promise<Ended | undefined> {
  const live = await liveDeployment(deployments, environment)
  const isOther = live !== undefined && live.state === 'success' && live.sha !== deployment.sha
  if (!isOther && supersededBy === undefined) return undefined
  const { id, sha, version } = isOther ? live : (supersededBy ?? deployment)
  const atMs = clock.now()
  if (sha === target?.sha) {
    const message = `${code(environment)} was back on ${code(version)} already.`
    return { kind: 'rolled_back', to: { id, sha, version }, message, atMs }
  }
  return { ...failed(`${code(version)} came to ${code(environment)} meanwhile, and is there now.`), atMs }
}

function endOf(deployment: ReadDeployment): Omit<Ended, 'atMs'> {
  const { id, sha, version, state, description = '' } = deployment
  if (state !== 'success')
    return failed(description === '' ? 'Its run did not say what it did.' : code(description, 300))
  return { kind: 'rolled_back', to: { id, sha, version }, message: code(description || version, 300) }
}

function noTarget(environment: string): Omit<Ended, 'atMs'> {
  return {
    kind: 'no_target',
    message: `No other version of ${code(environment)} is on record as healthy: there is nothing to go back to.`,
  }
}

function failed(message: string): Omit<Ended, 'atMs'> {
  return { kind: 'failed', message }
}

function note(record: WatchRecord, { key, sinceMs, deployment, dispatchedAtMs }: Operation): WatchRecord {
  return withRollback(record, {
    key,
    begunAtMs: sinceMs,
    ...(deployment !== undefined && { deployment }),
    ...(dispatchedAtMs !== undefined && { dispatchedAtMs }),
  })
}

function waiting(record: WatchRecord, { clock }: WatchPorts, afterMs: number): WatchRecord {
  return { ...record, nextMs: clock.now() + Math.max(0, afterMs) }
}

function ended(record: WatchRecord, { clock }: WatchPorts, end: Omit<Ended, 'atMs'>): WatchRecord {
  const atMs = clock.now()
  const { begunAtMs = atMs } = record.acts.rollback ?? {}
  const rollback = { ...record.acts.rollback, begunAtMs, ended: { ...end, atMs } }
  return { ...withRollback(record, rollback), nextMs: atMs }
}

function withRollback(record: WatchRecord, rollback: RollbackAct): WatchRecord {
  return { ...record, acts: { ...record.acts, rollback } }
}
