import { UsageError } from '../errors.ts'
import type { PullFacts } from '../ports/pull-facts.ts'
import { code } from '../report/markdown.ts'
import { versionName } from '../upgrade/version-name.ts'
import { gatesText } from './answers/gates.ts'
import { beginOperation } from './begin-operation.ts'
import { bindCommit } from './bind-commit.ts'
import { claimEnvironment, type LookedAt, lookAtClaim } from './claim-environment.ts'
import type { LockHeld } from './claim.ts'
import type { CommandOutcome } from './command-outcome.ts'
import { type EnvironmentFacts, environmentFacts, environmentGate } from './environment-gate.ts'
import { decideGates } from './gates.ts'
import { newOperation } from './new-operation.ts'
import type { Operation } from './operation-lock.ts'
import { ownOperation } from './own-operation.ts'
import { quarantineOf } from './quarantine-gate.ts'
import type { OutcomeReason } from './reason.ts'
import { answered, contended, refused, type Serving } from './serving.ts'

/** `/deploy`: the commit, everything that stands in the way of it, the lock, the Deployment, the run. */
export async function serveDeploy(serving: Serving<'deploy'>, environment: string): Promise<CommandOutcome> {
  const { request, ports, key } = serving
  const own = await ownOperation(environment, key, ports)
  if (own !== undefined && !('operation' in own)) return refused(own.reason, own.text)
  if (own !== undefined) return beginOperation(ports, own)
  const pull = await ports.pulls.read(request.pull)
  if (pull === undefined) return { kind: 'silent', reason: 'no_pull_request' }
  const bound = await bindCommit(serving, environment, pull)
  if (bound.kind === 'refused') return refused(bound.reason, bound.text)
  const version = await versionOf(serving, bound.sha).catch(unnamed)
  if (typeof version !== 'string') return version
  const operation = newOperation(serving, { sha: bound.sha, version })
  // What has ended there is settled by this, before anybody asks what is there.
  const look = await lookAtClaim(environment, operation, ports)
  const facts = await environmentFacts(serving, environment)
  // Its end was told already; a worker that comes late must not begin it once more.
  if (facts.newest?.key === key) return { kind: 'silent', reason: 'duplicate' }
  const stop = await inTheWay(serving, environment, { pull, operation, look, facts })
  if (stop !== undefined) return stop
  const claim = await claimEnvironment(environment, operation, ports)
  if (claim.kind === 'refused') return refused(claim.reason, claim.text)
  return claim.kind === 'claimed'
    ? beginOperation(ports, claim.held, { isNew: claim.isNew, newestId: facts.newest?.id })
    : contended(ports)
}

interface Wanted {
  readonly pull: PullFacts
  readonly operation: Operation
  readonly look: LookedAt
  readonly facts: EnvironmentFacts
}

/** Everything that stands in the way, said at once: one push mends more than one thing. */
async function inTheWay(
  serving: Serving<'deploy'>,
  environment: string,
  { pull, operation, look, facts }: Wanted,
): Promise<CommandOutcome | undefined> {
  const { config, defaultBranch, request, ports } = serving
  const { sha } = operation
  const requires = config.environments[environment]?.requires
  if (requires === undefined) throw new Error(`there is no environment ${environment}`)
  const failures: { reason: OutcomeReason; text: string }[] = [
    ...decideGates(pull, {
      command: 'deploy',
      sha,
      requires,
      defaultBranch,
      by: request.comment.author,
      environments: Object.keys(config.environments),
    }),
  ]
  const quarantine = await quarantineOf(serving, environment, { sha, isFirst: facts.newest === undefined })
  if (quarantine !== undefined) failures.push(quarantine)
  if (look.kind === 'contended') return contended(ports)
  if (look.kind === 'refused') failures.push(look)
  if (look.kind === 'decided' && look.decision.kind === 'held') failures.push(look.decision)
  // Whoever has the environment says more about it than the Deployment that they began.
  const isFree = look.kind === 'decided' && look.decision.kind === 'write'
  const gate = isFree ? environmentGate(serving, environment, { ...facts, sha }) : undefined
  if (gate?.reason === 'already_live' && failures.length === 0) return answered(gate.reason, gate.text)
  if (gate !== undefined && gate.reason !== 'already_live')
    failures.push((await claimedMeanwhile(environment, operation, ports)) ?? gate)
  const [first] = failures
  return first && refused(first.reason, gatesText(failures))
}

/** A Deployment that is there now, and was not when the lock was looked at, is of somebody who has the lock by now. */
async function claimedMeanwhile(
  environment: string,
  operation: Operation,
  ports: Serving['ports'],
): Promise<LockHeld | undefined> {
  const look = await lookAtClaim(environment, operation, ports)
  return look.kind === 'decided' && look.decision.kind === 'held' ? look.decision : undefined
}

/** Error: `UsageError` where the commit has no version by the config's rule. */
async function versionOf({ config, ports }: Serving, sha: string): Promise<string> {
  const file = config.version?.file
  return versionName(sha, file, file === undefined ? undefined : await ports.pulls.file(sha, file))
}

function unnamed(error: unknown): CommandOutcome {
  if (error instanceof UsageError)
    return refused('config_invalid', `${code(error.message, 500)} Nothing was done.`)
  throw error
}
