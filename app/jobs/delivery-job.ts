import type { CommandRequest } from '../../src/command/command-outcome.ts'
import { written } from '../../src/command/command-outcome.ts'
import { lockKey } from '../../src/command/claim.ts'
import { environmentLock } from '../../src/command/operation-lock.ts'
import { causes } from '../../src/report/causes.ts'
import type { Job, JobOutcome } from '../engine/engine.ts'
import { begin, commands, follow, label, mergeQueue, watch as watchQueue } from '../engine/queues.ts'
import { readAsked, type Asked, type ProgressOf } from '../events.ts'
import type { Delivery } from '../inbox.ts'
import { noteInstallationChange } from '../installation-change.ts'
import type { Services } from '../services.ts'
import { commandLog } from '../store/command-log.ts'
import { databaseRecords } from '../store/database-records.ts'
import { headLedger } from '../store/head-ledger.ts'
import type { Sql } from '../store/store.ts'
import { watchStore } from '../store/watch-store.ts'
import { endWatches } from './end-watches.ts'
import { followKey } from './follow-job.ts'
import { labelJob } from './label-job.ts'
import { nudgeJob } from './watch-jobs.ts'

type DeliveryJob = Job<{ readonly deliveries: readonly string[] }>

/**
 * Turns stored deliveries into what they ask for. Database work only, each in one transaction with its being marked as worked
 * off: a delivery that comes twice, to two replicas, or by two workers, is worked off once. Most ask for nothing, and are marked
 * together. One that fails keeps no other from being worked off; the job then comes again, for that one.
 */
export async function workOnDeliveries(
  services: Services,
  { data }: DeliveryJob,
): Promise<JobOutcome<never>> {
  const { inbox } = services
  const idle: string[] = []
  const failures: unknown[] = []
  for (const delivery of await inbox.read(data.deliveries)) {
    const asked = askedBy(services, delivery)
    if (asked === 'malformed') await inbox.dead(delivery.id)
    else if (asked.kind === 'nothing') idle.push(delivery.id)
    else await workOff(services, delivery, asked).catch((error: unknown) => failures.push(error))
  }
  await inbox.handled(idle)
  if (failures.length > 0) throw failures[0]
  return { kind: 'done' }
}

async function workOff(services: Services, delivery: Delivery, asked: Asked): Promise<void> {
  const { store, inbox } = services
  await store.transaction(async (tx) => {
    if ((await inbox.handled([delivery.id], tx)) === 0) return
    await turn(services, { delivery, asked, tx })
  })
}

function askedBy({ octokits, log }: Services, delivery: Delivery): Asked | 'malformed' {
  const change = noteInstallationChange(delivery, octokits)
  // A suspended one may be let in again.
  if (change === 'gone')
    return delivery.action === 'deleted'
      ? { kind: 'gone' }
      : { kind: 'nothing', why: 'the installation is suspended' }
  try {
    return readAsked(delivery)
  } catch (error) {
    // Its form was checked at the door as far as it is promised; the rest is GitHub's to change.
    log.error({ delivery: delivery.id, event: delivery.event }, `not understood: ${causes(error)}`)
    return 'malformed'
  }
}

interface Turn {
  readonly delivery: Delivery
  readonly asked: Asked
  readonly tx: Sql
}

async function turn(services: Services, { delivery, asked, tx }: Turn): Promise<void> {
  const { installationId, repositoryId } = delivery
  if (installationId === undefined) return
  if (asked.kind === 'gone') return endWatches(services, installationId, tx)
  if (repositoryId === undefined) return
  switch (asked.kind) {
    case 'command':
      return takeCommand(services, { delivery, installationId, repositoryId, tx }, asked.request)
    case 'head':
      return headLedger(tx, repositoryId).note(asked.change)
    case 'progress': {
      const place = { delivery, installationId, repositoryId, tx }
      if (asked.watch !== undefined) await nudge(services, place, asked.watch)
      else await wake(services, place, asked.of)
      return
    }
    case 'deployed':
      return noteDeployed(services, { delivery, installationId, repositoryId, tx }, asked)
    case 'merged': {
      const { repository, pull } = asked
      await services.engine.send(label, labelJob({ installationId, repositoryId, repository, pull }), tx)
      return
    }
    case 'merge_group': {
      const { repository, sha } = asked
      const data = { installationId, repositoryId, repository, sha }
      await services.engine.send(
        mergeQueue,
        { id: `${repositoryId}/${sha}`, data, tenant: installationId },
        tx,
      )
      return
    }
    case 'nothing':
  }
}

