import { githubPullRequests } from '../../src/github/pull-requests.ts'
import { pullRequestsContract } from '../contract/pull-requests.ts'
import { filesAt, mergeByPerson, startGitHubWorld } from './github-world.ts'

pullRequestsContract('GitHub', async () => {
  const world = await startGitHubWorld()
  const { repository } = world
  return {
    pullRequests: githubPullRequests(world.github),
    base: 'main',
    push: (files, { branch = 'main', message = 'A direct push\n' } = {}) =>
      repository.commit({ branch, files, message, by: 'ada' }),
    merge: (change) => mergeByPerson(world, change),
    head: (branch) => repository.shaOf(`refs/heads/${branch}`),
    files: (revision) => filesAt(world, revision),
    now: () => world.clock.now(),
    close: () => world.close(),
  }
})
