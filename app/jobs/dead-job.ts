import type { DecidedOutcome } from '../../src/command/command-outcome.ts'
import { answerBody, failedText } from '../../src/command/answers/answer.ts'
import { commandKey, type CommandRequest } from '../../src/command/command-outcome.ts'
import type { DeadJob } from '../engine/engine.ts'
import { commands, deliveries } from '../engine/queues.ts'
import type { Services } from '../services.ts'
import { commandLog } from '../store/command-log.ts'
import { openCommandPorts } from './command-ports.ts'
import { readRequest } from './command-request.ts'
import { repositoryName } from './known-repository.ts'

/** A job was given up: whoever waits for it is told. An operation that it leaves behind is looked after once its lease is over. */
export async function tellOfDead(services: Services, { queue, data, why }: DeadJob): Promise<void> {
  const { inbox, log } = services
  log.error({ queue }, `given up: ${why}`)
  if (queue === deliveries.name) {
    for (const delivery of deliveries.data.parse(data).deliveries) await inbox.dead(delivery)
    return
  }
  if (queue === commands.name) return tellAuthor(services, data)
}

async function tellAuthor(services: Services, data: unknown): Promise<void> {
  const { store, clock, metrics } = services
  const command = commands.data.parse(data)
  const request: CommandRequest = readRequest(command.request)
  const { installationId, repositoryId } = command
  const repository = { ...repositoryName(repositoryId, request.repository.name), installationId }
  const { conversation } = openCommandPorts(services, repository, 'answer')
  const outcome: DecidedOutcome = { kind: 'refused', reason: 'internal_error', text: failedText() }
  await conversation.say(request.pull, `answer/${commandKey(request)}`, answerBody(request, outcome))
  await conversation.react(request.comment.id, 'confused')
  if ((await commandLog(store).end(command, 'internal_error', clock.now())) === 'ended')
    metrics.command(request.asked.kind === 'command' ? request.asked.command.kind : 'none', 'internal_error')
}
