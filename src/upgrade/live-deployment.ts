import type { Deployments, NewestDeployment } from '../ports/deployments.ts'

/**
 * What users of an environment have, as far as it is on record: the newest deployment, unless that was taken back or never
 * got there; then the newest one that is live. One that is half done is what they have. `except`: one that was just made.
 */
export async function liveDeployment(
  deployments: Pick<Deployments, 'newest'>,
  environment: string,
  except?: string,
): Promise<NewestDeployment | undefined> {
  const newest = await deployments.newest(environment, undefined, except)
  const isAway = newest?.state === 'failure' || newest?.state === 'inactive'
  return isAway ? ((await deployments.newest(environment, 'success', except)) ?? newest) : newest
}
