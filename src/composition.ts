import { join } from 'node:path'
import { fileArtifacts } from './adapters/artifacts.ts'
import { type Environment, secretValues } from './adapters/child-environment.ts'
import { fileJournal } from './adapters/file-journal.ts'
import { fileReceipts } from './adapters/file-receipts.ts'
import { findRepository, type Repository } from './adapters/git-repository.ts'
import { gitVersionControl } from './adapters/git.ts'
import { type Mask, maskOf } from './adapters/mask.ts'
import { markedJournal } from './adapters/marked-journal.ts'
import { openAdapters, openAnnotations } from './adapters/registry.ts'
import { processRunner, type RunProcess } from './adapters/run-process.ts'
import { stateFolder } from './adapters/state-folder.ts'
import type { SvnShell } from './adapters/svn-command.ts'
import { versionControlAt } from './adapters/version-control-at.ts'
import { declaredSecrets } from './config/declared-secrets.ts'
import type { Config } from './config/schema.ts'
import { UsageError } from './errors.ts'
import type { GitHubRepository } from './github/client.ts'
import { ACTIONS_APP_ID } from './github/verdict-check.ts'
import type { Clock } from './ports/clock.ts'
import type { Deployments } from './ports/deployments.ts'
import type { Log } from './ports/log.ts'
import type { ReverseMerges } from './ports/reverse-merges.ts'
import type { VersionControl } from './ports/version-control.ts'
import type { Ports } from './upgrade/ports.ts'

/** What a shell knows of where it runs. */
export interface Surroundings {
  /** Any folder of the repository; the service's own folder, in a repository of several. */
  readonly folder: string
  readonly environment: Environment
  readonly signal: AbortSignal
  readonly clock: Clock
  /** Where output goes; every text passes `mask` first. */
  readonly log: (mask: Mask) => Log
  readonly github?: GitHubSurroundings
}

export interface GitHubSurroundings {
  readonly token: string
  readonly apiUrl: string
  readonly repository: string
  /** The app whose verdicts are believed; that of GitHub Actions on github.com. */
  readonly appId: number
  /** Where the run's output can be read. */
  readonly logUrl?: string
}

/** The repository as it is before a config is read: enough to read one. */
export interface Opened {
  readonly surroundings: Surroundings
  readonly repository: Repository
  readonly versionControl: VersionControl
  /** Where commits are taken back without pull requests: Subversion. */
  readonly reverseMerges?: ReverseMerges
  readonly run: RunProcess
  readonly log: Log
  /** Takes what is secret in this environment out of texts that are shown elsewhere than in the log. */
  readonly mask: Mask
}

/** Error: `UsageError` outside a repository. */
export async function openRepository(surroundings: Surroundings): Promise<Opened> {
  const { environment, signal, github, folder } = surroundings
  const mask = maskFor(surroundings, [])
  const run = processRunner({ mask })
  const log = surroundings.log(mask)
  if (versionControlAt(folder) === 'svn') {
    const shell = { run, environment, signal }
    return { surroundings, run, log, mask, ...(await openSubversion(folder, shell, log)) }
  }
  const shell = { run, environment, signal, remote: 'origin', token: github?.token }
  const repository = await findRepository(folder, shell)
  return {
    surroundings,
    repository,
    run,
    log,
    mask,
    versionControl: gitVersionControl({ ...shell, root: repository.root, log }),
  }
}

async function openSubversion(
  folder: string,
  shell: SvnShell,
  log: Log,
): Promise<Required<Pick<Opened, 'repository' | 'versionControl' | 'reverseMerges'>>> {
  const [{ findSvnRepository }, { svnVersionControl }, { svnReverseMerges }] = await Promise.all([
    import('./adapters/svn-repository.ts'),
    import('./adapters/svn.ts'),
    import('./adapters/svn-take-back.ts'),
  ])
  const { store, ...repository } = await findSvnRepository(folder, shell)
  return {
    repository,
    versionControl: svnVersionControl(store, log),
    reverseMerges: svnReverseMerges(store),
  }
}

/** All ports of a run of this config. */
export async function composePorts(opened: Opened, config: Config): Promise<Ports> {
  const { surroundings, versionControl, reverseMerges } = opened
  const { environment, clock } = surroundings
  const mask = maskFor(surroundings, declaredSecrets(config))
  const log = surroundings.log(mask)
  const state = await stateFolder(surroundings.folder)
  const artifacts = fileArtifacts(join(state, 'artifacts'))
  const shell = { environment, log, run: processRunner({ mask }) }
  return {
    versionControl,
    ...(reverseMerges && { reverseMerges }),
    ...(await composeRecord(opened, { log, state }, config)),
    adapters: openAdapters({
      config,
      shell,
      artifacts,
      clock,
      ...(surroundings.github && {
        github: async (signal) => openGitHubOf({ surroundings: { ...surroundings, signal }, log }),
      }),
    }),
    artifacts,
    journal: markedJournal(
      fileJournal(join(state, 'journal.jsonl')),
      () => openAnnotations(config, environment),
      log,
    ),
    receipts: fileReceipts(state),
    clock,
    log,
    mask: mask.text,
  }
}

