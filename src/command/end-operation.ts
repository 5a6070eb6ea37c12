import { GitHubError } from '../errors.ts'
import { endedProgressText } from './answers/progress.ts'
import { decideRelease } from './claim.ts'
import type { OperationPorts } from './command-ports.ts'
import { advance, type HeldOperation, heldOf, lockOf, writeLock } from './lock-record.ts'
import type { Operation, OperationEnding } from './operation-lock.ts'

/** Others may write the same record meanwhile (`/lock`), never this operation: its end is written down. */
const ATTEMPTS = 5
/** Whoever ends an operation has so long for it: a few calls to GitHub, tried again where they fail. */
const ENDING_MS = 30_000

/**
 * Ends an operation: its Deployment is told, people are told, the lock is given back, or kept where the environment is half
 * done. The end is written down first, so that one that was cut off is carried out by whoever comes next, and no other one is.
 * `lost`: somebody else is at it; look again, at the earliest after `endingUntilMs` of the record.
 */
export async function endOperation(
  held: HeldOperation,
  decided: OperationEnding,
  ports: OperationPorts,
): Promise<'ended' | 'lost'> {
  if (held.operation.dirty !== undefined) return 'ended'
  const nowMs = ports.clock.now()
  const { ending: before, endingUntilMs = 0 } = held.operation
  if (before !== undefined && endingUntilMs > nowMs) return 'lost'
  const own = { ending: before ?? decided, endingUntilMs: nowMs + ENDING_MS }
  const noted = await advance(held, own, ports)
  if (noted === 'lost') return 'lost'
  const { operation } = noted
  const ending = operation.ending ?? decided
  await tellDeployment(operation, ending, ports)
  try {
    await tellPeople(noted, ending, ports)
  } catch (error) {
    if (!isRefusal(error)) throw error
    // A conversation that was locked stays so: the environment does not wait for it, least of all a rollback.
    ports.log.error(
      `The end of the ${operation.kind} of ${noted.environment} (${ending.reason}) is not told in full: ${error.message}`,
    )
  }
  return release(noted, ending, ports)
}

/** The same once more would be refused, too; an outage or a limit passes. */
function isRefusal(error: unknown): error is GitHubError {
  return error instanceof GitHubError && error.status >= 400 && error.status < 500 && error.status !== 429
}

async function tellDeployment(
  { deployment }: Operation,
  { states }: OperationEnding,
  { deployments }: OperationPorts,
): Promise<void> {
  if (deployment === undefined || states.length === 0) return
  const now = await deployments.read(deployment)
  const done = states.findLastIndex(
    ({ state, description }) => now.state === state && now.description === description,
  )
  for (const { state, description } of states.slice(done + 1)) {
    await deployments.setState(deployment, state, description)
  }
}

async function tellPeople(
  { environment, operation }: HeldOperation,
  ending: OperationEnding,
  { conversation }: OperationPorts,
): Promise<void> {
  const { pull, key, comment, told } = operation
  if (pull === undefined) return
  // The App watches it: the same comment is its watch's from here on.
  const isHandedOver = ending.text === ''
  if (!isHandedOver)
    await conversation.say(pull, ending.refused ? `answer/${key}` : `end/${key}`, ending.text)
  // Where nothing was told yet there is nothing to bring to its end.
  if (told !== undefined && !isHandedOver) {
    await conversation.keep(
      pull,
      `progress/${environment}`,
      endedProgressText(environment, operation, ending),
    )
  }
  if (comment !== undefined) await conversation.react(comment, ending.reaction)
}

async function release(
  held: HeldOperation,
  { dirty }: OperationEnding,
  ports: OperationPorts,
): Promise<'ended' | 'lost'> {
  const { environment, operation } = held
  for (let attempt = 1, { known } = held; attempt <= ATTEMPTS; attempt += 1) {
    if (dirty !== undefined) {
      if ((await advance({ environment, known, operation }, { dirty }, ports)) !== 'lost') return 'ended'
    } else {
      const change = decideRelease(known.lock, operation.key)
      if (change.kind === 'lost') return 'ended'
      if ((await writeLock(ports.records, environment, known, change)) !== 'conflict') return 'ended'
    }
    const read = await lockOf(ports.records, environment)
    if (read.kind === 'unreadable') return 'lost'
    if (heldOf(environment, read)?.operation.key !== operation.key) return 'ended'
    known = read
  }
  return 'lost'
}
