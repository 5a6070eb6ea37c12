import type { z } from 'zod'
import { watchKey } from '../../src/command/new-operation.ts'
import { LIVE_WITHIN_MS } from '../../src/health/build-info.ts'
import { beginWatch, type Began } from '../../src/watch/begin-watch.ts'
import { superseded } from '../../src/watch/superseded.ts'
import { toldMark } from '../../src/watch/told-mark.ts'
import type { Deployed } from '../../src/ports/deployments.ts'
import type { WatchRecord } from '../../src/watch/watch-record.ts'
import type { Job, JobOutcome } from '../engine/engine.ts'
import { type begin, tell, watch as queue } from '../engine/queues.ts'
import { NotOfInstallation } from '../installation-tokens.ts'
import { databaseRecords } from '../store/database-records.ts'
import type { Sql } from '../store/store.ts'
import { type StoredWatch, watchStore } from '../store/watch-store.ts'
import { keepWatch } from './keep-watch.ts'
import { noteRepository, repositoryName } from './known-repository.ts'
import { stepJob, tellJob } from './watch-jobs.ts'
import type { WatchServices } from './watch-services.ts'

type Begun = z.infer<typeof begin.data>

/** Finds out what a Deployment's newest state means, and begins its watch; a second time nothing is begun. */
export async function workOnBeginning(services: WatchServices, job: Job<Begun>): Promise<JobOutcome<Begun>> {
  const { store, clock, log } = services
  const { installationId, repositoryId, deployment } = job.data
  const known = await watchStore(store, clock).read(job.data)
  if (known !== undefined && !isOfItsRun(known.record)) return { kind: 'done' }
  const repository = { ...repositoryName(repositoryId, job.data.repository), installationId }
  const about = { installation: installationId, repository: repositoryId, deployment }
  try {
    const began = await beginWatch(
      deployment,
      services.portsOf(repository, { deployment, signal: job.signal }),
    )
    if (began.kind === 'nothing') {
      log.info(about, `not watched: ${began.why}`)
      return { kind: 'done' }
    }
    await noteRepository(databaseRecords(store, repositoryId), repository)
    return await keepBegun(services, job, began)
  } catch (error) {
    if (!(error instanceof NotOfInstallation)) throw error
    log.warn(about, error.message)
    return { kind: 'done' }
  }
}

/** What a run judged before all users had the version: where the run goes on, its watch begins. */
function isOfItsRun({ phase, state }: WatchRecord): boolean {
  return phase === 'held' && state === undefined
}

/** The watch, the end of the one before it in the environment, and the first job, in one transaction with the end of this one. */
async function keepBegun(
  services: WatchServices,
  job: Job<Begun>,
  began: Exclude<Began, { kind: 'nothing' }>,
): Promise<JobOutcome<Begun>> {
  const { store, engine } = services
  return store.transaction(async (tx) => {
    const place = { ...job.data, tx }
    if (began.kind === 'watch') await insert(services, place, began.record)
    else await supersede(services, { ...place, ...began, by: began.deployment })
    await engine.settle(job, tx)
    return { kind: 'done' } as const
  })
}

interface Place extends Pick<Begun, 'installationId' | 'repositoryId'> {
  readonly tx: Sql
}

async function insert(services: WatchServices, place: Place, begun: WatchRecord): Promise<void> {
  const { engine, clock, log } = services
  const { tx, installationId, repositoryId } = place
  const { environment, deployment } = begun
  const watches = watchStore(tx, clock)
  const before = await watches.live(repositoryId, environment)
  if (before !== undefined && isNewer(before.record, begun)) {
    log.info({ repository: repositoryId, deployment: deployment.id }, 'not watched: a newer one is live')
    return
  }
  const record = { ...begun, told: toldMark(begun, clock.now()) }
  const watch = { installationId, repositoryId, deployment: deployment.id, record }
  if (before?.deployment === deployment.id) await restart(services, before, { record, tx })
  else {
    await supersede(services, { ...place, environment, by: deployment })
    if ((await watches.insert(watch)) === 'known') return
    await first(services, { ...watch, revision: 1 }, tx)
  }
  if (record.pull !== undefined) await engine.send(tell, tellJob({ ...watch, revision: 1 }, 'begun'), tx)
}

/** Deliveries come in any order: of two that were live, the later one is what users have. */
function isNewer(one: WatchRecord, other: WatchRecord): boolean {
  if (one.deployment.id === other.deployment.id) return false
  const [oneMs, otherMs] = [deployedMs(one), deployedMs(other)]
  return oneMs > otherMs || (oneMs === otherMs && one.begunMs > other.begunMs)
}

/** When its Deployment said so: one whose metric was awaited counts as live only since that showed it. */
function deployedMs({ liveMs, awaitedUntilMs }: WatchRecord): number {
  return awaitedUntilMs === undefined ? liveMs : awaitedUntilMs - LIVE_WITHIN_MS
}

/** Its run went on: what it held is watched, or was found bad. */
async function restart(
  services: WatchServices,
  before: StoredWatch,
  { record, tx }: { readonly record: WatchRecord; readonly tx: Sql },
): Promise<void> {
  if (!isOfItsRun(before.record)) return
  const revision = await keepWatch(services, { watch: before, record, tx })
  if (revision !== 'lost') await first(services, { ...before, record, revision }, tx)
}

async function first({ engine, clock }: WatchServices, watch: StoredWatch, tx: Sql): Promise<void> {
  const { nextMs, phase } = watch.record
  if (nextMs === undefined) return
  await engine.schedule(
    queue,
    stepJob(watch, { afterMs: nextMs - clock.now(), isUrgent: phase === 'acting' }),
    tx,
  )
}

/** Another version took the place of what was watched there; a rollback of the watch's own is no other. */
async function supersede(
  services: WatchServices,
  {
    tx,
    repositoryId,
    environment,
    by,
    key,
  }: Place & { readonly environment: string; readonly by: Deployed; readonly key?: string },
): Promise<void> {
  const { clock } = services
  const before = await watchStore(tx, clock).live(repositoryId, environment)
  if (before === undefined || before.deployment === by.id || key === watchKey(before.deployment)) return
  const record = superseded(before.record, by, clock.now())
  const revision = await keepWatch(services, { watch: before, record, tx })
  if (revision !== 'lost') await first(services, { ...before, record, revision }, tx)
}
