import { z } from 'zod'
import { readPayload } from '../../src/github/deployment-payload.ts'
import { causes } from '../../src/report/causes.ts'
import { begin } from '../engine/queues.ts'
import type { Services } from '../services.ts'
import { databaseRecords } from '../store/database-records.ts'
import { watchStore } from '../store/watch-store.ts'
import { type KnownRepository, readRepository } from './known-repository.ts'

/** GitHub keeps deliveries for so long: what is older was not missed, but given up. */
const LOOKED_BACK_MS = 3 * 24 * 3_600_000
/** The newest of each repository; whoever deploys more often than that within an hour has the next one watched. */
const NEWEST = 20

/**
 * Compares GitHub's newest Deployments of each repository that we know with our watches: what became live while no delivery reached
 * us, not even by the list of deliveries, is watched from when it was live. One call for each repository.
 */
export async function findMissed(services: Services): Promise<void> {
  for (const id of await knownRepositories(services)) {
    services.signal.throwIfAborted()
    try {
      await findMissedOf(services, id)
    } catch (error) {
      services.log.warn({ repository: id }, `its Deployments could not be compared: ${causes(error)}`)
    }
  }
}

async function findMissedOf(services: Services, id: number): Promise<void> {
  const { store, engine, clock } = services
  const repository = await readRepository(databaseRecords(store, id))
  if (repository === undefined) return
  const { installationId, owner, repo } = repository
  for (const deployment of await newestOf(services, repository)) {
    const known = await watchStore(store, clock).read({ repositoryId: id, deployment })
    if (known !== undefined) continue
    const data = { installationId, repositoryId: id, repository: `${owner}/${repo}`, deployment }
    // Of one that is not to be watched nothing is kept but this job's id, by which it is asked once.
    await engine.send(begin, { id: `${id}/${deployment}/missed`, data, tenant: installationId })
  }
}

/** Of each environment the newest one of ours, where it is young. */
async function newestOf(
  { octokits, clock }: Pick<Services, 'octokits' | 'clock'>,
  repository: KnownRepository,
): Promise<readonly string[]> {
  const { octokit, owner, repo } = octokits.githubOf(repository.installationId, repository, 'read')
  const { data } = await octokit.rest.repos.listDeployments({ owner, repo, per_page: NEWEST })
  const ours = data.filter(
    ({ payload, created_at }) =>
      readPayload(payload) !== undefined && Date.parse(created_at) > clock.now() - LOOKED_BACK_MS,
  )
  const newest = new Map(
    ours.toSorted((one, other) => one.id - other.id).map(({ environment, id }) => [environment, String(id)]),
  )
  return [...newest.values()]
}

const row = z.object({ repository_id: z.coerce.number() })

async function knownRepositories({ store }: Services): Promise<readonly number[]> {
  const found = await store.rows(
    row,
    `SELECT repository_id FROM seamless.records WHERE key = 'app/repository'`,
  )
  return found.map(({ repository_id }) => repository_id)
}
