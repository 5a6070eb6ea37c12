import { makeCheckOnce } from './check-once.ts'
import type { GitHubRepository } from './client.ts'
import { verdictCheckName } from './verdict-check.ts'

/** Which of our check runs on the commit it is: a verdict carries its Deployment's number. */
const EXTERNAL_ID = 'merge-queue'

/**
 * Answers a merge queue that requires the verdict on an environment: a neutral check run, since nothing is deployed from a queue's
 * branch. GitHub lets neutral ones pass. `isFirst`: nobody can have made it before. Error: `GitHubError`.
 */
export async function writeQueueCheck(
  github: GitHubRepository,
  {
    environment,
    sha,
    isFirst,
  }: { readonly environment: string; readonly sha: string; readonly isFirst: boolean },
): Promise<void> {
  await makeCheckOnce(github, {
    name: verdictCheckName(environment),
    sha,
    externalId: EXTERNAL_ID,
    isFirst,
    conclusion: 'neutral',
    output: {
      title: 'A merge queue only tries',
      summary:
        'Nothing is deployed from a merge queue. How users take it is said once it is live, on the commit that is.',
    },
  })
}
