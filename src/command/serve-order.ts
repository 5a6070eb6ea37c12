import { code, plain } from '../report/markdown.ts'
import { liveDeployment } from '../upgrade/live-deployment.ts'
import { verdictDetails } from '../upgrade/verdict-details.ts'
import { answerBody } from './answers/answer.ts'
import type { CommandOutcome, DecidedOutcome } from './command-outcome.ts'
import { decideOrder, type OrderDecision, type OrderFacts } from './decide-order.ts'
import { jobAtWork } from './job-at-work.ts'
import { jobOrderWords } from './job-order.ts'
import { answered, refused, type Serving } from './serving.ts'

type Asked = 'promote' | 'accept' | 'pause' | 'continue'

/** Each time the watch ended, or became another's, in the moment between. */
const ATTEMPTS = 3

/** `/promote`, `/accept`, `/pause`, `/continue`: what a person says to what watches an environment, the App or a job. */
export async function serveOrder(serving: Serving<Asked>, environment: string): Promise<CommandOutcome> {
  const { request, command, ports, key } = serving
  const { conversation } = ports
  const on = [request.pull, `answer/${key}`] as const
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const decision = decideOrder(await factsOf(serving, environment))
    const outcome = outcomeOf(decision)
    const body = answerBody(request, outcome)
    // What was said of the watch that is over is not so.
    if (attempt > 1) await conversation.keep(...on, body)
    if (!('deployment' in decision)) return outcome
    // Said first: once it is carried out it reads as if there had been nothing to say, and a worker that comes again would say that.
    if (attempt === 1) await conversation.say(...on, body)
    if ((await carryOut(serving, environment, decision)) === 'done') return outcome
  }
  const text = `The watch of ${code(environment)} takes no ${code(`/${command.kind}`)} any more: it is past that. Nothing was done.`
  await conversation.keep(...on, answerBody(request, refused('nothing_watched', text)))
  return refused('nothing_watched', text)
}

function outcomeOf({ kind, reason, text }: OrderDecision): DecidedOutcome {
  return kind === 'refused' ? refused(reason, text) : answered(reason, text)
}

async function factsOf(
  { request, command, ports }: Serving<Asked>,
  environment: string,
): Promise<OrderFacts> {
  const { deployments, watches } = ports
  const newest = await deployments.newest(environment)
  const job = await jobAtWork(environment, newest, { ports, isWatchedHere: watches !== undefined })
  const watch = await watches?.current(environment)
  const isAway = newest?.state === 'failure' || newest?.state === 'inactive'
  const live = isAway ? await liveDeployment(deployments, environment) : newest
  return {
    kind: command.kind,
    environment,
    by: request.comment.author,
    atMs: request.comment.createdAtMs,
    live,
    ...(job !== undefined && { job }),
    ...(watch !== undefined && { watch }),
  }
}

type Acting = Extract<OrderDecision, { kind: 'order' | 'tell_job' | 'accept' }>

/** `over`: the watch has ended, or stands for nothing any more. */
async function carryOut(
  { request, command, ports, key }: Serving<Asked>,
  environment: string,
  decision: Acting,
): Promise<'done' | 'over'> {
  const { author: by, createdAtMs: atMs } = request.comment
  const { kind } = command
  switch (decision.kind) {
    case 'order':
      return (await ports.watches?.order(decision.deployment, { kind, by, atMs })) === 'taken'
        ? 'done'
        : 'over'
    case 'tell_job': {
      const { id, state } = decision.deployment
      // One that is live stays live.
      const same = state === 'success' ? state : 'in_progress'
      await ports.deployments.setState(id, same, jobOrderWords(kind, by), decision.logUrl)
      return 'done'
    }
    case 'accept': {
      const { id, sha } = decision.deployment
      const title = plain(`accepted: by ${by.login}`, 140)
      // What was built stays with it, or a later rollback could not bring it back.
      const details = verdictDetails(key, await ports.deployments.builtOf(environment, sha))
      await ports.deployments.setVerdict(id, 'healthy', { title, text: decision.text, details })
      return 'done'
    }
  }
}
