import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { client, startWorld, type World } from './stand-in.ts'

let world: World
beforeEach(async () => {
  world = await startWorld()
})
afterEach(() => world.end())

describe('repository, refs and contents', () => {
  test('contents answer base64, raw and folders at a ref, and 404 without one', async () => {
    const { octokit, at, repository } = world
    await repository.commit({ files: { '.github/seamless.yml': 'version: 1\n' } })
    const path = '.github/seamless.yml'
    const { data } = await octokit.rest.repos.getContent({ ...at, path, ref: 'main' })
    expect(Buffer.from((data as { content: string }).content, 'base64').toString()).toBe('version: 1\n')
    const raw = await octokit.rest.repos.getContent({ ...at, path, mediaType: { format: 'raw' } })
    expect(raw.data).toBe('version: 1\n')
    const folder = await octokit.rest.repos.getContent({ ...at, path: '' })
    expect((folder.data as { name: string; type: string }[]).map(({ name, type }) => [name, type])).toEqual([
      ['.github', 'dir'],
      ['a.txt', 'file'],
      ['b.txt', 'file'],
    ])
    await expect(octokit.rest.repos.getContent({ ...at, path: 'nope' })).rejects.toMatchObject({
      status: 404,
    })
    await expect(octokit.rest.repos.getContent({ ...at, path, ref: 'nope' })).rejects.toMatchObject({
      status: 404,
    })
  })

  test('a ref is a lock: made once, moved only forward unless forced, gone after delete', async () => {
    const { octokit, at, repository } = world
    const old = (await repository.shaOf('main'))!
    const sha = await repository.commit({ files: { x: 'x' } })
    const ref = 'refs/heads/seamless/lock-production'
    await octokit.rest.git.createRef({ ...at, ref, sha })
    await expect(octokit.rest.git.createRef({ ...at, ref, sha })).rejects.toThrow(/Reference already exists/)
    const short = 'heads/seamless/lock-production'
    await expect(octokit.rest.git.updateRef({ ...at, ref: short, sha: old })).rejects.toThrow(
      /not a fast forward/,
    )
    await octokit.rest.git.updateRef({ ...at, ref: short, sha: old, force: true })
    expect((await octokit.rest.git.getRef({ ...at, ref: short })).data.object.sha).toBe(old)
    expect(
      (await octokit.rest.git.listMatchingRefs({ ...at, ref: 'heads/seamless/' })).data.map(({ ref }) => ref),
    ).toEqual([ref])
    await octokit.rest.git.deleteRef({ ...at, ref: short })
    await expect(octokit.rest.git.getRef({ ...at, ref: short })).rejects.toMatchObject({ status: 404 })
    await expect(octokit.rest.git.createRef({ ...at, ref: 'refs/heads/..bad', sha })).rejects.toMatchObject({
      status: 422,
    })
    await expect(octokit.rest.git.createRef({ ...at, ref, sha: '0'.repeat(39) + '1' })).rejects.toThrow(
      /Object does not exist/,
    )
  })

  test('L03 of fifty that make the same ref at once exactly one wins', async () => {
    const { octokit, at, repository } = world
    const sha = (await repository.shaOf('main'))!
    const ref = 'refs/heads/seamless/lock-staging'
    const tries = Array.from({ length: 50 }, () => octokit.rest.git.createRef({ ...at, ref, sha }))
    const results = await Promise.allSettled(tries)
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  })

  test('a tree is written over another one, files changed, added and removed', async () => {
    const { octokit, at, repository } = world
    const base = await octokit.rest.git.getCommit({ ...at, commit_sha: (await repository.shaOf('main'))! })
    const { data } = await octokit.rest.git.createTree({
      ...at,
      base_tree: base.data.tree.sha,
      tree: [
        { path: 'dir/new.txt', mode: '100644', type: 'blob', content: 'new\n' },
        { path: 'b.txt', mode: '100644', type: 'blob', sha: null },
      ],
    })
    const tree = await octokit.rest.git.getTree({ ...at, tree_sha: data.sha, recursive: 'true' })
    expect(tree.data.tree.map(({ path }) => path)).toEqual(['a.txt', 'dir', 'dir/new.txt'])
  })

  test('a comparison counts both sides and lists what the head has', async () => {
    const { octokit, at, repository } = world
    await repository.commit({ branch: 'feature', files: { 'c.txt': 'c\n' }, message: 'One\n' })
    await repository.commit({ files: { 'a.txt': 'z\n' } })
    const { data } = await octokit.rest.repos.compareCommitsWithBasehead({
      ...at,
      basehead: 'main...feature',
    })
    expect(data).toMatchObject({
      status: 'diverged',
      ahead_by: 1,
      behind_by: 1,
      commits: [{ commit: { message: 'One' } }],
    })
    expect(data.files?.map(({ filename }) => filename)).toEqual(['c.txt'])
  })

  test('every list is paged with a Link header that octokit follows', async () => {
    const { octokit, at, repository } = world
    for (let number = 1; number <= 5; number += 1)
      await octokit.rest.issues.create({ ...at, title: `Issue ${number}` })
    const first = await octokit.rest.issues.listForRepo({ ...at, per_page: 2 })
    expect(first.data).toHaveLength(2)
    expect(first.headers.link).toMatch(/page=2>; rel="next".*page=3>; rel="last"/)
    const all = await octokit.paginate(octokit.rest.issues.listForRepo, { ...at, per_page: 2 })
    expect(all.map(({ number }) => number)).toEqual([5, 4, 3, 2, 1])
    for (const name of ['x', 'y', 'z']) await repository.commit({ branch: name, files: { [name]: name } })
    const branches = await octokit.paginate(octokit.rest.repos.listBranches, { ...at, per_page: 3 })
    expect(branches.map(({ name }) => name)).toEqual(['main', 'x', 'y', 'z'])
  })

  test('comments: made, edited, listed, deleted, with reactions; and nobody may comment where it is locked', async () => {
    const { octokit, at, hub } = world
    const { data: issue } = await octokit.rest.issues.create({ ...at, title: 't' })
    const issue_number = issue.number
    const { data: comment } = await octokit.rest.issues.createComment({ ...at, issue_number, body: 'first' })
    await octokit.rest.issues.updateComment({ ...at, comment_id: comment.id, body: 'second' })
    const eyes = await octokit.rest.reactions.createForIssueComment({
      ...at,
      comment_id: comment.id,
      content: 'eyes',
    })
    const again = await octokit.rest.reactions.createForIssueComment({
      ...at,
      comment_id: comment.id,
      content: 'eyes',
    })
    expect([eyes.status, again.status, again.data.id === eyes.data.id]).toEqual([201, 200, true])
    const { data } = await octokit.rest.issues.listComments({ ...at, issue_number })
    expect(data).toMatchObject([
      { body: 'second', user: { login: 'dev' }, reactions: { eyes: 1, total_count: 1 } },
    ])
    const reader = client(hub, hub.token({ login: 'reader' }))
    const editing = reader.rest.issues.updateComment({ ...at, comment_id: comment.id, body: 'mine' })
    await expect(editing).rejects.toMatchObject({ status: 403 })
    await octokit.rest.issues.lock({ ...at, issue_number })
    await expect(octokit.rest.issues.createComment({ ...at, issue_number, body: 'x' })).rejects.toMatchObject(
      { status: 403 },
    )
    await octokit.rest.issues.unlock({ ...at, issue_number })
    await octokit.rest.issues.deleteComment({ ...at, comment_id: comment.id })
    await expect(octokit.rest.issues.getComment({ ...at, comment_id: comment.id })).rejects.toMatchObject({
      status: 404,
    })
    const long = octokit.rest.issues.createComment({ ...at, issue_number, body: 'x'.repeat(65_537) })
    await expect(long).rejects.toMatchObject({ status: 422 })
    expect(hub.events.filter(({ name }) => name === 'issue_comment').map(({ action }) => action)).toEqual([
      'created',
      'edited',
      'deleted',
    ])
  })

  test('roles: by login, by numeric id, and after a rename by id only', async () => {
    const { octokit, at, hub, repository } = world
    const { id } = hub.user('carol')
    repository.setRole('carol', 'maintain')
    const { data } = await octokit.rest.repos.getCollaboratorPermissionLevel({ ...at, username: 'carol' })
    expect(data).toMatchObject({ permission: 'write', role_name: 'maintain', user: { id } })
    hub.renameUser('carol', 'dave')
    const { data: byId } = await octokit.request('GET /user/{account_id}', { account_id: id })
    expect(byId.login).toBe('dave')
    await expect(octokit.rest.users.getByUsername({ username: 'carol' })).rejects.toMatchObject({
      status: 404,
    })
  })

  test('bad credentials are 401, a reader may not write, a stranger does not see what is private', async () => {
    const { at, hub } = world
    await expect(client(hub, 'ghp_made-up').rest.repos.get(at)).rejects.toMatchObject({ status: 401 })
    const reader = client(hub, hub.token({ login: 'reader' }))
    const sha = (await world.repository.shaOf('main'))!
    await expect(reader.rest.git.createRef({ ...at, ref: 'refs/heads/x', sha })).rejects.toMatchObject({
      status: 403,
    })
    await hub.createRepository({ owner: 'acme', name: 'secret', private: true, files: { a: 'a' } })
    await expect(reader.rest.repos.get({ owner: 'acme', repo: 'secret' })).rejects.toMatchObject({
      status: 404,
    })
  })
})
