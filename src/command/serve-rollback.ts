import { z } from 'zod'
import type { NewestDeployment } from '../ports/deployments.ts'
import type { Records } from '../ports/records.ts'
import { code } from '../report/markdown.ts'
import { liveDeployment } from '../upgrade/live-deployment.ts'
import { beginOperation } from './begin-operation.ts'
import { claimEnvironment } from './claim-environment.ts'
import type { CommandOutcome } from './command-outcome.ts'
import { followOperation } from './follow-operation.ts'
import { holdText } from './lock-text.ts'
import { newOperation } from './new-operation.ts'
import { lockOf } from './lock-record.ts'
import type { Hold, Operation } from './operation-lock.ts'
import { ownOperation } from './own-operation.ts'
import { answered, contended, refused, type Serving } from './serving.ts'

const version = z.object({ sha: z.string(), version: z.string() })
type Version = z.infer<typeof version>

/**
 * The record `rollbacks/comment-<id>`, while a rollback waits for the deployment that it cancelled: what it goes back to was
 * decided by what was there when it was asked for.
 */
const cancelled = z.object({
  schema: z.literal(1),
  target: version,
  /** What people call the version that it goes away from. */
  leaves: z.string(),
  sinceMs: z.number(),
})
type Cancelled = z.infer<typeof cancelled>

/** Whoever may push may write such a record where there is no server. */
async function cancelledFor(records: Records, key: string): Promise<Cancelled | 'unreadable' | undefined> {
  const read = await records.read(cancelledKey(key))
  if (read.kind === 'absent') return undefined
  return (read.kind === 'found' ? cancelled.safeParse(read.record.value).data : undefined) ?? 'unreadable'
}

function cancelledKey(key: string): string {
  return `rollbacks/${key}`
}

async function noteCancelled(
  { ports, key }: Serving,
  { target, leaves }: Pick<Cancelled, 'target' | 'leaves'>,
): Promise<void> {
  const { sha, version } = target
  const noted: Cancelled = { schema: 1, target: { sha, version }, leaves, sinceMs: ports.clock.now() }
  // A conflict says that it is noted.
  await ports.records.write(cancelledKey(key), noted, undefined)
}

/** How often it is looked whether what was told to end has ended. */
const ENDS_WITHIN_MS = 10_000

/** `/rollback`: back to the last healthy version, through other people's locks, and past a deployment that still runs. */
export async function serveRollback(
  serving: Serving<'rollback'>,
  environment: string,
): Promise<CommandOutcome> {
  const { ports, key } = serving
  const own = await ownOperation(environment, key, ports)
  if (own !== undefined && !('operation' in own)) return refused(own.reason, own.text)
  if (own !== undefined) return beginOperation(ports, own)
  const newest = await ports.deployments.newest(environment)
  // Its end was told already; a worker that comes late must not begin it once more.
  if (newest?.key === key) return { kind: 'silent', reason: 'duplicate' }
  const begun = await cancelledFor(ports.records, key)
  if (begun === 'unreadable') return refused('lock_unreadable', noRecordText(key))
  if (begun !== undefined && (await isBack(serving, environment, begun.target)))
    return back(environment, begun)
  const target = begun?.target ?? (await targetOf(serving, environment, newest))
  if (newest === undefined || target === undefined)
    return refused('no_rollback_target', noTargetText(environment))
  const claim = await claimEnvironment(environment, newOperation(serving, target), ports)
  switch (claim.kind) {
    case 'refused':
      return refused(claim.reason, claim.text)
    case 'contended':
      return contended(ports)
    case 'cancel':
      if (begun === undefined) await noteCancelled(serving, { target, leaves: newest.version })
      return cancel(serving, claim.holder)
    case 'claimed':
      if (claim.through !== undefined) await sayThrough(serving, environment, claim.through)
      return beginOperation(ports, claim.held, { isNew: claim.isNew, newestId: newest.id })
  }
}

/** Its run is told to end; what it leaves is settled when it has. One that has no run yet gets it in a moment. */
async function cancel({ ports }: Serving, { run }: Operation): Promise<CommandOutcome> {
  const { workflows, log, clock } = ports
  if (run !== undefined) {
    log.info(`Cancels run ${run.id}: a rollback does not wait for what it takes back.`)
    await workflows.cancel(run.id)
  }
  return { kind: 'waiting', reason: 'environment_busy', untilMs: clock.now() + ENDS_WITHIN_MS }
}

/** R19: the newest version that users took well, other than the one that they have now. */
async function targetOf(
  { ports }: Serving,
  environment: string,
  newest: NewestDeployment | undefined,
): Promise<Version | undefined> {
  if (newest === undefined) return undefined
  // Its run asks the same, and refuses where another version is the target by then.
  const live = (await liveDeployment(ports.deployments, environment)) ?? newest
  return ports.deployments.lastHealthy(environment, live.sha)
}

/** The deployment was cancelled and has taken itself back: going back once more would take away what users had before it. */
async function isBack({ ports }: Serving, environment: string, target: Version): Promise<boolean> {
  // Settled here if it has ended.
  await followOperation(environment, ports)
  const known = await lockOf(ports.records, environment)
  if (known.kind === 'unreadable' || known.lock?.operation !== undefined) return false
  const live = await liveDeployment(ports.deployments, environment)
  return live?.sha === target.sha && live.state === 'success'
}

function back(environment: string, { target, leaves }: Cancelled): CommandOutcome {
  const text = `↩️ ${code(environment)} is on ${code(target.version)}: the deployment of ${code(leaves)} was cancelled, and has taken itself back.`
  return answered('rolled_back_on_request', text)
}

function noTargetText(environment: string): string {
  return [
    `No other version of ${code(environment)} is on record as healthy: there is nothing to go back to.`,
    `An environment without ${code('health')} has none but those that somebody called well by ${code(`/accept ${environment}`)}.`,
    'Deploy one that works instead. Nothing was done.',
  ].join(' ')
}

function noRecordText(key: string): string {
  return `The record ${code(cancelledKey(key))} is none of a rollback. Nothing was done: please write the command once more.`
}

async function sayThrough({ request, key, ports }: Serving, environment: string, hold: Hold): Promise<void> {
  const text = `${holdText(environment, hold)} The rollback goes through it; the lock stays.`
  await ports.conversation.say(request.pull, `through/${key}`, text)
}
