import type { ReadDeployment } from '../ports/deployments.ts'
import { code, plain } from '../report/markdown.ts'
import type { WatchPorts } from './watch-ports.ts'

/**
 * What is known once an environment is back on an earlier version: that one is healthy, as it was found before, and the one
 * that was taken away is no version to return to any more. Only a commit that a verdict on record calls healthy becomes
 * so: a Deployment itself proves nothing. Answers why, where nothing was said. Error: `GitHubError`.
 */
export async function confirmRollback(
  back: ReadDeployment,
  { deployments }: Pick<WatchPorts, 'deployments'>,
): Promise<string | undefined> {
  const { id, environment, sha, version } = back
  const replaced = await deployments.newest(environment, 'success', id)
  const target = await deployments.lastHealthy(environment, replaced?.sha === sha ? undefined : replaced?.sha)
  if (target?.sha !== sha) return `no verdict says that ${version} was healthy in ${environment}`
  await deployments.setVerdict(id, 'healthy', {
    title: `${plain(version, 60)} is back`,
    text: `${code(environment)} was rolled back to ${code(version)}, which was found healthy there before.`,
  })
  if (replaced?.verdict !== 'healthy' || replaced.sha === sha) return undefined
  await deployments.setVerdict(replaced.id, 'inconclusive', {
    title: `${plain(replaced.version, 60)} was taken back`,
    text: `${code(environment)} was rolled back from ${code(replaced.version)} to ${code(version)}. It was found healthy before; no later rollback returns to it.`,
  })
  return undefined
}

/** Whether a later deployment of the environment is live by now: then this one's event came late, and says nothing any more. */
export async function isReplaced(
  { id, environment }: Pick<ReadDeployment, 'id' | 'environment'>,
  { deployments }: Pick<WatchPorts, 'deployments'>,
): Promise<boolean> {
  const newest = await deployments.newest(environment, 'success')
  // Numbers of GitHub's, which ascend: a list that does not have this one yet names an earlier one.
  return newest !== undefined && Number(newest.id) > Number(id)
}

/** The same commit came once more and was there already: what was found of it holds for this Deployment too. */
export async function confirmAlreadyLive(
  again: ReadDeployment,
  { deployments }: Pick<WatchPorts, 'deployments'>,
): Promise<void> {
  const { id, environment, sha, version, verdict } = again
  if (verdict !== undefined) return
  const known = await deployments.lastHealthy(environment)
  if (known?.sha !== sha) return
  await deployments.setVerdict(id, 'healthy', {
    title: `${plain(version, 60)} was there already`,
    text: `${code(environment)} had ${code(version)} already, and it was found healthy there.`,
  })
}
