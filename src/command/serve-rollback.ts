import type { Deployed, NewestDeployment } from '../ports/deployments.ts'
import { code } from '../report/markdown.ts'
import { liveDeployment } from '../upgrade/live-deployment.ts'
import { beginOperation } from './begin-operation.ts'
import { claimEnvironment } from './claim-environment.ts'
import type { CommandOutcome } from './command-outcome.ts'
import { holdText } from './lock-text.ts'
import { newOperation } from './new-operation.ts'
import type { Hold } from './operation-lock.ts'
import { ownOperation } from './own-operation.ts'
import { contended, refused, type Serving } from './serving.ts'

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
  if (own !== undefined) return beginOperation(serving, own)
  const newest = await ports.deployments.newest(environment)
  // Its end was told already; a worker that comes late must not begin it once more.
  if (newest?.key === key) return { kind: 'silent', reason: 'duplicate' }
  const target = await targetOf(serving, environment, newest)
  if (newest === undefined || target === undefined)
    return refused('no_rollback_target', noTargetText(environment))
  const claim = await claimEnvironment(
    environment,
    newOperation(serving, { ...target, version: target.version }),
    ports,
  )
  switch (claim.kind) {
    case 'refused':
      return refused(claim.reason, claim.text)
    case 'contended':
      return contended(ports)
    case 'cancelling':
      return { kind: 'waiting', reason: 'environment_busy', untilMs: ports.clock.now() + ENDS_WITHIN_MS }
    case 'claimed':
      if (claim.through !== undefined) await sayThrough(serving, environment, claim.through)
      return beginOperation(serving, claim.held, { isNew: claim.isNew, newestId: newest.id })
  }
}

/** R19: the newest version that users took well, other than the one that they have now. */
async function targetOf(
  { ports }: Serving,
  environment: string,
  newest: NewestDeployment | undefined,
): Promise<Deployed | undefined> {
  if (newest === undefined) return undefined
  // Its run asks the same, and refuses where another version is the target by then.
  const live = (await liveDeployment(ports.deployments, environment)) ?? newest
  return ports.deployments.lastHealthy(environment, live.sha)
}

function noTargetText(environment: string): string {
  return `No other version of ${code(environment)} is on record as healthy: there is nothing to go back to. Deploy one that works instead. Nothing was done.`
}

async function sayThrough({ request, key, ports }: Serving, environment: string, hold: Hold): Promise<void> {
  const text = `${holdText(environment, hold)} The rollback goes through it; the lock stays.`
  await ports.conversation.say(request.pull, `through/${key}`, text)
}
