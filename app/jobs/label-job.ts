import type { z } from 'zod'
import { githubChanges } from '../../src/github/merged-pull.ts'
import { labelMerged } from '../../src/watch/label-merged.ts'
import type { Job, JobOutcome, NewJob } from '../engine/engine.ts'
import type { label } from '../engine/queues.ts'
import { logOf } from '../log.ts'
import type { Services } from '../services.ts'
import { verdictLedger } from '../store/verdict-ledger.ts'
import { repositoryName } from './known-repository.ts'

type Merged = z.infer<typeof label.data>

/** One for each merge, however many deliveries tell it. */
export function labelJob(data: Merged): NewJob<Merged> {
  return { id: `${data.repositoryId}/${data.pull.number}`, data, tenant: data.installationId }
}

/** Writes down what a merge tells about earlier verdicts. */
export async function workOnLabels(services: Services, { data }: Job<Merged>): Promise<JobOutcome<Merged>> {
  const { store, octokits, clock } = services
  const { installationId, repositoryId, repository, pull } = data
  const log = logOf(services.log, { installation: installationId, repository: repositoryId })
  const named = repositoryName(repositoryId, repository)
  const github = octokits.githubOf(installationId, named, 'read', log)
  const ledger = verdictLedger(store, { repositoryId, installationId })
  const labels = await labelMerged(pull, { ledger, repository, clock, ...githubChanges(github) })
  for (const label of labels) log.info(`#${pull.number} tells that an earlier verdict was ${label}.`)
  return { kind: 'done' }
}
