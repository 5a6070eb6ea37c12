import { z } from 'zod'
import { reapOperations } from '../../src/command/reap-operations.ts'
import { causes } from '../../src/report/causes.ts'
import type { Services } from '../services.ts'
import { databaseRecords } from '../store/database-records.ts'
import { watchStore } from '../store/watch-store.ts'
import { openCommandPorts } from './command-ports.ts'
import { readRepository } from './known-repository.ts'

const DAY_MS = 24 * 3_600_000
/** GitHub redelivers for three days. */
const DELIVERIES_KEPT_MS = 7 * DAY_MS
/** The newest of each environment is kept for `/status`, however old. */
const WATCHES_KEPT_MS = 30 * DAY_MS
/** What was decided about a command is of use while its job may come again. */
const ANSWERS_KEPT_MS = 2 * DAY_MS

/**
 * Looks after operations that nobody was heard of for their lease: a job that was given up, a process that never came back.
 * One repository's trouble keeps no other waiting. Then forgets what is too old.
 */
export async function reap(services: Services): Promise<void> {
  const { store, inbox, clock, log, metrics } = services
  let stuck = 0
  for (const repositoryId of await repositoriesAtWork(services)) {
    try {
      stuck += await reapRepository(services, repositoryId)
    } catch (error) {
      stuck += 1
      log.warn({ repository: repositoryId }, `its operations could not be looked after: ${causes(error)}`)
    }
  }
  metrics.stuckOperations(stuck)
  await watchStore(store, clock).forget(clock.now() - WATCHES_KEPT_MS)
  await inbox.forget(clock.now() - DELIVERIES_KEPT_MS)
  await store.run(FORGET, [clock.now() - ANSWERS_KEPT_MS])
}

/** Answers how many operations there are that cannot be ended. */
async function reapRepository(services: Services, repositoryId: number): Promise<number> {
  const records = databaseRecords(services.store, repositoryId)
  const repository = await readRepository(records)
  if (repository === undefined) throw new Error('its installation is not known')
  const reaped = await reapOperations(openCommandPorts(services, repository, 'rollback'))
  return reaped.filter(({ outcome }) => outcome.kind === 'unreadable').length
}

const row = z.object({ repository_id: z.coerce.number() })

async function repositoriesAtWork({ store }: Services): Promise<readonly number[]> {
  const found = await store.rows(row, AT_WORK)
  return found.map(({ repository_id }) => repository_id)
}

// Looked into as texts: a record that somebody spoilt by hand must not keep all others from being looked after.
const AT_WORK = `SELECT DISTINCT repository_id FROM seamless.records
  WHERE starts_with(key, 'locks/') AND value LIKE '%"operation"%'`

const FORGET = `DELETE FROM seamless.records
  WHERE (starts_with(key, 'answers/') OR starts_with(key, 'plans/') OR starts_with(key, 'rollbacks/'))
    AND substring(value from '"sinceMs":([0-9]+)')::numeric < $1`
