import { planText } from '../command/answers/plan.ts'
import type { OperationPorts, PlanResult } from '../command/command-ports.ts'
import { planKey, planRecord } from '../command/serve-plan.ts'

export interface PlanAnswer extends PlanResult {
  readonly environment: string
  readonly sha: string
  /** `comment-123` */
  readonly key: string
  readonly failed: boolean
  readonly runUrl: string
}

/** Comments a plan where it was asked for, by the record of that; where there is none somebody else answers, or nobody asked. */
export async function answerPlan(answer: PlanAnswer, ports: OperationPorts): Promise<void> {
  const { environment, sha, key, failed, runUrl } = answer
  const read = await ports.records.read(planKey(key))
  const asked = read.kind === 'found' ? planRecord.safeParse(read.record.value).data : undefined
  if (asked?.environment !== environment || asked.sha !== sha) return
  const text = planText(environment, sha, answer, { url: runUrl })
  if (failed) await ports.conversation.say(asked.pull, `answer/${key}`, text)
  else await ports.conversation.keep(asked.pull, `plan/${environment}`, text)
  const comment = Number(/^comment-(\d{1,16})$/.exec(key)?.[1])
  if (comment > 0) await ports.conversation.react(comment, failed ? 'confused' : 'rocket')
}
