import type { NewestDeployment } from '../ports/deployments.ts'
import { code, plain } from '../report/markdown.ts'
import type { AuthorityDecision } from './authority.ts'
import { decideHold, decideResolve, decideUnlock } from './claim.ts'
import type { CommandOutcome } from './command-outcome.ts'
import { type KnownLock, lockOf, writeLock } from './lock-record.ts'
import { holdText } from './lock-text.ts'
import type { Hold } from './operation-lock.ts'
import { answered, contended, refused, type Serving } from './serving.ts'

/** `/lock`: keeps an environment for this pull request. */
export async function serveLock(serving: Serving<'lock'>, environment: string): Promise<CommandOutcome> {
  const { request, command, ports } = serving
  const known = await lockOf(ports.records, environment)
  if (known.kind === 'unreadable') return refused(known.reason, known.text)
  const { reason } = command
  const { author: by, createdAtMs: sinceMs } = request.comment
  const hold: Hold = { pull: request.pull, by, sinceMs, ...(reason !== undefined && { reason }) }
  const decision = decideHold(known.lock, { environment, hold })
  if (decision.kind === 'held') return refused(decision.reason, `${decision.text} Nothing was done.`)
  if (decision.kind === 'write') {
    if ((await writeLock(ports.records, environment, known, decision)) === 'conflict') return contended(ports)
  }
  const text = holdText(environment, decision.kind === 'same' ? decision.hold : hold)
  return answered('locked', `🔒 ${text} ${code(`/unlock ${environment}`)} takes the lock away.`)
}

/** `/unlock`: whoever may, and whoever set the lock. Who did it, and whose it was, stays on record in a comment. */
export async function serveUnlock(
  serving: Serving<'unlock'>,
  environment: string,
  authority: AuthorityDecision,
): Promise<CommandOutcome> {
  const { request, ports, key } = serving
  const known = await lockOf(ports.records, environment)
  if (known.kind === 'unreadable') return refused(known.reason, known.text)
  const decision = decideUnlock(known.lock, environment)
  const isOwner = decision.kind === 'write' && decision.was.by.id === request.comment.author.id
  if (authority.kind === 'refused' && !isOwner) return refused(authority.reason, authority.text)
  if (decision.kind === 'none') return answered('not_locked', decision.text)
  // Said first: once the lock is gone, nobody knows any more whose it was.
  const by = code(request.comment.author.login)
  const text = `🔓 ${by} unlocked ${code(environment)}. Until now: ${holdText(environment, decision.was)}`
  await ports.conversation.say(request.pull, `answer/${key}`, text)
  if ((await writeLock(ports.records, environment, known, decision)) === 'conflict') return contended(ports)
  return answered('unlocked', text)
}

/** `/resolve`: somebody has looked after a half-done environment. */
export async function serveResolve(
  serving: Serving<'resolve'>,
  environment: string,
): Promise<CommandOutcome> {
  const { request, ports, key } = serving
  const known = await lockOf(ports.records, environment)
  if (known.kind === 'unreadable') return refused(known.reason, known.text)
  const decision = decideResolve(known.lock)
  if (decision.kind === 'held') return refused(decision.reason, `${decision.text} Nothing was done.`)
  const newest = await ports.deployments.newest(environment)
  const isUnclear = newest !== undefined && unclear(newest)
  if (decision.kind === 'none' && !isUnclear) {
    return answered(
      'nothing_to_resolve',
      `${code(environment)} is not half done: there is nothing to resolve.`,
    )
  }
  const by = request.comment.author.login
  const text = `🧹 ${code(by)} has looked after ${code(environment)}: it may be deployed to again.`
  // Said first, as for /unlock: afterwards there is nothing to resolve any more.
  await ports.conversation.say(request.pull, `answer/${key}`, text)
  if (isUnclear) await ports.deployments.setState(newest.id, 'inactive', plain(`resolved: by ${by}`, 140))
  if (decision.kind === 'write' && (await isConflict(serving, environment, known, decision)))
    return contended(ports)
  return answered('resolved', text)
}

function unclear({ state, verdict }: NewestDeployment): boolean {
  if (state === 'error') return true
  return (state === 'in_progress' || state === 'unknown') && verdict !== 'inconclusive'
}

async function isConflict(
  { ports }: Serving,
  environment: string,
  known: KnownLock,
  decision: Parameters<typeof writeLock>[3],
): Promise<boolean> {
  return (await writeLock(ports.records, environment, known, decision)) === 'conflict'
}
