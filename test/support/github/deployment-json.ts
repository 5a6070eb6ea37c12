import { accountJson, nodeId, viaApp } from './account-json.ts'
import type { Deployment, DeploymentStatus, Repository } from './entities.ts'
import type { Hub } from './hub.ts'
import { repositoryUrl } from './repository-json.ts'

export function deploymentJson(
  hub: Hub,
  repository: Repository,
  deployment: Deployment,
): Record<string, unknown> {
  const base = repositoryUrl(hub, repository)
  const url = `${base}/deployments/${deployment.id}`
  return {
    url,
    id: deployment.id,
    node_id: nodeId('Deployment', deployment.id),
    task: deployment.task,
    original_environment: deployment.originalEnvironment,
    environment: deployment.environment,
    description: deployment.description,
    created_at: deployment.createdAt,
    updated_at: deployment.updatedAt,
    statuses_url: `${url}/statuses`,
    repository_url: base,
    creator: accountJson(hub, deployment.creator),
    sha: deployment.sha,
    ref: deployment.ref,
    payload: deployment.payload,
    transient_environment: deployment.transient,
    production_environment: deployment.production,
    performed_via_github_app: viaApp(hub, deployment.app),
  }
}

export function deploymentStatusJson(
  hub: Hub,
  repository: Repository,
  deployment: Deployment,
  status: DeploymentStatus,
): Record<string, unknown> {
  const base = repositoryUrl(hub, repository)
  const deploymentUrl = `${base}/deployments/${deployment.id}`
  return {
    url: `${deploymentUrl}/statuses/${status.id}`,
    id: status.id,
    node_id: nodeId('DeploymentStatus', status.id),
    state: status.state,
    creator: accountJson(hub, status.creator),
    description: status.description,
    environment: status.environment,
    target_url: status.targetUrl,
    created_at: status.createdAt,
    updated_at: status.createdAt,
    deployment_url: deploymentUrl,
    repository_url: base,
    environment_url: status.environmentUrl,
    log_url: status.logUrl,
    performed_via_github_app: viaApp(hub, status.app),
  }
}
