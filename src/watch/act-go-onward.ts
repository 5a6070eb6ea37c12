import { beginOperation } from '../command/begin-operation.ts'
import { claimEnvironment } from '../command/claim-environment.ts'
import type { CommandOutcome } from '../command/command-outcome.ts'
import { onwardDeployment, onwardKey } from '../command/new-operation.ts'
import { dropOwn, ownOperation } from '../command/own-operation.ts'
import { contended } from '../command/serving.ts'
import type { Config } from '../config/schema.ts'
import { code } from '../report/markdown.ts'
import { isFailure, isPassing } from './failing.ts'
import type { WatchPorts } from './watch-ports.ts'
import type { WatchRecord } from './watch-record.ts'

/** So many deployments back it is looked whether an environment had the commit before: one call each. */
const LOOKED_BACK = 10
/** GitHub that fails for longer than this is not asked again: `/status` shows what is where. */
const TRIED_FOR_MS = 30 * 60_000

/**
 * Sends what was merged and is healthy here on to the environments that come after this one (`after:`), as the run would have done
 * had it watched itself: by a run of its own for each, which is told on the merged pull request. An environment that had this
 * commit before, however that ended, is left to people. Error: `GitHubError` for half an hour, and the records'.
 */
export async function goOnward(record: WatchRecord, ports: WatchPorts): Promise<WatchRecord> {
  const nowMs = ports.clock.now()
  const done = (environments: readonly string[]): WatchRecord => {
    const acts = { ...record.acts, onward: { environments, atMs: nowMs } }
    return { ...record, nextMs: nowMs, acts }
  }
  try {
    const environments = await nextEnvironments(record, ports)
    for (const environment of environments) {
      const untilMs = await sendOn(record, environment, ports)
      if (untilMs !== undefined) return { ...record, nextMs: untilMs }
    }
    return done(environments)
  } catch (error) {
    if (!isFailure(error) || isPassing(record, nowMs, TRIED_FOR_MS)) throw error
    ports.log.error(
      `${record.deployment.version} goes no further than ${record.environment}: ${error.message}`,
    )
    return done([])
  }
}

async function nextEnvironments(record: WatchRecord, ports: WatchPorts): Promise<readonly string[]> {
  const trusted = await ports.config()
  if (trusted.kind !== 'config' || trusted.config.driver !== 'app') return []
  const { environments } = trusted.config
  const found: string[] = []
  for (const [name, { after }] of Object.entries(environments)) {
    if (after.includes(record.environment) && (await mayHave(name, { record, environments }, ports)))
      found.push(name)
  }
  return found
}

/** All that it comes after have it and are well; and it has not had it. What this watch itself began there it goes on with. */
async function mayHave(
  name: string,
  { record, environments }: { record: WatchRecord; environments: Config['environments'] },
  { deployments }: WatchPorts,
): Promise<boolean> {
  const { sha, id } = record.deployment
  const newest = await deployments.newest(name)
  if (newest !== undefined && newest.key !== onwardKey(id, name)) {
    const past = newest.sha === sha ? [newest] : await deployments.past(name, LOOKED_BACK)
    if (past.some((one) => one.sha === sha)) return false
  }
  for (const earlier of environments[name]?.after ?? []) {
    if (earlier === record.environment) continue
    const there = await deployments.newest(earlier)
    const isWatched = environments[earlier]?.health !== undefined
    if (there?.sha !== sha || there.state !== 'success') return false
    if (isWatched && there.verdict !== 'healthy') return false
  }
  return true
}

/** Until when it waits (ms); nothing once it is begun, or refused and told. */
async function sendOn(
  record: WatchRecord,
  environment: string,
  ports: WatchPorts,
): Promise<number | undefined> {
  const key = onwardKey(record.deployment.id, environment)
  const outcome = await begin(record, environment, ports)
  if (outcome === undefined) return undefined
  if (outcome.kind === 'waiting') return outcome.untilMs
  if (outcome.kind !== 'refused') return undefined
  const dropped = await dropOwn({ ...outcome, environment }, key, ports)
  if (typeof dropped === 'object') return dropped.untilMs
  if (dropped === 'none') await sayWhyNot(record, { environment, text: outcome.text }, ports)
  return undefined
}

async function begin(
  { deployment, pull }: WatchRecord,
  environment: string,
  ports: WatchPorts,
): Promise<CommandOutcome | undefined> {
  const key = onwardKey(deployment.id, environment)
  const own = await ownOperation(environment, key, ports)
  if (own !== undefined && !('operation' in own))
    return { kind: 'refused', reason: own.reason, text: own.text }
  if (own !== undefined) return beginOperation(ports, own)
  const newest = await ports.deployments.newest(environment)
  // It was begun before, and has ended.
  if (newest?.key === key || pull === undefined) return undefined
  const wanted = { deployment: deployment.id, environment, pull: pull.number }
  const operation = onwardDeployment(wanted, deployment, ports.clock.now())
  const claim = await claimEnvironment(environment, operation, ports)
  if (claim.kind === 'refused') return { kind: 'refused', reason: claim.reason, text: claim.text }
  if (claim.kind !== 'claimed') return contended(ports)
  return beginOperation(ports, claim.held, { isNew: claim.isNew, newestId: newest?.id })
}

async function sayWhyNot(
  { pull, deployment }: WatchRecord,
  { environment, text }: { readonly environment: string; readonly text: string },
  { conversation }: WatchPorts,
): Promise<void> {
  if (pull === undefined) return
  const said = `⏸️ ${code(deployment.version)} does not go on to ${code(environment)} by itself. ${text}\n\nOnce nothing stands in the way, run its workflow run once more: it goes on where it stopped.`
  await conversation.say(pull.number, `onward/${deployment.id}/${environment}`, said)
}
