import type { Artifact } from '../ports/builder.ts'
import type { DeploymentVerdict, VerdictSummary } from '../ports/deployments.ts'
import { plain, posted } from '../report/markdown.ts'
import { type RunReport, runReport } from '../upgrade/run-report.ts'
import { artifactsIn } from '../upgrade/verdict-details.ts'
import type { GitHubRepository } from './client.ts'
import { repeat } from './ensure.ts'
import { conclusions } from './verdict-check.ts'

/** What a deploying run said of a commit in an environment. */
export interface RunReportKey {
  readonly environment: string
  readonly sha: string
  /** The app behind the runs' token: `ACTIONS_APP_ID` on github.com. What others write under this name is not read. */
  readonly appId: number
}

export interface SaidReport {
  readonly deploymentId: string
  readonly verdict: DeploymentVerdict
  /** `details` is the report as JSON. */
  readonly summary: VerdictSummary
  readonly logUrl: string | undefined
}

/** The newest report that a run left for the App; nothing where none did. One call. Error: `GitHubError`. */
export async function readRunReport(
  github: GitHubRepository,
  key: RunReportKey,
): Promise<RunReport | undefined> {
  for (const text of await textsOf(github, key)) {
    const report = reportIn(text)
    if (report !== undefined) return report
  }
  return undefined
}

/** What the runs that deployed a commit there say they built; of the newest that names anything. One call. */
export async function readReportedBuild(
  github: GitHubRepository,
  key: RunReportKey,
): Promise<readonly Artifact[]> {
  const built = (await textsOf(github, key)).map(artifactsIn)
  return built.find((artifacts) => artifacts.length > 0) ?? []
}

/**
 * Leaves it, or brings the one of the id `known` up to date, which this process wrote; gives its id. None is looked for: the newest
 * is the one that is read, so that one too many after a lost answer harms nobody. One call.
 */
export async function writeRunReport(
  github: GitHubRepository,
  { environment, sha }: Pick<RunReportKey, 'environment' | 'sha'>,
  { deploymentId, verdict, summary, logUrl }: SaidReport,
  known?: number,
): Promise<number> {
  const { octokit, owner, repo } = github
  const content = {
    status: 'completed',
    conclusion: conclusions[verdict],
    ...(logUrl !== undefined && { details_url: logUrl }),
    output: {
      title: plain(summary.title, 255),
      summary: posted(summary.text, { rest: logUrl ?? '' }),
      ...(summary.details !== undefined && { text: summary.details }),
    },
  } as const
  const { data } = await repeat(github, async () =>
    known === undefined
      ? octokit.rest.checks.create({
          owner,
          repo,
          name: checkName(environment),
          head_sha: sha,
          external_id: deploymentId,
          ...content,
        })
      : octokit.rest.checks.update({ owner, repo, check_run_id: known, ...content }),
  )
  return data.id
}

function checkName(environment: string): string {
  return `seamless/${environment}/run`
}

/** Newest first. */
async function textsOf(
  { octokit, owner, repo }: GitHubRepository,
  { environment, sha, appId }: RunReportKey,
): Promise<readonly (string | null)[]> {
  const { data } = await octokit.rest.checks.listForRef({
    owner,
    repo,
    ref: sha,
    check_name: checkName(environment),
    app_id: appId,
    filter: 'all',
    per_page: 100,
  })
  return data.check_runs
    .filter((check) => check.app?.id === appId && check.head_sha === sha)
    .toSorted((one, other) => other.id - one.id)
    .map(({ output }) => output.text)
}

function reportIn(text: string | null): RunReport | undefined {
  try {
    return runReport.parse(JSON.parse(text ?? ''))
  } catch {
    return undefined
  }
}
