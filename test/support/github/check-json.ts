import { appJson, nodeId } from './account-json.ts'
import type { CheckRun, CheckSuite, Repository } from './entities.ts'
import type { Hub } from './hub.ts'
import { minimalPullJson } from './pull-json.ts'
import { minimalRepositoryJson, repositoryPage, repositoryUrl } from './repository-json.ts'

type Json = Record<string, unknown>

/** Open pull requests of the repository itself with that head; GitHub leaves this empty for forks. */
function pullsAt(hub: Hub, repository: Repository, sha: string): Json[] {
  return [...repository.issues.values()]
    .flatMap((issue) => (issue.pull && issue.state === 'open' ? [issue.pull] : []))
    .filter((pull) => pull.head.sha === sha && pull.head.repository === repository)
    .map((pull) => minimalPullJson(hub, pull))
}

export function checkRunJson(hub: Hub, repository: Repository, run: CheckRun): Json {
  const url = `${repositoryUrl(hub, repository)}/check-runs/${run.id}`
  const html = `${repositoryPage(hub, repository)}/runs/${run.id}`
  const { title, summary, text, annotations } = run.output
  return {
    id: run.id,
    name: run.name,
    node_id: nodeId('CheckRun', run.id),
    head_sha: run.headSha,
    external_id: run.externalId ?? '',
    url,
    html_url: html,
    details_url: run.detailsUrl ?? html,
    status: run.status,
    conclusion: run.conclusion,
    started_at: run.startedAt,
    completed_at: run.completedAt,
    output: {
      title,
      summary,
      text,
      annotations_count: annotations.length,
      annotations_url: `${url}/annotations`,
    },
    check_suite: { id: run.suite.id },
    app: appJson(hub, run.suite.app),
    pull_requests: pullsAt(hub, repository, run.headSha),
  }
}

export async function checkSuiteJson(hub: Hub, repository: Repository, suite: CheckSuite): Promise<Json> {
  const url = `${repositoryUrl(hub, repository)}/check-suites/${suite.id}`
  const runs = [...repository.checkRuns.values()].filter((run) => run.suite === suite)
  const done = runs.every((run) => run.status === 'completed')
  const commit = await repository.git.commit(suite.headSha)
  return {
    id: suite.id,
    node_id: nodeId('CheckSuite', suite.id),
    head_branch: suite.headBranch,
    head_sha: suite.headSha,
    status: done ? 'completed' : 'in_progress',
    conclusion: done ? suiteConclusion(runs) : null,
    url,
    before: null,
    after: suite.headSha,
    pull_requests: pullsAt(hub, repository, suite.headSha),
    app: appJson(hub, suite.app),
    repository: minimalRepositoryJson(hub, repository),
    created_at: suite.createdAt,
    updated_at: suite.createdAt,
    head_commit: simpleCommitJson(commit),
    latest_check_runs_count: runs.length,
    check_runs_url: `${url}/check-runs`,
  }
}

function suiteConclusion(runs: CheckRun[]): string {
  const bad = runs.find((run) => !['success', 'neutral', 'skipped'].includes(run.conclusion ?? ''))
  return bad?.conclusion ?? 'success'
}

export function simpleCommitJson(commit: Awaited<ReturnType<Repository['git']['commit']>>): Json {
  const { name, email } = commit.author
  return {
    id: commit.sha,
    tree_id: commit.tree,
    message: commit.message,
    timestamp: commit.committer.date,
    author: { name, email },
    committer: { name: commit.committer.name, email: commit.committer.email },
  }
}
