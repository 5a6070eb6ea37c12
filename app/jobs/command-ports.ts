import type { CommandPorts, TrustedConfig } from '../../src/command/command-ports.ts'
import { CONFIG_FILE, readTrustedConfig } from '../../src/command/trusted-config.ts'
import { githubAuthority } from '../../src/github/authority.ts'
import type { GitHubRepository } from '../../src/github/client.ts'
import { githubConversation } from '../../src/github/conversation.ts'
import { defaultBranchFile } from '../../src/github/default-branch-file.ts'
import { githubPullRequests } from '../../src/github/pull-requests.ts'
import { githubPullFacts } from '../../src/github/pull-facts.ts'
import { githubQuarantine } from '../../src/github/quarantine.ts'
import { readPlan } from '../../src/github/read-plan.ts'
import type { PullRequestFacts } from '../../src/ports/pull-facts.ts'
import { logOf } from '../log.ts'
import type { Operation } from '../permissions.ts'
import type { Services } from '../services.ts'
import { commandLog } from '../store/command-log.ts'
import { databaseRecords } from '../store/database-records.ts'
import { type HeadLedger, headLedger } from '../store/head-ledger.ts'
import { appDeployments } from './app-deployments.ts'
import { appWatches } from './app-watches.ts'
import { decisionRecords } from './decision-records.ts'
import type { KnownRepository } from './known-repository.ts'
import { workflowsOf } from './repository-workflows.ts'

/** All that commands of one repository need, on behalf of the App. A token is made when GitHub is first asked for something. */
export function openCommandPorts(
  services: Services,
  repository: KnownRepository,
  operation: Operation,
): CommandPorts {
  const { settings, store, octokits, clock, signal } = services
  const log = logOf(services.log, { installation: repository.installationId, repository: repository.id })
  const github = octokits.githubOf(repository.installationId, repository, operation, log)
  const { appId, actionsAppId } = settings
  const records = databaseRecords(store, repository.id)
  // Read anew when a command is decided; what is asked for by that decision is asked for by the same config.
  let trusted: Promise<TrustedConfig> | undefined
  const config = async (): Promise<TrustedConfig> => (trusted = readConfig(github))
  return {
    driver: 'app',
    config,
    authority: githubAuthority(github),
    pulls: withLedger(githubPullFacts(github), headLedger(store, repository.id)),
    conversation: githubConversation(github, { appId }, services.comments.of(repository.id)),
    records,
    deployments: appDeployments(services, repository, { operation, log }),
    workflows: workflowsOf(github, async () => trusted ?? config()),
    quarantine: githubQuarantine(github, { appId }),
    pullRequests: githubPullRequests(octokits.githubOf(repository.installationId, repository, 'revert', log)),
    watches: appWatches(services, repository),
    // A dry run is the workflow's, and so is the check run that says what came of it.
    planResult: async (environment, sha, requestId) =>
      readPlan(github, { environment, sha, requestId }, { appId: actionsAppId }),
    decided: decisionRecords(records, clock),
    async queue() {
      const open = await commandLog(store).open(repository.id)
      return open.map(({ pull, commentId: comment, command, queuedAtMs }) => ({
        pull,
        comment,
        command,
        sinceMs: queuedAtMs,
      }))
    },
    clock,
    log,
    signal,
  }
}

async function readConfig(github: GitHubRepository): Promise<TrustedConfig> {
  const found = await defaultBranchFile(github, CONFIG_FILE)
  if (found === undefined) return { kind: 'missing', where: `${CONFIG_FILE}: the repository is empty` }
  return readTrustedConfig(found.text, found)
}

/** What we were told at the time, as long as it ends with the head that GitHub shows; else GitHub's own record of pushes. */
function withLedger(pulls: PullRequestFacts, ledger: HeadLedger): PullRequestFacts {
  return {
    ...pulls,
    async heads(pull) {
      const noted = await ledger.heads(pull.number)
      return noted.at(-1)?.sha === pull.head ? noted : pulls.heads(pull)
    },
  }
}
