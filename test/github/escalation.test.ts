import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { GitHubError } from '../../src/errors.ts'
import type { GitHubRepository } from '../../src/github/client.ts'
import { ACTIONS_SPEAKER } from '../../src/github/conversation.ts'
import { githubEscalation } from '../../src/github/escalation.ts'
import { escalationContract } from '../contract/escalation.ts'
import { type GitHubWorld, startGitHubWorld } from './github-world.ts'

const at = { owner: 'acme', repo: 'shop' }
const LIST = 'GET /repos/{owner}/{repo}/issues'
const MAKE = 'POST /repos/{owner}/{repo}/issues'
const EDIT = 'PATCH /repos/{owner}/{repo}/issues/{issue_number}'
const stuck = { environment: 'production', title: 'production is stuck', text: 'Look at it.' }

const asUs = (world: GitHubWorld): GitHubRepository =>
  world.as({ login: 'github-actions[bot]', permissions: { issues: 'write', metadata: 'read' } })
const issuesOf = async (world: GitHubWorld) => {
  const asked = { ...at, state: 'all', direction: 'asc', per_page: 100 } as const
  return (await world.as({ login: 'ada' }).octokit.rest.issues.listForRepo(asked)).data
}

escalationContract('GitHub', async () => {
  const world = await startGitHubWorld()
  return {
    escalation: githubEscalation(asUs(world), ACTIONS_SPEAKER),
    reopen: () => githubEscalation(asUs(world), ACTIONS_SPEAKER),
    issues: async () =>
      (await issuesOf(world)).map(({ title, body, state }) => ({
        title,
        text: body ?? '',
        isOpen: state === 'open',
      })),
    close: () => world.close(),
  }
})

describe('an escalation on GitHub', () => {
  let world: GitHubWorld
  beforeEach(async () => {
    world = await startGitHubWorld()
  })
  afterEach(() => world.close())
  const escalation = () => githubEscalation(asUs(world), ACTIONS_SPEAKER)

  test('R20 is one issue with a link to all of it, for two calls, and one call where it is told already', async () => {
    const url = 'https://github.test/acme/shop/pull/7#issuecomment-1'
    expect(await world.calls(() => escalation().raise('watch-end/1', { ...stuck, url }))).toEqual([
      LIST,
      MAKE,
    ])
    expect(await world.calls(() => escalation().raise('watch-end/1', { ...stuck, url }))).toEqual([LIST])
    expect(await world.calls(() => escalation().raise('watch-end/2', { ...stuck, url }))).toEqual([
      LIST,
      EDIT,
    ])
    const [issue] = await issuesOf(world)
    expect(issue?.body).toMatch(/^Look at it\.\n\nAll of it: https:\/\/github\.test/)
  })

  test('L08 whose answer got lost is looked for, and made once', async () => {
    world.hub.faults.add({ on: MAKE, when: 'after', answer: { status: 502, body: {} } })
    await escalation().raise('watch-end/1', stuck)
    expect(await issuesOf(world)).toHaveLength(1)
  })

  test('a person’s issue with our marker in it is theirs: it is neither edited nor closed', async () => {
    await escalation().raise('watch-end/1', stuck)
    const [ours] = await issuesOf(world)
    const ada = world.as({ login: 'ada' }).octokit.rest.issues
    await ada.update({ ...at, issue_number: ours!.number, state: 'closed' })
    await ada.create({ ...at, title: 'Mine', body: ours!.body! })
    await escalation().settle('production', 'Well again.')
    await escalation().raise('watch-end/2', { ...stuck, title: 'Ours' })
    expect((await issuesOf(world)).map(({ title, state }) => [title, state])).toEqual([
      ['production is stuck', 'closed'],
      ['Mine', 'open'],
      ['Ours', 'open'],
    ])
  })

  test('without issues: write it fails with what GitHub said', async () => {
    const github = world.as({ login: 'github-actions[bot]', permissions: { issues: 'read' } })
    await expect(githubEscalation(github, ACTIONS_SPEAKER).raise('watch-end/1', stuck)).rejects.toThrow(
      GitHubError,
    )
  })
})
