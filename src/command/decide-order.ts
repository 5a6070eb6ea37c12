import type { Person } from '../ports/authority.ts'
import type { NewestDeployment } from '../ports/deployments.ts'
import type { WatchOrder, WatchStanding } from '../ports/watches.ts'
import { orderText, type OrderSaid, type OrderSituation } from './answers/order.ts'
import type { JobAtWork } from './job-at-work.ts'

/** What is known of an environment when somebody says something to its watch. */
export interface OrderFacts {
  readonly kind: WatchOrder['kind']
  readonly environment: string
  readonly by: Person
  /** When they did (ms, GitHub's clock). */
  readonly atMs: number
  /** What users have there, as far as it is on record. */
  readonly live: NewestDeployment | undefined
  /** The newest deployment, while a job is at work on it. */
  readonly job?: JobAtWork
  /** The newest watch of the App. */
  readonly watch?: WatchStanding
}

export type OrderDecision =
  /** Left for the App's watch of this deployment. */
  | ({ readonly kind: 'order'; readonly deployment: string } & Answer)
  /** Told to the job that works on this deployment. */
  | ({
      readonly kind: 'tell_job'
      readonly deployment: NewestDeployment
      /** The page of its run, which stays known by that. */
      readonly logUrl?: string
    } & Answer)
  /** Nobody watches it: what is live counts as well from now on. */
  | ({ readonly kind: 'accept'; readonly deployment: NewestDeployment } & Answer)
  | ({ readonly kind: 'answered' | 'refused' } & Answer)

interface Answer {
  readonly reason: OrderSituation
  /** Markdown. */
  readonly text: string
}

/** What `/promote`, `/accept`, `/pause` or `/continue` comes to. A job goes first: what it brings takes the place of what is watched. */
export function decideOrder(facts: OrderFacts): OrderDecision {
  if (facts.job !== undefined) return ofJob(facts, facts.job)
  const { watch } = facts
  if (watch !== undefined && watch.state !== 'ended') return ofWatch(facts, watch)
  return ofNobody(facts)
}

function ofJob(facts: OrderFacts, { deployment, last, logUrl }: JobAtWork): OrderDecision {
  const { kind, by, atMs } = facts
  const { version } = deployment
  const told = answer(DONE[kind], facts, { version, isJob: true })
  // Said after the command was written: by this very command, whose worker died. Twice it would skip two steps.
  const isSaid = last?.kind === kind && last.by === by.login && last.atMs >= atMs
  if (isSaid) return { kind: 'answered', ...told }
  if (kind === 'pause' && last?.kind === 'pause') {
    return { kind: 'answered', ...answer('already_paused', facts, { version, before: last.by }) }
  }
  return { kind: 'tell_job', deployment, ...(logUrl !== undefined && { logUrl }), ...told }
}

function ofWatch(facts: OrderFacts, watch: WatchStanding): OrderDecision {
  const { deployment, line } = watch
  const isBad = watch.verdict === 'unhealthy'
  const said = { version: deployment.version, line, isBad }
  const why = whyNot(facts, watch)
  if (why === undefined) {
    return { kind: 'order', deployment: deployment.id, ...answer(DONE[facts.kind], facts, said) }
  }
  return { kind: REFUSED.has(why) ? 'refused' : 'answered', ...answer(why, facts, said) }
}

function whyNot({ kind, live }: OrderFacts, watch: WatchStanding): OrderSituation | undefined {
  const { state, paused, verdict, deployment } = watch
  if (kind === 'continue') return paused ? undefined : 'not_paused'
  if (kind === 'pause') {
    if (paused) return 'already_paused'
    return state === 'held' ? 'nothing_to_pause' : undefined
  }
  // What follows from that is being done: it can be stopped between its steps, but it is decided.
  if (state === 'open' && verdict === 'unhealthy') return 'being_taken_back'
  // Its run has ended with a part of the traffic: a word cannot bring it the rest.
  if (live?.id === deployment.id && live.state !== 'success') return 'not_all_users'
  if (verdict === 'healthy') return 'already_healthy'
  return kind === 'promote' && verdict === 'unhealthy' ? 'found_unhealthy' : undefined
}

function ofNobody(facts: OrderFacts): OrderDecision {
  const { kind, live, watch } = facts
  const isOfLive = watch !== undefined && watch.deployment.id === live?.id
  const said = { ...(live && { version: live.version }), ...(isOfLive && { line: watch.line }) }
  const no = (reason: OrderSituation): OrderDecision => ({ kind: 'refused', ...answer(reason, facts, said) })
  if (kind === 'pause' || kind === 'continue') return no('nothing_watched')
  if (live?.state !== 'success') return no('not_live')
  if (live.verdict === 'healthy' || (isOfLive && watch.verdict === 'healthy'))
    return { kind: 'answered', ...answer('already_healthy', facts, said) }
  if (kind === 'accept')
    return { kind: 'accept', deployment: live, ...answer('accepted_on_request', facts, said) }
  return no(live.verdict === 'unhealthy' ? 'found_unhealthy' : 'nothing_watched')
}

const DONE = {
  promote: 'promoted_on_request',
  accept: 'accepted_on_request',
  pause: 'paused',
  continue: 'continued',
} as const satisfies Record<WatchOrder['kind'], OrderSituation>

const REFUSED: ReadonlySet<OrderSituation> = new Set(['being_taken_back', 'not_all_users', 'found_unhealthy'])

function answer(
  reason: OrderSituation,
  { kind, environment, by }: OrderFacts,
  more: Partial<OrderSaid>,
): Answer {
  return { reason, text: orderText(reason, { kind, environment, by: by.login, ...more }) }
}
