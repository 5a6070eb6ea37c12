import { setFailed, summary, warning } from '@actions/core'
import { realpath } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { readReceipt } from '../adapters/file-receipts.ts'
import { systemClock } from '../adapters/system-clock.ts'
import { checksAppId, type Opened, openGitHubOf, openRepository } from '../composition.ts'
import { UsageError } from '../errors.ts'
import { isOfRepository } from '../github/commit-of-repository.ts'
import {
  type ConfigPlace,
  loadConfig,
  makePlan,
  type OperationRequest,
  operateRollback,
  operateRun,
} from '../operation.ts'
import { causes } from '../report/causes.ts'
import { exitCodeOf } from '../report/exit-code.ts'
import { headline } from '../report/headline.ts'
import { jobSummary } from '../report/job-summary.ts'
import { planSummary } from '../report/plan-summary.ts'
import type { Plan } from '../upgrade/plan.ts'
import type { ReasonCode } from '../upgrade/reason.ts'
import type { Upgrade } from '../upgrade/receipt.ts'
import type { ActionLogs } from './action-log.ts'
import { annotateFailures } from './annotations.ts'
import { noteBeginning, noteEnd } from './began.ts'
import type { Inputs } from './inputs.ts'
import { outputsOf, setOutputs } from './outputs.ts'
import { refuseUntrusted } from './trusted.ts'
import { readContext, type WorkflowContext } from './workflow-context.ts'

/** One step of a workflow, from its inputs to its outputs. Throws what is not a run's own ending. */
export async function runAction({ environment, signal, logs }: ActionShell, inputs: Inputs): Promise<void> {
  const context = await readContext(environment)
  // A merge queue only tries: a required check must not keep it waiting.
  if (context.event === 'merge_group') return sayMergeQueue()
  const opened = await openAction({ inputs, context, environment, signal, logs })
  const defaultBranch = context.defaultBranch ?? (await opened.repository.defaultBranch())
  const known = { ...context, defaultBranch }
  refuseUntrusted(inputs, known)
  const request = await requestOf(inputs, known, opened)
  if (inputs.operation === 'plan') return showPlan(await makePlan(request))
  noteBeginning()
  const upgrade =
    inputs.operation === 'rollback'
      ? await operateRollback(request, signal)
      : await operateRun(request, signal)
  logs.resume()
  if (signal.aborted) throw signal.reason
  await reportUpgrade(upgrade, opened)
  noteEnd()
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
        appId: checksAppId(environment),
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

async function requestOf(
  inputs: Inputs,
  context: WorkflowContext & { readonly defaultBranch: string },
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
  if (inputs.token === undefined && inputs.operation !== 'plan') {
    opened.log.warning(
      'There is no github-token: what is deployed is on record in .seamless/ of this checkout only. A later run elsewhere will take its upgrade for the first one, with nothing to go back to.',
    )
  }
  if (inputs.sha !== undefined) await refuseStranger(inputs.sha, context.defaultBranch, opened)
  const sha = inputs.sha ?? shaOfEvent(context, loaded.config.upgrade !== undefined)
  return {
    opened,
    loaded,
    stage: inputs.stage,
    ...(inputs.environment !== undefined && { environment: inputs.environment }),
    ...(sha !== undefined && { sha }),
    ...(context.headBranch !== undefined && { branch: context.headBranch }),
    defaultBranch: context.defaultBranch,
    ...(inputs.planDigest !== undefined && { planDigest: inputs.planDigest }),
    ...(inputs.deploymentId !== undefined && { adopt: inputs.deploymentId }),
  }
}

/** T04: a commit that only a fork has can be fetched from here as well. */
async function refuseStranger(sha: string, defaultBranch: string, opened: Opened): Promise<void> {
  const github = await openGitHubOf(opened)
  // A name or a short id is refused for what it is when the plan is made.
  if (github === undefined || !/^[0-9a-f]{40}$/.test(sha)) return
  if (await isOfRepository(github, sha, defaultBranch)) return
  throw new UsageError(
    `The commit ${sha} is on no branch or tag of this repository and in no pull request from one: it may be a fork's. Nothing was run. Push it to a branch first.`,
  )
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
  await writeSummary(planSummary(plan))
}

async function sayMergeQueue(): Promise<void> {
  setOutputs({ decision: 'nothing_to_do', 'reason-code': 'merge_queue' satisfies ReasonCode })
  await writeSummary('A merge queue tries this commit; it is not merged yet, so nothing is done.')
}

/** A report that cannot be shown makes no upgrade a failure. */
export async function writeSummary(markdown: string): Promise<void> {
  await summary
    .addRaw(markdown, true)
    .write()
    .catch((error: unknown) => warning(`The job summary could not be written: ${causes(error)}`))
}

async function reportUpgrade(upgrade: Upgrade, opened: Opened): Promise<void> {
  annotateFailures(upgrade)
  setOutputs(outputsOf(upgrade, await receiptOf(upgrade, opened)))
  await writeSummary(jobSummary(upgrade))
  const line = `${headline(upgrade)}. ${upgrade.message ?? ''}`
  if (exitCodeOf(upgrade) === 0) opened.log.info(line)
  else setFailed(line)
}

/** Where its receipt is; empty for a run that was refused: the file is another one's. */
async function receiptOf({ id, startedAtMs }: Upgrade, { surroundings }: Opened): Promise<string> {
  const file = join(surroundings.folder, '.seamless', 'receipt.json')
  const kept = await readReceipt(file)
  return kept?.id === id && kept.startedAtMs === startedAtMs ? file : ''
}
