import { webhookUrl, withWebhook } from '../../src/adapters/escalation-webhook.ts'
import type { TrustedConfig } from '../../src/command/command-ports.ts'
import { CONFIG_FILE, readTrustedConfig } from '../../src/command/trusted-config.ts'
import type { GitHubRepository } from '../../src/github/client.ts'
import { githubConversation } from '../../src/github/conversation.ts'
import { defaultBranchFile, type DefaultBranchFile } from '../../src/github/default-branch-file.ts'
import { githubEscalation } from '../../src/github/escalation.ts'
import { githubPullFacts } from '../../src/github/pull-facts.ts'
import { githubPullRequests } from '../../src/github/pull-requests.ts'
import { readRunReport } from '../../src/github/run-report.ts'
import type { Log } from '../../src/ports/log.ts'
import type { PullRequestFacts } from '../../src/ports/pull-facts.ts'
import type { WatchPorts } from '../../src/watch/watch-ports.ts'
import { logOf } from '../log.ts'
import type { Operation } from '../permissions.ts'
import type { Services } from '../services.ts'
import { commandLog } from '../store/command-log.ts'
import { databaseRecords } from '../store/database-records.ts'
import { verdictLedger } from '../store/verdict-ledger.ts'
import { watchStore } from '../store/watch-store.ts'
import { appDeployments } from './app-deployments.ts'
import type { KnownRepository } from './known-repository.ts'
import { workflowsOf } from './repository-workflows.ts'
import type { WatchOf } from './watch-services.ts'

/** Watches that ended longer ago have no cause in common with one that is found bad now. */
const OTHERS_SINCE_MS = 10 * 60_000

interface Place {
  readonly services: Services
  readonly repository: KnownRepository
  readonly deployment: string
  readonly log: Log
  readonly signal: AbortSignal
}

/** All that the watch of one Deployment needs of the world. Tokens are made when GitHub is first asked, each for what it is used for. */
export function watchPortsOf(
  services: Services,
  repository: KnownRepository,
  { deployment, signal }: WatchOf,
): WatchPorts {
  const about = { installation: repository.installationId, repository: repository.id, deployment }
  const place: Place = {
    services,
    repository,
    deployment,
    log: logOf(services.log, about),
    signal: AbortSignal.any([services.signal, signal]),
  }
  const { clock, sources } = services
  return {
    driver: 'app',
    repository: `${repository.owner}/${repository.repo}`,
    ...onGitHub(place),
    ...inDatabase(place),
    async sources(names, config) {
      const opened = names.map(async (name) => [name, await sources.open(repository, name, config)] as const)
      return new Map(await Promise.all(opened))
    },
    clock,
    log: place.log,
    signal: place.signal,
  }
}

type OnGitHub =
  | 'config'
  | 'configAt'
  | 'pulls'
  | 'conversation'
  | 'deployments'
  | 'workflows'
  | 'pullRequests'
  | 'mergeOf'
  | 'runReport'
  | 'escalation'
  | 'pullOf'

function onGitHub({ services, repository, log, signal }: Place): Pick<WatchPorts, OnGitHub> {
  const { store, settings, octokits } = services
  const { appId, actionsAppId, escalationUrl } = settings
  const as = (operation: Operation): GitHubRepository =>
    octokits.githubOf(repository.installationId, repository, operation, log)
  const github = as('watch')
  const pulls = githubPullFacts(github)
  const pullRequests = githubPullRequests(as('revert'))
  const trusted = configs(github, pulls)
  const issues = githubEscalation(as('escalate'), { appId })
  const chat = {
    repository: `${repository.owner}/${repository.repo}`,
    records: databaseRecords(store, repository.id),
    log,
    signal,
  }
  return {
    ...trusted,
    pulls,
    conversation: githubConversation(github, { appId }, services.comments.of(repository.id)),
    deployments: appDeployments(services, repository, { operation: 'rollback', log }),
    workflows: workflowsOf(as('rollback'), trusted.config),
    pullRequests,
    mergeOf: pullRequests.mergeOf,
    runReport: async (environment, sha) => readRunReport(github, { environment, sha, appId: actionsAppId }),
    escalation:
      escalationUrl === undefined ? issues : withWebhook(issues, { ...chat, url: webhookUrl(escalationUrl) }),
    pullOf: async (key) => pullOf(key, { store, repositoryId: repository.id, pulls }),
  }
}

function inDatabase({
  services: { store, clock },
  repository,
  deployment,
}: Place): Pick<WatchPorts, 'records' | 'others' | 'note'> {
  const { id: repositoryId, installationId } = repository
  const ledger = verdictLedger(store, { repositoryId, installationId })
  return {
    records: databaseRecords(store, repositoryId),
    others: async () =>
      watchStore(store, clock).others(
        { repositoryId, installationId, deployment },
        clock.now() - OTHERS_SINCE_MS,
      ),
    note: ledger.note,
  }
}

/** The config of the default branch as it is now, and as it was at a commit. */
function configs(github: GitHubRepository, pulls: PullRequestFacts): Pick<WatchPorts, 'config' | 'configAt'> {
  let head: Promise<DefaultBranchFile | undefined> | undefined
  const readHead = async (): Promise<DefaultBranchFile | undefined> =>
    (head = defaultBranchFile(github, CONFIG_FILE))
  return {
    async config(): Promise<TrustedConfig> {
      const found = await readHead()
      if (found === undefined) return { kind: 'missing', where: `${CONFIG_FILE}: the repository is empty` }
      return readTrustedConfig(found.text, found)
    },
    async configAt(sha) {
      const { defaultBranch = '' } = (await (head ?? readHead())) ?? {}
      return readTrustedConfig(await pulls.file(sha, CONFIG_FILE), { sha, defaultBranch })
    },
  }
}

interface CommentedOn {
  readonly store: Services['store']
  readonly repositoryId: number
  readonly pulls: PullRequestFacts
}

/** The pull request of the comment that asked for a deployment: `comment-123`. */
async function pullOf(
  key: string,
  { store, repositoryId, pulls }: CommentedOn,
): ReturnType<WatchPorts['pullOf']> {
  const [, comment] = /^comment-(\d{1,16})$/.exec(key) ?? []
  if (comment === undefined) return undefined
  const number = await commandLog(store).pullOf(repositoryId, Number(comment))
  const pull = number === undefined ? undefined : await pulls.read(number)
  return pull && { number: pull.number, author: pull.author.login }
}
