import { UsageError } from '../errors.ts'
import type { DeploymentVerdict, VerdictSummary } from '../ports/deployments.ts'
import type { Artifact } from '../ports/builder.ts'
import { plain, posted } from '../report/markdown.ts'
import { artifactsIn } from '../upgrade/verdict-details.ts'
import type { GitHubRepository } from './client.ts'
import { ensure, repeat } from './ensure.ts'

/** The app of github.com behind every workflow's `GITHUB_TOKEN`. */
export const ACTIONS_APP_ID = 15368

/** How a verdict stands on a check run; what nobody knows is neutral, and holds nothing up. */
export const conclusions = {
  healthy: 'success',
  unhealthy: 'failure',
  inconclusive: 'neutral',
} as const satisfies Record<DeploymentVerdict, string>

/** Which verdict: one check run per deployment, since a commit may be deployed to an environment more than once. */
export interface VerdictKey {
  readonly deploymentId: string
  readonly environment: string
  readonly sha: string
  /** Check runs of any other app are not read: whoever may run a workflow or an app could make one of this name. */
  readonly appId: number
}

type CheckContent =
  | ReturnType<typeof verdictContent>
  | ({ readonly status: 'in_progress' } & ReturnType<typeof shownContent>)
type CheckRun = Awaited<ReturnType<typeof listChecks>>[number]

/** What our own check run says about a deployment, or nothing. */
export async function readVerdict(
  github: GitHubRepository,
  key: VerdictKey,
): Promise<DeploymentVerdict | undefined> {
  return verdictIn(await findCheck(github, key))
}

function verdictIn(check: CheckRun | undefined): DeploymentVerdict | undefined {
  if (check?.status !== 'completed') return undefined
  return (['healthy', 'unhealthy', 'inconclusive'] as const).find(
    (verdict) => conclusions[verdict] === check.conclusion,
  )
}

/** What the newest check run of ours says of a commit in an environment, whichever deployment of it that was. One call. */
export async function newestVerdict(
  github: GitHubRepository,
  at: Omit<VerdictKey, 'deploymentId'>,
): Promise<DeploymentVerdict | undefined> {
  const checks = await listChecks(github, at)
  const [newest] = checks
    .filter(
      ({ app, head_sha, status }) => app?.id === at.appId && head_sha === at.sha && status === 'completed',
    )
    .sort((one, other) => other.id - one.id)
  return verdictIn(newest)
}

/** What the verdicts on a commit in an environment say was deployed with it; the newest that names anything. */
export async function readBuilt(
  github: GitHubRepository,
  key: Omit<VerdictKey, 'deploymentId'>,
): Promise<readonly Artifact[]> {
  const checks = await listChecks(github, key)
  const own = checks.filter((check) => check.app?.id === key.appId && check.head_sha === key.sha)
  const found = own
    .toSorted((one, other) => other.id - one.id)
    .map(({ output }) => artifactsIn(output.text))
    .find((artifacts) => artifacts.length > 0)
  return found ?? []
}

export interface SaidVerdict {
  readonly verdict: DeploymentVerdict
  readonly summary: VerdictSummary
  readonly logUrl: string | undefined
}

/** Makes the deployment's check run, or brings it up to date: the one of the id `known`, where this process wrote it. Gives its id. */
export async function writeVerdict(
  github: GitHubRepository,
  key: VerdictKey,
  said: SaidVerdict,
  known?: number,
): Promise<number> {
  const wanted = verdictContent(said)
  if (known !== undefined) return updateCheck(github, known, wanted)
  const check = await ensure(github, {
    find: async () => findCheck(github, key),
    make: async () => createCheck(github, key, wanted),
  })
  if (check.app?.id !== key.appId) throw foreignApp(check, key)
  return isSame(check, wanted) ? check.id : updateCheck(github, check.id, wanted)
}

/** … or brings it up to date while nothing is decided. A verdict that stands is never taken back by this. Gives its id. */
export async function writeWatching(
  github: GitHubRepository,
  key: VerdictKey,
  said: Omit<SaidVerdict, 'verdict'>,
): Promise<number> {
  const wanted = { status: 'in_progress', ...shownContent(said) } as const
  const check = await ensure(github, {
    find: async () => findCheck(github, key),
    make: async () => createCheck(github, key, wanted),
  })
  if (check.app?.id !== key.appId) throw foreignApp(check, key)
  return check.status === 'completed' || isSame(check, wanted)
    ? check.id
    : updateCheck(github, check.id, wanted)
}

async function updateCheck(
  github: GitHubRepository,
  check_run_id: number,
  content: CheckContent,
): Promise<number> {
  const { octokit, owner, repo } = github
  await repeat(github, async () => octokit.rest.checks.update({ owner, repo, check_run_id, ...content }))
  return check_run_id
}

async function createCheck(
  { octokit, owner, repo }: GitHubRepository,
  key: VerdictKey,
  content: CheckContent,
): Promise<CheckRun> {
  const name = verdictCheckName(key.environment)
  const asked = { owner, repo, name, head_sha: key.sha, external_id: key.deploymentId, ...content }
  const { data } = await octokit.rest.checks.create(asked)
  return data
}

export function verdictCheckName(environment: string): string {
  return `seamless/${environment}`
}

async function findCheck(github: GitHubRepository, key: VerdictKey): Promise<CheckRun | undefined> {
  const checks = await listChecks(github, key)
  return checks
    .filter(
      (check) =>
        check.app?.id === key.appId && check.external_id === key.deploymentId && check.head_sha === key.sha,
    )
    .sort((one, other) => other.id - one.id)[0]
}

async function listChecks({ octokit, owner, repo }: GitHubRepository, key: Omit<VerdictKey, 'deploymentId'>) {
  const { data } = await octokit.rest.checks.listForRef({
    owner,
    repo,
    ref: key.sha,
    check_name: verdictCheckName(key.environment),
    app_id: key.appId,
    // `latest` would hide the check of an earlier deployment of the same commit.
    filter: 'all',
    per_page: 100,
  })
  return data.check_runs
}

function verdictContent(said: SaidVerdict) {
  return {
    status: 'completed',
    conclusion: conclusions[said.verdict],
    ...shownContent(said),
  } as const
}

function shownContent({ summary, logUrl }: Pick<SaidVerdict, 'summary' | 'logUrl'>) {
  const rest = logUrl ?? ''
  return {
    ...(logUrl !== undefined && { details_url: logUrl }),
    output: {
      title: plain(summary.title, 255),
      summary: posted(summary.text, { rest }),
      ...(summary.details !== undefined && { text: posted(summary.details, { rest }) }),
    },
  }
}

function isSame(check: CheckRun, wanted: CheckContent): boolean {
  const { conclusion, output } = check
  return (
    conclusion === ('conclusion' in wanted ? wanted.conclusion : null) &&
    output.title === wanted.output.title &&
    output.summary === wanted.output.summary &&
    (output.text ?? undefined) === wanted.output.text
  )
}

function foreignApp(check: CheckRun, key: VerdictKey): UsageError {
  return new UsageError(
    `The check run ${verdictCheckName(key.environment)} was written by the app ${check.app?.id ?? 'unknown'}, but only app ${key.appId} is trusted when it is read back. Use one token for writing and reading, or name its app.`,
  )
}
