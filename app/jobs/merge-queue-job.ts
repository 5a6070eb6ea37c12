import type { z } from 'zod'
import { CONFIG_FILE, readTrustedConfig } from '../../src/command/trusted-config.ts'
import { defaultBranchFile } from '../../src/github/default-branch-file.ts'
import { writeQueueCheck } from '../../src/github/queue-check.ts'
import type { Job, JobOutcome } from '../engine/engine.ts'
import type { mergeQueue } from '../engine/queues.ts'
import { NotOfInstallation } from '../installation-tokens.ts'
import { logOf } from '../log.ts'
import type { Services } from '../services.ts'
import { repositoryName } from './known-repository.ts'

type Tried = z.infer<typeof mergeQueue.data>

/** Tells a merge queue that the verdicts it may wait for come with what is live, of each environment that is watched. */
export async function workOnMergeQueue(
  { octokits, log }: Services,
  { data, attempt }: Job<Tried>,
): Promise<JobOutcome<Tried>> {
  const { installationId, repositoryId, repository, sha } = data
  const about = { installation: installationId, repository: repositoryId }
  const named = repositoryName(repositoryId, repository)
  const github = octokits.githubOf(installationId, named, 'watch', logOf(log, about))
  try {
    const found = await defaultBranchFile(github, CONFIG_FILE)
    const trusted = found && readTrustedConfig(found.text, found)
    if (trusted?.kind !== 'config' || trusted.config.driver !== 'app') return { kind: 'done' }
    for (const [environment, { health }] of Object.entries(trusted.config.environments))
      if (health !== undefined) await writeQueueCheck(github, { environment, sha, isFirst: attempt === 0 })
  } catch (error) {
    if (!(error instanceof NotOfInstallation)) throw error
    log.warn(about, error.message)
  }
  return { kind: 'done' }
}
