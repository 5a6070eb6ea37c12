import { githubDeployments } from '../../src/github/deployments.ts'
import type { Deployments } from '../../src/ports/deployments.ts'
import type { Log } from '../../src/ports/log.ts'
import type { Operation } from '../permissions.ts'
import type { Services } from '../services.ts'
import type { KnownRepository } from './known-repository.ts'

/**
 * The Deployments of a repository, as the App writes them: their states by the token of the operation that is under way,
 * verdicts by one that may write nothing else.
 */
export function appDeployments(
  { octokits, settings, memories }: Pick<Services, 'octokits' | 'settings' | 'memories'>,
  repository: KnownRepository,
  { operation, log }: { readonly operation: Operation; readonly log: Log },
): Deployments {
  const memory = memories.of(repository.id)
  const as = (one: Operation): Deployments => {
    const github = octokits.githubOf(repository.installationId, repository, one, log)
    return githubDeployments(github, { appId: settings.appId }, memory)
  }
  const acting = as(operation)
  const { setVerdict, watching } = as('watch')
  return { ...acting, setVerdict, ...(watching !== undefined && { watching }) }
}
