import { type Opened, openGitHubOf } from '../composition.ts'
import type { Config } from '../config/schema.ts'
import { UsageError } from '../errors.ts'
import { isOfRepository } from '../github/commit-of-repository.ts'
import { type ConfigPlace, loadConfig, type OperationRequest } from '../operation.ts'
import type { Inputs } from './inputs.ts'
import type { WorkflowContext } from './workflow-context.ts'

type KnownContext = WorkflowContext & { readonly defaultBranch: string }

export async function requestOf(
  inputs: Inputs,
  context: KnownContext,
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
  if (inputs.sha !== undefined && !letsForksIn(inputs, loaded.config)) {
    await refuseStranger(inputs.sha, { inputs, context, opened })
  }
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

/** Somebody with authority asked for exactly this commit, and the config says that it may be a fork's. */
function letsForksIn({ deploymentId, environment }: Inputs, { environments }: Config): boolean {
  return deploymentId !== undefined && environments[environment ?? '']?.requires.sameRepository === false
}

/** T04: a commit that only a fork has can be fetched from here as well. */
async function refuseStranger(
  sha: string,
  { inputs, context, opened }: { inputs: Inputs; context: KnownContext; opened: Opened },
): Promise<void> {
  const github = await openGitHubOf(opened)
  // A name or a short id is refused for what it is when the plan is made.
  if (github === undefined || !/^[0-9a-f]{40}$/.test(sha)) return
  // What a command deploys is a pull request's.
  const isOfPull = inputs.deploymentId !== undefined
  if (await isOfRepository(github, sha, context.defaultBranch, { isOfPull })) return
  throw new UsageError(
    `The commit ${sha} is on no branch or tag of this repository and in no pull request from one: it may be a fork's. Nothing was run. Push it to a branch first.`,
  )
}

/** A push or a pull request is about its commit. A dispatch or a schedule makes the upgrade where the config says how. */
function shaOfEvent({ event, sha }: WorkflowContext, makes: boolean): string | undefined {
  const isAboutCommit = event === 'push' || event.startsWith('pull_request')
  return isAboutCommit || !makes ? sha : undefined
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
