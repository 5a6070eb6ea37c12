import { setFailed, summary } from '@actions/core'
import { realpath } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { systemClock } from '../adapters/system-clock.ts'
import { type Opened, openRepository } from '../composition.ts'
import { UsageError } from '../errors.ts'
import { ACTIONS_APP_ID } from '../github/verdict-check.ts'
import {
  type ConfigPlace,
  loadConfig,
  makePlan,
  type OperationRequest,
  operateRollback,
  operateRun,
} from '../operation.ts'
import { exitCodeOf } from '../report/exit-code.ts'
import { headline } from '../report/headline.ts'
import { jobSummary } from '../report/job-summary.ts'
import { planSummary } from '../report/plan-summary.ts'
import type { Plan } from '../upgrade/plan.ts'
import type { Upgrade } from '../upgrade/receipt.ts'
import type { ActionLogs } from './action-log.ts'
import { annotateFailures } from './annotations.ts'
import { noteBeginning } from './began.ts'
import type { Inputs } from './inputs.ts'
import { outputsOf, setOutputs } from './outputs.ts'
import { readContext, type WorkflowContext } from './workflow-context.ts'

/** One step of a workflow, from its inputs to its outputs. Throws what is not a run's own ending. */
export async function runAction({ environment, signal, logs }: ActionShell, inputs: Inputs): Promise<void> {
  const context = await readContext(environment)
  refuseUntrusted(inputs, context)
  const opened = await openAction({ inputs, context, environment, signal, logs })
  const request = await requestOf(inputs, context, opened)
  if (inputs.operation === 'plan') return showPlan(await makePlan(request))
  noteBeginning()
  const upgrade =
    inputs.operation === 'rollback'
      ? await operateRollback(request, signal)
      : await operateRun(request, signal)
  logs.resume()
  if (signal.aborted) throw signal.reason
  await reportUpgrade(upgrade, opened)
}

export interface ActionShell {
  readonly environment: NodeJS.ProcessEnv
  readonly signal: AbortSignal
  readonly logs: ActionLogs
}

export interface ActionParts extends ActionShell {
  readonly inputs: Inputs
  readonly context: WorkflowContext
}

export async function openAction(parts: ActionParts): Promise<Opened> {
  const { inputs, context, environment, signal, logs } = parts
  const folder = await realpath(join(context.workspace, inputs.workingDirectory)).catch((cause: unknown) => {
    throw new UsageError(
      `The working-directory ${JSON.stringify(inputs.workingDirectory)} does not exist. Does "actions/checkout" run before this step?`,
      { cause },
    )
  })
  if (relative(await realpath(context.workspace), folder).startsWith('..')) {
    throw new UsageError(
      `The working-directory ${JSON.stringify(inputs.workingDirectory)} leaves the workspace.`,
    )
  }
  return openRepository({
    folder,
    environment,
    signal,
    clock: systemClock,
    log: logs.masked,
    ...(inputs.token !== undefined && {
      github: {
        token: inputs.token,
        apiUrl: context.apiUrl,
        repository: context.repository,
        appId: ACTIONS_APP_ID,
        logUrl: context.runUrl,
      },
    }),
  })
}

export async function configPlace(context: WorkflowContext, opened: Opened): Promise<ConfigPlace> {
  const { defaultBranch = await opened.repository.defaultBranch() } = context
  if (context.ref !== `refs/heads/${defaultBranch}`) {
    const { id } = await opened.versionControl.resolve(defaultBranch)
    return { kind: 'commit', sha: id }
  }
  // A push brings its config along; the health it is judged by is that of the commit before it.
  const { before } = context
  return {
    kind: 'commit',
    sha: context.sha,
    ...(context.event === 'push' && before !== undefined && { healthFrom: before }),
  }
}

/** A pull request's workflow file, config and code are the author's: its runs may look, nothing more. */
function refuseUntrusted({ operation }: Inputs, { event }: WorkflowContext): void {
  if (!event.startsWith('pull_request') || operation === 'plan') return
  throw new UsageError(
    `operation: ${operation} is not possible on ${event}: what a pull request brings is not trusted. Use "operation: plan" there, and deploy on "push" to the default branch or "workflow_dispatch".`,
  )
}

async function requestOf(
  inputs: Inputs,
  context: WorkflowContext,
  opened: Opened,
): Promise<OperationRequest> {
  const isPullRequest = context.event.startsWith('pull_request')
  const place: ConfigPlace = isPullRequest ? { kind: 'working_tree' } : await configPlace(context, opened)
  if (isPullRequest) {
    opened.log.info(
      'The config is that of this pull request; it takes effect when it is on the default branch.',
    )
  }
  const loaded = await loadConfig(opened, inputs.config, place)
  const sha = inputs.sha ?? shaOfEvent(context, loaded.config.upgrade !== undefined)
  return {
    opened,
    loaded,
    stage: inputs.stage,
    ...(inputs.environment !== undefined && { environment: inputs.environment }),
    ...(sha !== undefined && { sha }),
    ...(context.headBranch !== undefined && { branch: context.headBranch }),
    ...(context.defaultBranch !== undefined && { defaultBranch: context.defaultBranch }),
    ...(inputs.planDigest !== undefined && { planDigest: inputs.planDigest }),
    ...(inputs.deploymentId !== undefined && { adopt: inputs.deploymentId }),
  }
}

/** A push or a pull request is about its commit. A dispatch or a schedule makes the upgrade where the config says how. */
function shaOfEvent({ event, sha }: WorkflowContext, makes: boolean): string | undefined {
  const isAboutCommit = event === 'push' || event.startsWith('pull_request')
  return isAboutCommit || !makes ? sha : undefined
}

async function showPlan(plan: Plan): Promise<void> {
  setOutputs({
    decision: 'planned',
    'reason-code': 'plan_only',
    version: plan.head.kind === 'given' ? plan.head.version.name : '',
    'previous-version': plan.base?.name ?? '',
    sha: plan.head.kind === 'given' ? plan.head.version.sha : '',
  })
  await summary.addRaw(planSummary(plan), true).write()
}

async function reportUpgrade(upgrade: Upgrade, opened: Opened): Promise<void> {
  const { repository } = opened
  annotateFailures(upgrade)
  setOutputs(outputsOf(upgrade, join(repository.root, '.seamless', 'receipt.json')))
  await summary.addRaw(jobSummary(upgrade), true).write()
  const line = `${headline(upgrade)}. ${upgrade.message ?? ''}`
  if (exitCodeOf(upgrade) === 0) opened.log.info(line)
  else setFailed(line)
}