interface Place {
  readonly delivery: Delivery
  readonly installationId: number
  readonly repositoryId: number
  readonly tx: Sql
}

/** W06: what counts is what was asked, whatever delivery told it: of the second one nothing comes. */
async function takeCommand({ engine }: Services, place: Place, request: CommandRequest): Promise<void> {
  const { delivery, installationId, repositoryId, tx } = place
  // The payload speaks of one repository.
  if (request.repository.id !== repositoryId) return
  const { asked, comment, pull } = request
  const command = asked.kind === 'command' ? written(asked.command) : asked.reason
  const key = { repositoryId, commentId: comment.id, command }
  const queuedAtMs = delivery.receivedAtMs
  const taken = await commandLog(tx).take({ ...key, installationId, pull, queuedAtMs })
  if (taken === 'known') return
  const isRollback = asked.kind === 'command' && asked.command.kind === 'rollback'
  await engine.send(
    commands,
    {
      id: `${repositoryId}/${comment.id}/${command}`,
      data: { ...key, installationId, delivery: delivery.id, request },
      tenant: installationId,
      urgency: isRollback ? 'safety' : 'normal',
    },
    tx,
  )
}

/** What is told of a Deployment of ours: its own watch begins, and whoever waits for it looks. */
async function noteDeployed(
  services: Services,
  place: Place,
  { repository, deployment, begins, isProgress, watch }: Extract<Asked, { kind: 'deployed' }>,
): Promise<void> {
  const { delivery, installationId, repositoryId, tx } = place
  if (begins !== 'no')
    await services.engine.send(
      begin,
      {
        id: `${repositoryId}/${deployment}/${delivery.id}`,
        data: { installationId, repositoryId, repository, deployment },
        tenant: installationId,
        urgency: begins === 'urgent' ? 'safety' : 'normal',
      },
      tx,
    )
  if (watch !== undefined) await nudge(services, place, watch)
  else if (isProgress) await wake(services, place, { deployment })
}

/** The watch of that Deployment waits for this. */
async function nudge({ engine, clock }: Services, place: Place, deployment: string): Promise<void> {
  const { delivery, installationId, repositoryId, tx } = place
  const watch = await watchStore(tx, clock).read({ repositoryId, deployment })
  // By what the row says, not the delivery: a watch is of the installation that it began in.
  if (watch?.installationId !== installationId || watch.record.phase !== 'acting') return
  await engine.send(watchQueue, nudgeJob(watch, delivery.id), tx)
}

/** Whoever follows the operation looks at once, beside the look that is due anyway. */
async function wake({ engine }: Services, place: Place, of: ProgressOf): Promise<void> {
  const { delivery, installationId, repositoryId, tx } = place
  for (const read of await databaseRecords(tx, repositoryId).list(lockKey(''))) {
    const lock = read.kind === 'found' ? environmentLock.safeParse(read.record.value).data : undefined
    const operation = lock?.operation
    if (lock === undefined || operation === undefined || !isOf(operation, of)) continue
    // What a watch began it follows itself, and is told of by its own jobs.
    if (operation.key.startsWith('watch-')) continue
    const { environment } = lock
    const data = { installationId, repositoryId, environment, operation: operation.key, once: true }
    const key = followKey(data, delivery.id)
    await engine.send(follow, { id: key, key, data, tenant: installationId }, tx)
  }
}

function isOf(
  operation: { key: string; deployment?: string | undefined; run?: { id: number } | undefined },
  of: ProgressOf,
): boolean {
  if ('deployment' in of) return operation.deployment === of.deployment
  // That it is there is news only to whoever does not know it yet.
  if (operation.run !== undefined) return of.isOver && operation.run.id === of.run
  return operation.key === of.key
}
