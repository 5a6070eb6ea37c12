import type { GitHubRepository } from './client.ts'
import { ensure } from './ensure.ts'

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
  const { octokit, owner, repo } = github
  const name = `seamless/${environment}`
  await ensure(github, {
    isFirst,
    find: async () => {
      const { data } = await octokit.rest.checks.listForRef({
        owner,
        repo,
        ref: sha,
        check_name: name,
        filter: 'all',
      })
      return data.check_runs.find((check) => check.external_id === EXTERNAL_ID)
    },
    make: async () => {
      const { data } = await octokit.rest.checks.create({
        owner,
        repo,
        name,
        head_sha: sha,
        external_id: EXTERNAL_ID,
        status: 'completed',
        conclusion: 'neutral',
        output: {
          title: 'A merge queue only tries',
          summary:
            'Nothing is deployed from a merge queue. How users take it is said once it is live, on the commit that is.',
        },
      })
      return data
    },
  })
}
