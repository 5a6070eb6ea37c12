import type { z } from 'zod'
import type { CommandOutcome, CommandRequest } from '../../src/command/command-outcome.ts'
import type { CommandKind } from '../../src/command/command.ts'
import type { CommandPorts } from '../../src/command/command-ports.ts'
import { serveCommand } from '../../src/command/serve-command.ts'
import type { Job, JobOutcome } from '../engine/engine.ts'
import { type commands, follow } from '../engine/queues.ts'
import { NotOfInstallation } from '../installation-tokens.ts'
import type { Operation } from '../permissions.ts'
import type { Services } from '../services.ts'
import { commandLog } from '../store/command-log.ts'
import { databaseRecords } from '../store/database-records.ts'
import { openCommandPorts } from './command-ports.ts'
import { readRequest } from './command-request.ts'
import { followKey } from './follow-job.ts'
import { type KnownRepository, noteRepository, repositoryName } from './known-repository.ts'

/** It was just told how it stands; whatever happens meanwhile is told by an event. */
const FIRST_LOOK_MS = 15_000

type Commanded = z.infer<typeof commands.data>

/** Serves one command, and again when it waits; what it starts is followed by a job of its own. */
export async function workOnCommand(services: Services, job: Job<Commanded>): Promise<JobOutcome<Commanded>> {
  const { store, clock, log } = services
  const { data } = job
  if ((await commandLog(store).start(data, clock.now())) === 'ended') return { kind: 'done' }
  const { installationId } = data
  const request = readRequest(data.request)
  try {
    const repository = { ...repositoryName(data.repositoryId, request.repository.name), installationId }
    const kind = kindOf(request)
    const ports = openCommandPorts(services, repository, operationOf(kind))
    const outcome = await serveCommand(
      request,
      kind === 'deploy' || kind === 'rollback' ? noting(services, repository, ports) : ports,
    )
    return await settle(services, job, outcome)
  } catch (error) {
    if (!(error instanceof NotOfInstallation)) throw error
    log.warn({ installation: installationId, repository: data.repositoryId }, error.message)
    return end(services, job, 'not_of_installation')
  }
}

/**
 * What follows an operation, and what looks after it when that is lost, has no delivery at hand. Noted once GitHub has answered:
 * whose repository it is, a delivery alone does not decide.
 */
function noting({ store }: Services, repository: KnownRepository, ports: CommandPorts): CommandPorts {
  return {
    ...ports,
    async config() {
      const trusted = await ports.config()
      await noteRepository(databaseRecords(store, repository.id), repository)
      return trusted
    },
  }
}

async function settle(
  services: Services,
  job: Job<Commanded>,
  outcome: CommandOutcome,
): Promise<JobOutcome<Commanded>> {
  const { clock } = services
  if (outcome.kind === 'waiting') {
    return { kind: 'again', afterMs: Math.max(0, outcome.untilMs - clock.now()) }
  }
  return outcome.kind === 'started' && outcome.reason !== 'plan_started'
    ? end(services, job, outcome.reason, outcome)
    : end(services, job, outcome.reason)
}

/** The command's end, its job's, and the beginning of what follows it, in one transaction: only one worker gets there. */
async function end(
  { store, engine, metrics, clock }: Services,
  job: Job<Commanded>,
  reason: string,
  started?: { readonly environment: string; readonly key: string },
): Promise<JobOutcome<Commanded>> {
  const { data } = job
  const { installationId, repositoryId } = data
  await store.transaction(async (tx) => {
    await commandLog(tx).end(data, reason, clock.now())
    if (started !== undefined) {
      const followed = {
        installationId,
        repositoryId,
        environment: started.environment,
        operation: started.key,
      }
      const key = followKey(followed)
      const urgency = job.urgency
      const first = { id: key, key, data: followed, tenant: installationId, urgency }
      await engine.send(follow, { ...first, afterMs: FIRST_LOOK_MS }, tx)
    }
    await engine.settle(job, tx)
  })
  metrics.command(kindOf(readRequest(data.request)), reason)
  return { kind: 'done' }
}

function kindOf({ asked }: CommandRequest): CommandKind | 'none' {
  return asked.kind === 'command' ? asked.command.kind : 'none'
}

/** They write states of Deployments, or start runs. */
const DEPLOYING: ReadonlySet<CommandKind> = new Set([
  'deploy',
  'plan',
  'resolve',
  'promote',
  'accept',
  'pause',
  'continue',
])

/** What its token may do: no more than the command needs. */
function operationOf(kind: CommandKind | 'none'): Operation {
  if (kind === 'rollback') return 'rollback'
  return kind !== 'none' && DEPLOYING.has(kind) ? 'deploy' : 'answer'
}
