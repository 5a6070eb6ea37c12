import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { GitHubError } from '../../src/errors.ts'
import { refRecords } from '../../src/github/ref-records.ts'
import { recordsContract } from '../contract/records.ts'
import { type GitHubWorld, startGitHubWorld } from './github-world.ts'

const at = { owner: 'acme', repo: 'shop' }

async function spoil({ github, repository }: GitHubWorld, key: string): Promise<void> {
  const sha = (await repository.shaOf('main')) ?? ''
  await github.octokit.rest.git.createRef({ ...at, ref: `refs/seamless/${key}`, sha })
}

recordsContract('git refs', async () => {
  const world = await startGitHubWorld()
  return {
    records: refRecords(world.github),
    reopen: () => refRecords(world.github),
    spoil: async (key) => spoil(world, key),
    close: () => world.close(),
  }
})

const KEY = 'locks/production'
const CREATE = 'POST /repos/{owner}/{repo}/git/refs'
const UPDATE = 'PATCH /repos/{owner}/{repo}/git/refs/{ref}'
const COMMIT = 'POST /repos/{owner}/{repo}/git/commits'
const GET_REF = 'GET /repos/{owner}/{repo}/git/ref/{ref}'
const GET_COMMIT = 'GET /repos/{owner}/{repo}/git/commits/{commit_sha}'

describe('records as git refs', () => {
  let world: GitHubWorld
  beforeEach(async () => {
    world = await startGitHubWorld()
  })
  afterEach(() => world.close())

  const open = () => refRecords(world.github)
  const lost = { when: 'after', answer: { status: 502, body: { message: 'Server Error' } } } as const
  const revisionOf = async (value: unknown, revision?: string): Promise<string> => {
    const write = await open().write(KEY, value, revision)
    if (write.kind !== 'written') throw new Error('not written')
    return write.record.revision
  }

  test.each([
    ['making the commit', COMMIT],
    ['making the ref', CREATE],
  ])('L08 a 502 after %s leaves one record, ours', async (_, on) => {
    world.hub.faults.add({ on, ...lost })
    const write = await open().write(KEY, { by: 'me' }, undefined)
    expect(write.kind).toBe('written')
    expect(await open().read(KEY)).toMatchObject({ record: { value: { by: 'me' } } })
  })

  test('L08 a 502 after moving the ref is no conflict with ourselves', async () => {
    const first = await revisionOf(1)
    world.hub.faults.add({ on: UPDATE, ...lost })
    expect(await open().write(KEY, 2, first)).toMatchObject({ kind: 'written', record: { value: 2 } })
  })

  test('L08 a connection that is cut before the ref was moved is tried again', async () => {
    const first = await revisionOf(1)
    world.hub.faults.add({ on: UPDATE, answer: 'hang up', times: 2 })
    expect(await open().write(KEY, 2, first)).toMatchObject({ kind: 'written' })
  })

  test('L08 a GitHub that keeps failing is an error, not a conflict', async () => {
    world.hub.faults.add({ on: CREATE, answer: { status: 502, body: {} }, times: 99 })
    await expect(open().write(KEY, 1, undefined)).rejects.toThrow(GitHubError)
    expect(await open().read(KEY)).toEqual({ kind: 'absent' })
  })

  test('nothing is deleted: the whole past of a record is in its ref', async () => {
    const first = await revisionOf({ step: 1 })
    await open().remove(KEY, await revisionOf({ step: 2 }, first))
    await revisionOf({ step: 3 })
    const messages = []
    for (
      let sha = (await world.github.octokit.rest.git.getRef({ ...at, ref: `seamless/${KEY}` })).data.object
        .sha;
      sha !== '';
    ) {
      const { data } = await world.github.octokit.rest.git.getCommit({ ...at, commit_sha: sha })
      messages.unshift(JSON.parse(data.message) as { record?: { value: unknown } })
      sha = data.parents[0]?.sha ?? ''
    }
    expect(messages.map(({ record }) => record?.value)).toEqual([
      { step: 1 },
      { step: 2 },
      undefined,
      { step: 3 },
    ])
    expect(world.hub.requests.filter(({ method }) => method === 'DELETE')).toEqual([])
  })

  test('records are no branches, and nobody is told of a push', async () => {
    await revisionOf(1)
    const { data } = await world.github.octokit.rest.repos.listBranches(at)
    expect(data.map(({ name }) => name)).toEqual(['main'])
    expect(world.hub.events.filter(({ name }) => name === 'push' || name === 'create')).toHaveLength(1)
  })

  test('branch rules for all branches are not in the way', async () => {
    world.repository.protect('main', { requirePullRequest: true, enforceAdmins: true })
    await revisionOf(2, await revisionOf(1))
    expect(await open().read(KEY)).toMatchObject({ record: { value: 2 } })
  })

  test.each(['', 'locks//x', '../heads/main', 'locks/.x', 'locks/a.lock', 'locks/a b', 'locks/ü'])(
    'I02 "%s" is no key',
    async (key) => {
      await expect(open().read(key)).rejects.toThrow(TypeError)
      await expect(open().write(key, 1, undefined)).rejects.toThrow(TypeError)
    },
  )

  test('L07 a record of another key, moved here by somebody, is unreadable', async () => {
    const sha = await revisionOf(1)
    await world.github.octokit.rest.git.createRef({ ...at, ref: 'refs/seamless/locks/staging', sha })
    expect(await open().read('locks/staging')).toMatchObject({
      kind: 'unreadable',
      where: expect.stringContaining('refs/seamless/locks/staging of acme/shop'),
    })
  })

  test('a token that may only read is told which permission is missing', async () => {
    const reader = world.as({
      login: 'github-actions[bot]',
      permissions: { contents: 'read', metadata: 'read' },
    })
    expect(await refRecords(reader).read(KEY)).toEqual({ kind: 'absent' })
    await expect(refRecords(reader).write(KEY, 1, undefined)).rejects.toThrow(/contents: write/)
  })

  test('more records than a page of GitHub has are all listed', async () => {
    const records = open()
    for (let at = 0; at < 35; at += 1) await records.write(`lifted/${at}`, at, undefined)
    expect(await open().list('lifted/')).toHaveLength(35)
  })

  test('what each operation asks of GitHub', async () => {
    const records = open()
    expect(await world.calls(() => records.read(KEY))).toEqual([GET_REF])
    expect(await world.calls(() => records.write(KEY, 1, undefined))).toEqual([COMMIT, CREATE])
    expect(await world.calls(() => records.read(KEY))).toEqual([GET_REF])
    const other = open()
    expect(await world.calls(() => other.read(KEY))).toEqual([GET_REF, GET_COMMIT])
    const read = await other.read(KEY)
    const revision = read.kind === 'found' ? read.record.revision : ''
    expect(await world.calls(() => other.write(KEY, 2, revision))).toEqual([COMMIT, UPDATE])
    expect(await world.calls(() => other.list('locks/'))).toEqual([
      'GET /repos/{owner}/{repo}/git/matching-refs/{ref}',
    ])
  })
})
