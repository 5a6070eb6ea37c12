import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { GitHubError } from '../../src/errors.ts'
import { defaultBranchFile } from '../../src/github/default-branch-file.ts'
import { type GitHubWorld, startGitHubWorld } from './github-world.ts'

const PATH = '.github/seamless.yml'

describe('a file of the default branch', () => {
  let world: GitHubWorld
  beforeEach(async () => {
    world = await startGitHubWorld({ defaultBranch: 'trunk', files: { [PATH]: 'driver: action\n' } })
  })
  afterEach(() => world.close())

  test('C01 comes with the commit that it is of, in one call, whatever other branches hold', async () => {
    await world.repository.commit({ branch: 'mine', files: { [PATH]: 'driver: app\n' } })
    const sha = await world.repository.shaOf('trunk')
    const calls = await world.calls(async () => {
      const found = await defaultBranchFile(world.github, PATH)
      expect(found).toEqual({ defaultBranch: 'trunk', sha, text: 'driver: action\n' })
    })
    expect(calls).toEqual(['graphql'])
  })

  test('C02 where there is none, the commit without it is named', async () => {
    const sha = await world.repository.commit({ files: { [PATH]: null } })
    const none = { defaultBranch: 'trunk', sha, text: undefined }
    expect(await defaultBranchFile(world.github, PATH)).toEqual(none)
    expect(await defaultBranchFile(world.github, '.github')).toEqual({ ...none, sha })
  })

  test('what is no text is no file of ours', async () => {
    await world.repository.commit({ files: { [PATH]: Buffer.from([0, 1, 2]) } })
    expect(await defaultBranchFile(world.github, PATH)).toMatchObject({ text: undefined })
  })

  test('a file that GitHub shows in part only is an error', async () => {
    await world.repository.commit({ files: { [PATH]: '#'.repeat(600 * 1024) } })
    await expect(defaultBranchFile(world.github, PATH)).rejects.toThrow(/too long/)
  })

  test('a missing permission is an error, never "there is no config"', async () => {
    const reader = world.as({ login: 'seamless[bot]', permissions: { issues: 'read', metadata: 'read' } })
    await expect(defaultBranchFile(reader, PATH)).rejects.toThrow(GitHubError)
  })

  test('a repository that this token cannot see is an error', async () => {
    const elsewhere = { ...world.github, repo: 'nowhere' }
    await expect(defaultBranchFile(elsewhere, PATH)).rejects.toThrow(/nowhere|NOT_FOUND/)
  })

  test('L08 a look that fails is repeated: it changes nothing', async () => {
    world.hub.faults.add({ on: 'graphql', answer: { status: 502, body: {} }, times: 2 })
    expect(await defaultBranchFile(world.github, PATH)).toMatchObject({ text: 'driver: action\n' })
  })
})
