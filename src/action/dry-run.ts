import type { Opened } from '../composition.ts'
import { writePlanCheck } from '../github/plan-check.ts'
import { makePlan } from '../operation.ts'
import { causes } from '../report/causes.ts'
import { fence } from '../report/markdown.ts'
import { planSummary } from '../report/plan-summary.ts'
import type { Plan } from '../upgrade/plan.ts'
import { answerPlan } from './answer-plan.ts'
import { actionOperationPorts, actionSideOf } from './command-ports.ts'
import type { Inputs } from './inputs.ts'
import { setOutputs } from './outputs.ts'
import { writeSummary } from './report.ts'
import { requestOf } from './request.ts'
import type { WorkflowContext } from './workflow-context.ts'

type KnownContext = WorkflowContext & { readonly defaultBranch: string }

/** Shows what would run. Somebody who asked for it by a comment finds it, or why there is none, as a check run too. */
export async function dryRun(inputs: Inputs, context: KnownContext, opened: Opened): Promise<void> {
  const work = requestOf(inputs, context, opened).then(makePlan)
  // Other events than a dispatch cannot have been asked for: a pull request's own workflow gives what it likes.
  const { requestId } = inputs
  if (requestId !== undefined && context.event === 'workflow_dispatch') {
    await answer(work, { inputs, requestId, context, opened })
  }
  await showPlan(await work)
}

interface Asked {
  readonly inputs: Inputs
  readonly requestId: string
  readonly context: KnownContext
  readonly opened: Opened
}

async function answer(work: Promise<Plan>, { inputs, requestId, context, opened }: Asked): Promise<void> {
  const side = await actionSideOf(opened)
  if (side === undefined) return
  const said = await work.then(planned, (error: unknown) => ({
    environment: inputs.environment,
    sha: inputs.sha ?? context.sha,
    title: 'There is no plan',
    text: fence(opened.mask.text(causes(error))),
    failed: true,
  }))
  const { environment } = said
  // Of several environments nobody could say whose plan it is.
  if (environment === undefined) return
  const { runUrl } = context
  await writePlanCheck(side.github, { ...said, environment, requestId, runUrl })
  const answered = { ...said, summary: said.text, environment, key: requestId, runUrl }
  await answerPlan(answered, actionOperationPorts(side))
}

function planned(plan: Plan) {
  const { environments, head, digest } = plan
  return {
    environment: environments.length === 1 ? environments[0] : undefined,
    sha: head.kind === 'given' ? head.version.sha : head.from,
    title: `Plan ${digest.slice(0, 19)}`,
    text: planSummary(plan),
    failed: false,
  }
}

async function showPlan(plan: Plan): Promise<void> {
  setOutputs({
    decision: 'planned',
    'reason-code': 'plan_only',
    version: plan.head.kind === 'given' ? plan.head.version.name : '',
    'previous-version': plan.base?.name ?? '',
    sha: plan.head.kind === 'given' ? plan.head.version.sha : '',
  })
  await writeSummary(planSummary(plan))
}
