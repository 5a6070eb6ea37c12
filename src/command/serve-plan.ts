import { z } from 'zod'
import type { Records, StoredRecord } from '../ports/records.ts'
import type { WorkflowRunState } from '../ports/workflows.ts'
import { code } from '../report/markdown.ts'
import { gatesText } from './answers/gates.ts'
import { planText } from './answers/plan.ts'
import { bindCommit } from './bind-commit.ts'
import type { CommandOutcome } from './command-outcome.ts'
import { RUN_STARTS_WITHIN_MS } from './decide-follow.ts'
import { dispatchOnce } from './dispatch-once.ts'
import { decideGates } from './gates.ts'
import { answered, contended, refused, type Serving } from './serving.ts'

/** What is known of a dry run while it runs: the record `plans/comment-<id>`. It holds nothing up, so it needs no lock. */
export const planRecord = z.object({
  schema: z.literal(1),
  environment: z.string(),
  pull: z.number().int(),
  sha: z.string(),
  sinceMs: z.number(),
  dispatchedAtMs: z.number().optional(),
  dispatched: z.boolean().optional(),
})
export type PlanRecord = z.infer<typeof planRecord>

const LOOK_EVERY_MS = 15_000
/** Our clock may be ahead of GitHub's by so much. */
const SKEW_MS = 5 * 60_000

export function planKey(key: string): string {
  return `plans/${key}`
}

export async function isPlanUnderWay(records: Records, key: string): Promise<boolean> {
  const read = await records.read(planKey(key))
  return read.kind === 'found' && planRecord.safeParse(read.record.value).data?.dispatchedAtMs !== undefined
}

/**
 * `/plan`: a dry run on the default branch's workflow, and what it found as a comment. Where there is no server the run says
 * so itself; else it is followed by serving the command again until it has ended.
 */
export async function servePlan(serving: Serving<'plan'>, environment: string): Promise<CommandOutcome> {
  const { ports, key } = serving
  const read = await ports.records.read(planKey(key))
  if (read.kind === 'unreadable') {
    return refused('lock_unreadable', `The record of this plan cannot be read: ${code(read.why)}`)
  }
  const known = read.kind === 'found' ? knownPlan(read.record) : await newPlan(serving, environment)
  if (!('plan' in known)) return known
  const asked = await askForPlan(serving, known)
  if (!('plan' in asked)) return asked
  if (ports.driver === 'action') return started(environment, key)
  return followPlan(serving, asked)
}

interface KnownPlan {
  readonly plan: PlanRecord
  readonly revision: string | undefined
}

/** Whoever may push may write such a record where there is no server. */
function knownPlan({ key, value, revision }: StoredRecord): KnownPlan | CommandOutcome {
  const { data: plan } = planRecord.safeParse(value)
  if (plan !== undefined) return { plan, revision }
  return refused('lock_unreadable', `The record ${code(key)} is none of a plan. Nothing was planned.`)
}

/** A plan runs nothing of the pull request on an environment: it asks only whether it may be looked at. */
async function newPlan(serving: Serving<'plan'>, environment: string): Promise<KnownPlan | CommandOutcome> {
  const { request, config, defaultBranch, ports } = serving
  const pull = await ports.pulls.read(request.pull)
  if (pull === undefined) return { kind: 'silent', reason: 'no_pull_request' }
  const bound = await bindCommit(serving, environment, pull)
  if (bound.kind === 'refused') return refused(bound.reason, bound.text)
  const requires = config.environments[environment]?.requires
  if (requires === undefined) throw new Error(`there is no environment ${environment}`)
  const failures = decideGates(pull, {
    command: 'plan',
    sha: bound.sha,
    requires,
    defaultBranch,
    by: request.comment.author,
    environments: Object.keys(config.environments),
  })
  const [first] = failures
  if (first !== undefined) return refused(first.reason, gatesText(failures))
  const sinceMs = ports.clock.now()
  const plan = { schema: 1, environment, pull: request.pull, sha: bound.sha, sinceMs } as const
  return { plan, revision: undefined }
}

interface AskedPlan {
  readonly plan: PlanRecord
  readonly revision: string
}

async function askForPlan({ ports, key }: Serving, known: KnownPlan): Promise<AskedPlan | CommandOutcome> {
  const { records } = ports
  let { plan, revision } = known
  const note = async (more: Partial<PlanRecord>): Promise<boolean> => {
    const write = await records.write(planKey(key), { ...plan, ...more }, revision)
    if (write.kind === 'conflict') return false
    plan = { ...plan, ...more }
    revision = write.record.revision
    return true
  }
  if (plan.dispatched === true && revision !== undefined) return { plan, revision }
  const { environment, sha, sinceMs, dispatchedAtMs } = plan
  const asked = await dispatchOnce(ports, {
    sinceMs,
    dispatchedAtMs,
    request: {
      operation: 'plan',
      environment,
      sha,
      key,
    },
    note: async (nowMs) => note({ dispatchedAtMs: nowMs }),
  })
  if (asked.kind === 'wait') return { kind: 'waiting', reason: 'plan_started', untilMs: asked.untilMs }
  if (asked.kind === 'lost') return contended(ports)
  if (asked.kind === 'refused')
    return refused('run_not_started', `${code(asked.error.message, 500)} Nothing was planned.`)
  if (!(await note({ dispatched: true })) || revision === undefined) return contended(ports)
  return { plan, revision }
}

async function followPlan(serving: Serving, { plan }: AskedPlan): Promise<CommandOutcome> {
  const { ports, key } = serving
  const { sinceMs, dispatchedAtMs = sinceMs } = plan
  const run = await ports.workflows.find(key, sinceMs - SKEW_MS)
  const nowMs = ports.clock.now()
  if (run === undefined) {
    const lateMs = dispatchedAtMs + RUN_STARTS_WITHIN_MS
    if (nowMs < lateMs)
      return { kind: 'waiting', reason: 'plan_started', untilMs: Math.min(nowMs + LOOK_EVERY_MS, lateMs) }
    return refused('run_not_started', 'No run came for it within 90 seconds. Nothing was planned.')
  }
  if (run.status !== 'completed') {
    return { kind: 'waiting', reason: 'plan_started', untilMs: nowMs + LOOK_EVERY_MS }
  }
  return tellPlan(serving, plan, run)
}

async function tellPlan(
  { request, ports, key }: Serving,
  plan: PlanRecord,
  run: WorkflowRunState,
): Promise<CommandOutcome> {
  const { environment, sha } = plan
  const result = await ports.planResult(environment, sha, key)
  if (result === undefined) {
    const how = run.conclusion ?? 'completed'
    return refused('run_failed', `The dry run ended as ${code(how)} without a plan: ${run.url}`)
  }
  await ports.conversation.keep(request.pull, `plan/${environment}`, planText(environment, sha, result, run))
  return answered('plan_only', '')
}

function started(environment: string, key: string): CommandOutcome {
  return { kind: 'started', reason: 'plan_started', environment, key }
}
