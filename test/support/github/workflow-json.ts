import { accountJson, nodeId } from './account-json.ts'
import { simpleCommitJson } from './check-json.ts'
import type { Artifact, Repository, Workflow, WorkflowRun } from './entities.ts'
import type { Hub } from './hub.ts'
import { minimalRepositoryJson, repositoryPage, repositoryUrl } from './repository-json.ts'

type Json = Record<string, unknown>

export function workflowJson(hub: Hub, repository: Repository, workflow: Workflow): Json {
  const page = repositoryPage(hub, repository)
  return {
    id: workflow.id,
    node_id: nodeId('Workflow', workflow.id),
    name: workflow.name,
    path: workflow.path,
    state: 'active',
    created_at: workflow.createdAt,
    updated_at: workflow.createdAt,
    url: `${repositoryUrl(hub, repository)}/actions/workflows/${workflow.id}`,
    html_url: `${page}/blob/${repository.defaultBranch}/${workflow.path}`,
    badge_url: `${page}/workflows/${encodeURIComponent(workflow.name)}/badge.svg`,
  }
}

export function runJson(hub: Hub, repository: Repository, run: WorkflowRun): Json {
  const base = repositoryUrl(hub, repository)
  const url = `${base}/actions/runs/${run.id}`
  const actor = accountJson(hub, run.actor)
  const minimal = minimalRepositoryJson(hub, repository)
  return {
    id: run.id,
    name: run.workflow.name,
    node_id: nodeId('WorkflowRun', run.id),
    head_branch: run.headBranch,
    head_sha: run.headSha,
    path: run.workflow.path,
    display_title: run.displayTitle,
    run_number: run.number,
    event: run.event,
    status: run.status,
    conclusion: run.conclusion,
    workflow_id: run.workflow.id,
    check_suite_id: run.id + 700_000_000,
    check_suite_node_id: nodeId('CheckSuite', run.id),
    url,
    html_url: `${repositoryPage(hub, repository)}/actions/runs/${run.id}`,
    pull_requests: [],
    created_at: run.createdAt,
    updated_at: run.updatedAt,
    actor,
    triggering_actor: actor,
    run_attempt: run.attempt,
    referenced_workflows: [],
    run_started_at: run.createdAt,
    jobs_url: `${url}/jobs`,
    logs_url: `${url}/logs`,
    check_suite_url: `${base}/check-suites/${run.id + 700_000_000}`,
    artifacts_url: `${url}/artifacts`,
    cancel_url: `${url}/cancel`,
    rerun_url: `${url}/rerun`,
    previous_attempt_url: null,
    workflow_url: `${base}/actions/workflows/${run.workflow.id}`,
    head_commit: simpleCommitJson(run.headCommit),
    repository: minimal,
    head_repository: minimal,
  }
}

/** A run's one job, as far as its outcome goes. */
export function jobJson(hub: Hub, repository: Repository, run: WorkflowRun): Json {
  const base = repositoryUrl(hub, repository)
  const id = run.id + 800_000_000
  return {
    id,
    node_id: nodeId('CheckRun', id),
    run_id: run.id,
    run_url: `${base}/actions/runs/${run.id}`,
    run_attempt: run.attempt,
    head_sha: run.headSha,
    head_branch: run.headBranch,
    workflow_name: run.workflow.name,
    name: 'seamless',
    url: `${base}/actions/jobs/${id}`,
    html_url: `${repositoryPage(hub, repository)}/actions/runs/${run.id}/job/${id}`,
    status: run.status,
    conclusion: run.conclusion,
    created_at: run.createdAt,
    started_at: run.createdAt,
    completed_at: run.status === 'completed' ? run.updatedAt : null,
    check_run_url: `${base}/check-runs/${id}`,
    labels: ['ubuntu-latest'],
    runner_id: null,
    runner_name: null,
    runner_group_id: null,
    runner_group_name: null,
    steps: [],
  }
}

export function artifactJson(
  at: { hub: Hub; repository: Repository; run: WorkflowRun },
  artifact: Artifact,
): Json {
  const { hub, repository, run } = at
  const url = `${repositoryUrl(hub, repository)}/actions/artifacts/${artifact.id}`
  return {
    id: artifact.id,
    node_id: nodeId('Artifact', artifact.id),
    name: artifact.name,
    size_in_bytes: artifact.content.length,
    url,
    archive_download_url: `${url}/zip`,
    expired: false,
    created_at: artifact.createdAt,
    updated_at: artifact.createdAt,
    expires_at: artifact.createdAt,
    workflow_run: {
      id: run.id,
      repository_id: repository.id,
      head_repository_id: repository.id,
      head_branch: run.headBranch,
      head_sha: run.headSha,
    },
  }
}
