import { systemClock } from '../adapters/system-clock.ts'
import { type Opened, openGitHubOf } from '../composition.ts'
import type { Config } from '../config/schema.ts'
import type { CommandPorts, OperationPorts, TrustedConfig } from '../command/command-ports.ts'
import { CONFIG_FILE, readTrustedConfig } from '../command/trusted-config.ts'
import { githubAuthority } from '../github/authority.ts'
import type { GitHubRepository } from '../github/client.ts'
import { ACTIONS_SPEAKER, githubConversation } from '../github/conversation.ts'
import { defaultBranchFile } from '../github/default-branch-file.ts'
import { githubDeployments } from '../github/deployments.ts'
import { githubPullFacts } from '../github/pull-facts.ts'
import { githubPullRequests } from '../github/pull-requests.ts'
import { githubQuarantine } from '../github/quarantine.ts'
import { readPlan } from '../github/read-plan.ts'
import { refRecords } from '../github/ref-records.ts'
import { ACTIONS_APP_ID } from '../github/verdict-check.ts'
import { githubWorkflows } from '../github/workflows.ts'

/** What the workflow's own token is to GitHub, and where its output can be read. */
export interface ActionSide {
  readonly github: GitHubRepository
  /** The app whose verdicts and plans are believed. */
  readonly appId: number
  /** The workflow's file and the default branch, where they are known. */
  readonly workflow?: string
  readonly defaultBranch?: string
}

/** The same of a run with a checkout; nothing without a token. */
export async function actionSideOf(opened: Opened, config?: Config): Promise<ActionSide | undefined> {
  const github = await openGitHubOf(opened)
  const { github: access } = opened.surroundings
  if (github === undefined || access === undefined) return undefined
  return { github, appId: access.appId, ...(config && { workflow: config.workflow }) }
}

/** All that a workflow has to look after an operation: where there is no server, locks are git refs. */
export function actionOperationPorts(side: ActionSide): OperationPorts {
  const { github, appId, workflow = 'seamless.yml', defaultBranch } = side
  const speaker = appId === ACTIONS_APP_ID ? ACTIONS_SPEAKER : { appId }
  return {
    driver: 'action',
    pulls: githubPullFacts(github),
    conversation: githubConversation(github, speaker),
    records: refRecords(github),
    // Without a page of its own: a state that names a run's page says that this run works on the deployment.
    deployments: githubDeployments(github, { appId }),
    workflows: githubWorkflows(github, {
      file: workflow,
      ...(defaultBranch !== undefined && { defaultBranch }),
    }),
    clock: systemClock,
    log: github.log,
    signal: github.signal,
  }
}

/** … and to serve a command by the config that was read. */
export function actionCommandPorts(side: ActionSide, trusted: TrustedConfig): CommandPorts {
  const { github, appId } = side
  const known =
    trusted.kind === 'config'
      ? { workflow: trusted.config.workflow, defaultBranch: trusted.defaultBranch }
      : {}
  let first: TrustedConfig | undefined = trusted
  return {
    ...actionOperationPorts({ ...side, ...known }),
    async config() {
      // Read once already, just now, to know the workflow; whoever serves it later once more reads it anew.
      const read = first ?? (await trustedConfig(github))
      first = undefined
      return read
    },
    authority: githubAuthority(github),
    quarantine: githubQuarantine(github, { appId }),
    pullRequests: githubPullRequests(github),
    planResult: async (environment, sha, requestId) =>
      readPlan(github, { environment, sha, requestId }, { appId }),
  }
}

/** The config at the default branch's head as it is now. Error: `GitHubError`. */
export async function trustedConfig(github: GitHubRepository): Promise<TrustedConfig> {
  const file = await defaultBranchFile(github, CONFIG_FILE)
  if (file === undefined) return { kind: 'missing', where: `${CONFIG_FILE} of the default branch` }
  return readTrustedConfig(file.text, file)
}
