import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { DeploymentMismatch, DeploymentUnknown } from '../../src/errors.ts'
import { type Claim, claimDeployment } from '../../src/github/claim-deployment.ts'
import { githubDeployments } from '../../src/github/deployments.ts'
import { ACTIONS_APP_ID } from '../../src/github/verdict-check.ts'
import { type GitHubWorld, startGitHubWorld } from './github-world.ts'

const page = (run: number, attempt = 1): string =>
  `https://github.example/acme/shop/actions/runs/${run}${attempt === 1 ? '' : `/attempts/${attempt}`}`

describe('a Deployment that was made for a run', () => {
  let world: GitHubWorld
  let sha: string
  let id: string
  beforeEach(async () => {
    world = await startGitHubWorld()
    sha = await world.repository.commit({ files: { VERSION: '1.0.0\n' } })
    const made = { environment: 'production', sha, version: '1.0.0', key: 'comment-1' }
    ;({ id } = await deployments().begin(made))
  })
  afterEach(() => world.close())

  const deployments = (logUrl?: string) =>
    githubDeployments(world.github, { appId: ACTIONS_APP_ID, ...(logUrl !== undefined && { logUrl }) })
  const claim = async (runUrl: string): Promise<Claim> =>
    claimDeployment(world.github, { id, runUrl, sha, environment: 'production' })
  const kindOf = async (runUrl: string): Promise<Claim['kind']> => (await claim(runUrl)).kind

  test('is the first run’s, and its jobs share it', async () => {
    expect(await claim(page(1))).toEqual({ kind: 'ours', deployment: { id, sha, environment: 'production' } })
    expect(await kindOf(page(1))).toBe('ours')
    expect(await claim(page(2))).toEqual({ kind: 'taken', by: page(1) })
    await deployments(page(1)).setState(id, 'success', 'live')
    expect(await kindOf(page(1))).toBe('ours')
    expect(await claim(page(2))).toEqual({ kind: 'ended', state: 'success' })
  })

  test('is no second attempt’s: nobody knows how far the first one got', async () => {
    await claim(page(1))
    expect(await claim(page(1, 2))).toMatchObject({ kind: 'cut_off', by: page(1) })
  })

  test('is not taken by a state of somebody who is no run', async () => {
    await deployments().setState(id, 'in_progress', 'asked for')
    expect(await kindOf(page(1))).toBe('ours')
  })

  test('L03 is one run’s of two that claim it at the same time', async () => {
    for (let round = 0; round < 10; round += 1) {
      const made = { environment: 'production', sha, version: '1.0.0', key: `comment-${round + 2}` }
      ;({ id } = await deployments().begin(made))
      const kinds = await Promise.all([kindOf(page(1)), kindOf(page(2))])
      expect(new Set(kinds)).toEqual(new Set(['ours', 'taken']))
    }
  })

  test('T06 is left alone where it is of something else, or is none', async () => {
    const before = world.hub.requests.length
    const asked = { id, runUrl: page(1) }
    await expect(claimDeployment(world.github, { ...asked, sha: '0'.repeat(40) })).rejects.toThrow(
      DeploymentMismatch,
    )
    await expect(claimDeployment(world.github, { ...asked, environment: 'staging' })).rejects.toThrow(
      DeploymentMismatch,
    )
    await expect(claimDeployment(world.github, { ...asked, id: '99999' })).rejects.toThrow(DeploymentUnknown)
    await expect(claimDeployment(world.github, { ...asked, id: '../1' })).rejects.toThrow(DeploymentUnknown)
    expect(world.hub.requests.slice(before).filter(({ method }) => method !== 'GET')).toEqual([])
  })

  test('costs four calls, two where it is another’s', async () => {
    expect(await world.calls(() => claim(page(1)))).toHaveLength(4)
    expect(await world.calls(() => claim(page(2)))).toHaveLength(2)
  })
})