/**
 * GitHub keeps the record where a token is there; else a file does, and no pull request is opened or reverted. So it is on
 * Subversion always: GitHub knows none of its commits.
 */
async function composeRecord(
  { surroundings, reverseMerges }: Opened,
  { log, state }: { log: Log; state: string },
  config: Pick<Config, 'driver'>,
): Promise<Pick<Ports, 'deployments' | 'pullRequests' | 'records' | 'appWatches'>> {
  const { github, signal, clock, environment } = surroundings
  const repository = reverseMerges === undefined ? await openGitHubOf({ surroundings, log }) : undefined
  if (github === undefined || repository === undefined) {
    const { localDeployments } = await import('./adapters/local-deployments.ts')
    const deployments = localDeployments(join(state, 'deployments.json'), { clock, signal })
    return { deployments, appWatches: false }
  }
  const [{ githubDeployments }, { githubPullRequests }, { refRecords }] = await Promise.all([
    import('./github/deployments.ts'),
    import('./github/pull-requests.ts'),
    import('./github/ref-records.ts'),
  ])
  const appWatches = config.driver === 'app'
  const options = { ...github, ...(appWatches && { reporterId: actionsAppId(environment) }) }
  return {
    deployments: githubDeployments(repository, options),
    pullRequests: githubPullRequests(repository),
    records: refRecords(repository),
    appWatches,
  }
}

/** GitHub's record of deployments alone, where nothing else of a run is needed. Error: `Error` without a token. */
export async function openDeploymentsOf(opened: Pick<Opened, 'surroundings' | 'log'>): Promise<Deployments> {
  const { github } = opened.surroundings
  const repository = await openGitHubOf(opened)
  if (github === undefined || repository === undefined) throw new Error('There is no token for GitHub.')
  const { githubDeployments } = await import('./github/deployments.ts')
  return githubDeployments(repository, github)
}

/** The repository on GitHub, where a token is there. */
export async function openGitHubOf({
  surroundings: { github, clock, signal },
  log,
}: Pick<Opened, 'surroundings' | 'log'>): Promise<GitHubRepository | undefined> {
  if (github === undefined) return undefined
  const { openGitHub } = await import('./github/client.ts')
  return openGitHub(github, { clock, log, signal, fetch: globalThis.fetch })
}

/**
 * The app whose verdicts are believed: GitHub Actions on github.com. An Enterprise server's has another id, and so has an
 * app of one's own whose token is used. Error: `UsageError` where it is no number.
 */
export function checksAppId(environment: Environment): number {
  return appIdIn(environment, 'SEAMLESS_CHECKS_APP_ID')
}

/** The app behind a workflow's own token, which writes what runs report; an Enterprise server's has another id. Error: as above. */
export function actionsAppId(environment: Environment): number {
  return appIdIn(environment, 'SEAMLESS_ACTIONS_APP_ID')
}

function appIdIn(environment: Environment, name: string): number {
  const said = environment[name]
  if (said === undefined || said === '') return ACTIONS_APP_ID
  if (/^[1-9]\d{0,9}$/.test(said)) return Number(said)
  throw new UsageError(`${name} is the number of a GitHub App, not ${JSON.stringify(said)}.`)
}

/**
 * With `driver: app` the App's verdicts are the only ones, and a run that does not know which app that is would find none: it would take
 * each upgrade for the first, with nothing to go back to. Gives what to do about it, or nothing.
 */
export function missingApp(
  { surroundings }: Pick<Opened, 'surroundings'>,
  { driver }: Config,
): string | undefined {
  const { github, environment } = surroundings
  if (driver !== 'app' || github === undefined || github.appId !== actionsAppId(environment)) return undefined
  return 'driver: app needs the number of your Seamless App, whose verdicts are believed: set SEAMLESS_CHECKS_APP_ID to it ("App ID" in its settings), e.g. "SEAMLESS_CHECKS_APP_ID: ${{ vars.SEAMLESS_APP_ID }}" under env of the step.'
}

function maskFor({ environment, github }: Surroundings, declared: readonly string[]): Mask {
  return maskOf([...secretValues(environment, declared), ...(github ? [github.token] : [])])
}
