import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { writePlanCheck } from '../../src/github/plan-check.ts'
import { readPlan } from '../../src/github/read-plan.ts'
import { ACTIONS_APP_ID } from '../../src/github/verdict-check.ts'
import { type GitHubWorld, JOB_PERMISSIONS, startGitHubWorld } from './github-world.ts'

describe('the result of a dry run', () => {
  let world: GitHubWorld
  let sha: string
  beforeEach(async () => {
    world = await startGitHubWorld()
    sha = await world.repository.commit({ files: { VERSION: '1\n' } })
  })
  afterEach(() => world.close())

  const key = (requestId = 'comment-12') => ({ environment: 'production', sha, requestId })
  const check = (requestId = 'comment-12') => ({
    ...key(requestId),
    title: `Plan of ${requestId}`,
    text: '- deploy',
    failed: false,
    runUrl: 'https://ci.example/1',
  })
  const read = async (requestId?: string, appId = ACTIONS_APP_ID) =>
    readPlan(world.github, key(requestId), { appId })

  test('is the one that was asked for', async () => {
    expect(await read()).toBeUndefined()
    await writePlanCheck(world.github, check('comment-12'))
    await writePlanCheck(world.github, check('comment-13'))
    expect(await read('comment-12')).toEqual({ title: 'Plan of comment-12', summary: '- deploy' })
    expect(await read('comment-1')).toBeUndefined()
    expect(await world.calls(() => read())).toHaveLength(1)
  })

  test('A05 of another app is not posted in our name', async () => {
    await writePlanCheck(world.as({ login: 'mallory[bot]', permissions: JOB_PERMISSIONS }), check())
    expect(await read()).toBeUndefined()
  })
})
