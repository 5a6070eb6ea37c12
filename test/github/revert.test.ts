import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { githubPullRequests } from '../../src/github/pull-requests.ts'
import type { GitHubRepository } from '../../src/github/client.ts'
import { conflictRecipe } from '../../src/github/revert/recipe.ts'
import type { Merge, RevertOutcome } from '../../src/ports/pull-requests.ts'
import {
  filesAt,
  type GitHubWorld,
  JOB_PERMISSIONS,
  mergeByPerson,
  openByPerson,
  startGitHubWorld,
} from './github-world.ts'

let world: GitHubWorld
beforeEach(async () => {
  world = await startGitHubWorld()
})
afterEach(() => world.close())

const at = { owner: 'acme', repo: 'shop' }
const CHANGE = { title: 'Price in cents', commits: [{ 'cents.txt': '1\n' }, { 'cents.txt': '2\n' }] }

async function change(how: Merge['shape'] = 'squash', more = {}): Promise<Merge> {
  const { result } = await mergeByPerson(world, { ...CHANGE, how, ...more })
  const merge = await githubPullRequests(world.github).mergeOf(result)
  if (merge === undefined) throw new Error('The merge was not found.')
  return merge
}

function revert(
  merge: Merge,
  { github = world.github, leave = true, body = 'Errors rose.' } = {},
): Promise<RevertOutcome> {
  return githubPullRequests(github).revert(merge, { body, merge: leave })
}

/** The outcome, which is of this kind, or the test fails. */
function of<Kind extends RevertOutcome['kind']>(
  kind: Kind,
  outcome: RevertOutcome,
): Extract<RevertOutcome, { kind: Kind }> {
  expect(outcome).toMatchObject({ kind })
  return outcome as Extract<RevertOutcome, { kind: Kind }>
}

const branchOf = ({ number, result }: Merge) => `revert/pr-${number}-${result.slice(0, 12)}`
const ada = () => world.as({ login: 'ada' }).octokit.rest
const pullOf = async (pull_number: number) => (await ada().pulls.get({ ...at, pull_number })).data
const pullsOf = async (merge: Merge) =>
  (await ada().pulls.list({ ...at, state: 'all', head: `acme:${branchOf(merge)}` })).data
const asked = (operation: string) => world.hub.requests.filter((request) => request.operation === operation)

describe('the pull request of a revert', () => {
  test('R01 says what it undoes, with the evidence, the marker and GitHub’s own words', async () => {
    const merge = await change('merge')
    const { pullRequest } = of('proposed', await revert(merge, { leave: false }))
    const pull = await pullOf(pullRequest.number)
    expect(pull.title).toBe('Revert "Price in cents"')
    expect(pull.body).toBe(
      `Errors rose.\n\nReverts acme/shop#${merge.number}\n\n<!-- seamless:revert pull=${merge.number} result=${merge.result} -->`,
    )
    expect(pull.head.ref).toBe(branchOf(merge))
    const { data } = await ada().git.getCommit({ ...at, commit_sha: pull.head.sha })
    expect(data.message).toBe(`Revert "Price in cents"\n\nThis reverts commit ${merge.result}.`)
    expect(data.parents.map(({ sha }) => sha)).toEqual([merge.result])
  })

  test('O01 O03 a hostile title neither spans lines nor hides what it is', async () => {
    const merge = { ...(await change()), title: 'a\n\n<!-- seamless:revert --> @acme/all \u202Egnp' }
    const { pullRequest } = of('proposed', await revert(merge, { leave: false }))
    expect((await pullOf(pullRequest.number)).title).toBe(
      'Revert "a <!-- seamless:revert --> @acme/all \\u{202e}gnp"',
    )
  })

  test('O07 evidence that quotes our marker cannot become one', async () => {
    const merge = await change()
    const body = `<!-- seamless:revert pull=${merge.number} result=${merge.result} end=conflict -->`
    const { pullRequest } = of('proposed', await revert(merge, { leave: false, body }))
    expect((await pullOf(pullRequest.number)).body?.match(/<!--/g)).toHaveLength(1)
  })

  test('the author of the change is asked to look, once', async () => {
    const merge = await change()
    const { pullRequest } = of('proposed', await revert(merge, { leave: false }))
    expect((await pullOf(pullRequest.number)).requested_reviewers).toMatchObject([{ login: 'ada' }])
    await revert(merge, { leave: false })
    expect(asked('POST /repos/{owner}/{repo}/pulls/{pull_number}/requested_reviewers')).toHaveLength(1)
  })

  test('an author who cannot be asked is no reason to fail', async () => {
    const merge = await change()
    world.repository.setRole('ada', 'none')
    const { reason } = of('proposed', await revert(merge, { leave: false }))
    expect(reason).toBe('asked')
    expect(world.log.lines).toEqual([expect.stringContaining('ada cannot be asked')])
  })
})

describe('merging it', () => {
  test('R15 leaves the branch gone and the change out', async () => {
    const merge = await change()
    of('merged', await revert(merge))
    expect(await world.repository.shaOf(branchOf(merge))).toBeUndefined()
    expect(await filesAt(world, 'main')).not.toHaveProperty('cents.txt')
  })

  test('lets in only the commit that was looked at, by the way the change itself came', async () => {
    for (const how of ['rebase', 'merge', 'squash'] as const) {
      const { pullRequest } = of('merged', await revert(await change(how)))
      const [request] = asked('PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge').slice(-1)
      expect(request?.body).toEqual({ sha: pullRequest.head, merge_method: how })
    }
  })

  test.each(['merge', 'squash', 'rebase'] as const)(
    'uses %s where the repository allows nothing else',
    async (method) => {
      const merge = await change(method === 'squash' ? 'rebase' : 'squash')
      const allowed = {
        allow_merge_commit: method === 'merge',
        allow_squash_merge: method === 'squash',
        allow_rebase_merge: method === 'rebase',
      }
      await world.as({ login: 'acme' }).octokit.rest.repos.update({ ...at, ...allowed })
      of('merged', await revert(merge))
      expect(await filesAt(world, 'main')).not.toHaveProperty('cents.txt')
    },
  )

  test('R17 waits while GitHub does not know whether it merges: not knowing is no conflict', async () => {
    const merge = await change()
    const startMs = world.clock.now()
    of('merged', await revert(merge, { github: slowToCompute(() => world.clock.now() < startMs + 30_000) }))
    expect(world.clock.now() - startMs).toBeGreaterThanOrEqual(30_000)
  })

  test('R17 a GitHub that never says leaves it open for people, without a word of conflict', async () => {
    const merge = await change()
    const { reason, pullRequest } = of('proposed', await revert(merge, { github: slowToCompute(() => true) }))
    expect(reason).toBe('mergeability_unknown')
    expect(await pullOf(pullRequest.number)).toMatchObject({ state: 'open' })
    expect(world.clock.waits.reduce((sum, ms) => sum + ms, 0)).toBeLessThan(130_000)
  })

  test('a push to its branch between the last look and the merge is not merged', async () => {
    const merge = await change()
    const github = before('PUT', /\/merge$/, () =>
      world.repository.commit({ branch: branchOf(merge), files: { 'evil.txt': 'x' } }),
    )
    const { reason } = of('proposed', await revert(merge, { github }))
    expect(reason).toBe('changed_by_person')
    expect(await filesAt(world, 'main')).not.toHaveProperty('evil.txt')
    expect(await world.repository.shaOf(branchOf(merge))).toBeDefined()
  })

  test('later work that lands between the last look and the merge stays', async () => {
    const merge = await change()
    const github = before('PUT', /\/merge$/, () =>
      world.repository.commit({ files: { 'late.txt': 'late\n' } }),
    )
    of('merged', await revert(merge, { github }))
    const files = await filesAt(world, 'main')
    expect(files).toMatchObject({ 'late.txt': 'late\n' })
    expect(files).not.toHaveProperty('cents.txt')
  })
})

describe('R02 a conflict', () => {
  test.each([
    ['merge', (merge: Merge) => `git revert --no-edit --mainline 1 ${merge.result}`],
    ['squash', (merge: Merge) => `git revert --no-edit ${merge.result}`],
    ['rebase', (merge: Merge) => `git revert --no-edit ${merge.before}..${merge.result}`],
  ] as const)('of a merge by %s closes the pull request with what a person can do', async (how, command) => {
    const merge = await change(how)
    await world.repository.commit({ files: { 'cents.txt': '3\n' } })
    const { recipe } = of('conflict', await revert(merge))
    expect(recipe).toContain(command(merge))
    const [pull, ...more] = await pullsOf(merge)
    expect(more).toEqual([])
    expect(pull).toMatchObject({
      state: 'closed',
      merged_at: null,
      body: expect.stringContaining(command(merge)),
    })
    expect(asked('PATCH /repos/{owner}/{repo}/git/refs/{ref}')).toEqual([])
  })

  test('the recipe quotes a base branch that a shell would run', async () => {
    const merge: Merge = { ...(await change()), base: "a$(touch${IFS}x)'b" }
    expect(conflictRecipe(merge)).toContain("'origin/a$(touch${IFS}x)'" + String.raw`\''b'`)
  })

  test('a run cut off between closing and deleting leaves no branch after the next', async () => {
    const merge = await change()
    await world.repository.commit({ files: { 'cents.txt': '3\n' } })
    world.hub.faults.add({
      on: 'DELETE /repos/{owner}/{repo}/git/refs/{ref}',
      times: 3,
      answer: { status: 502, body: {} },
    })
    await expect(revert(merge)).rejects.toThrow(/502/)
    expect(await world.repository.shaOf(branchOf(merge))).toBeDefined()
    of('conflict', await revert(merge))
    expect(await world.repository.shaOf(branchOf(merge))).toBeUndefined()
    expect(await pullsOf(merge)).toHaveLength(1)
  })
})

describe('what people did', () => {
  test('R12 a revert by GitHub’s button is found in every shape of its merge', async () => {
    for (const how of ['merge', 'squash', 'rebase'] as const) {
      const merge = await change()
      const messages = [`Revert "Price in cents"\n\nThis reverts commit ${merge.result}.\n`]
      await mergeByPerson(world, {
        title: 'Revert "Price in cents"',
        commits: [{ 'cents.txt': null }],
        messages,
        how,
      })
      await world.repository.commit({ files: { 'later.txt': `${how}\n` } })
      expect(of('already_reverted', await revert(merge)).by).toMatch(/^commit [0-9a-f]{40}$/)
    }
  })

  test('R12 a squash that only says which pull request it reverts is found', async () => {
    const merge = await change()
    await world.repository.commit({
      files: { 'cents.txt': null, 'other.txt': 'x' },
      message: `Revert "Price in cents" (#9)\n\nReverts acme/shop#${merge.number}\n`,
    })
    expect(of('already_reverted', await revert(merge)).by).toContain(await world.repository.shaOf('main'))
  })

  test('the number of another pull request is not mistaken for this one', async () => {
    const merge = await change()
    await world.repository.commit({
      files: { 'other.txt': 'x' },
      message: `Revert it\n\nReverts acme/shop#${merge.number}0\n`,
    })
    of('merged', await revert(merge))
    expect(await filesAt(world, 'main')).not.toHaveProperty('cents.txt')
  })

  test('a change that was reverted and landed again is taken back', async () => {
    const merge = await change()
    const first = await world.repository.commit({
      files: { 'cents.txt': null, 'a.txt': '1' },
      message: `Revert it\n\nThis reverts commit ${merge.result}.\n`,
    })
    await world.repository.commit({
      files: { 'cents.txt': '2\n' },
      message: `Reapply it\n\nThis reverts commit ${first}.\n`,
    })
    of('merged', await revert(merge))
    expect(await filesAt(world, 'main')).not.toHaveProperty('cents.txt')
  })

  test('R12 an open revert of theirs is theirs: no second one is opened', async () => {
    const merge = await change()
    const { number } = await openByPerson(world, {
      title: 'Revert "Price in cents"',
      commits: [{ 'cents.txt': null }],
      messages: [`Revert\n\nThis reverts commit ${merge.result}.\n`],
      how: 'squash',
    })
    await ada().pulls.update({ ...at, pull_number: number, body: `Reverts acme/shop#${merge.number}` })
    const outcome = of('proposed', await revert(merge))
    expect(outcome).toMatchObject({ reason: 'opened_by_person', pullRequest: { number } })
    expect(await pullsOf(merge)).toEqual([])
  })

  test('what somebody without access proposes from a fork holds nothing up', async () => {
    const merge = await change()
    const fork = await world.repository.fork('mallory')
    await fork.commit({ branch: 'noise', files: { 'a.txt': '1' }, by: 'mallory' })
    const noise = {
      ...at,
      title: 'Noise',
      head: 'mallory:noise',
      base: 'main',
      body: `Reverts acme/shop#${merge.number}`,
    }
    await world.as({ login: 'mallory' }).octokit.rest.pulls.create(noise)
    of('merged', await revert(merge))
    expect(await filesAt(world, 'main')).not.toHaveProperty('cents.txt')
  })

  test('closing our revert is a no: it is not opened again', async () => {
    const merge = await change()
    const { pullRequest } = of('proposed', await revert(merge, { leave: false }))
    await ada().pulls.update({ ...at, pull_number: pullRequest.number, state: 'closed' })
    expect(of('declined', await revert(merge)).pullRequest.number).toBe(pullRequest.number)
    expect(await pullsOf(merge)).toHaveLength(1)
  })

  test('what somebody pushed to our branch is theirs to merge', async () => {
    const merge = await change()
    of('proposed', await revert(merge, { leave: false }))
    await world.repository.commit({ branch: branchOf(merge), files: { 'more.txt': 'by hand\n' }, by: 'ada' })
    expect(of('proposed', await revert(merge)).reason).toBe('changed_by_person')
    expect(await filesAt(world, 'main')).toHaveProperty(['cents.txt'])
  })

  test('work that somebody pushed to our branch after it was given up is not deleted', async () => {
    const merge = await change()
    await world.repository.commit({ files: { 'cents.txt': '3\n' } })
    of('conflict', await revert(merge))
    const theirs = await world.repository.commit({
      branch: branchOf(merge),
      files: { 'settled.txt': 'x' },
      by: 'ada',
    })
    of('conflict', await revert(merge))
    expect(await world.repository.shaOf(branchOf(merge))).toBe(theirs)
  })

  test('a branch of our name that holds something else is not touched', async () => {
    const merge = await change()
    const theirs = await world.repository.commit({ branch: branchOf(merge), files: { 'theirs.txt': 'x' } })
    const { recipe } = of('refused', await revert(merge))
    expect(recipe).toContain(branchOf(merge))
    expect(await world.repository.shaOf(branchOf(merge))).toBe(theirs)
  })
})

describe('lost answers', () => {
  test.each([
    ['POST /repos/{owner}/{repo}/git/commits'],
    ['POST /repos/{owner}/{repo}/git/refs'],
    ['POST /repos/{owner}/{repo}/pulls'],
    ['PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge'],
    ['DELETE /repos/{owner}/{repo}/git/refs/{ref}'],
  ])('L08 a 502 after %s leaves one pull request, merged once', async (on) => {
    const merge = await change()
    world.hub.faults.add({ on, when: 'after', answer: { status: 502, body: { message: 'Server Error' } } })
    const { commit } = of('merged', await revert(merge))
    expect(await pullsOf(merge)).toHaveLength(1)
    expect(await world.repository.shaOf('main')).toBe(commit)
    expect(await world.repository.shaOf('main~1')).toBe(merge.result)
    expect(await world.repository.shaOf(branchOf(merge))).toBeUndefined()
  })

  test.each([
    'POST /repos/{owner}/{repo}/git/commits',
    'POST /repos/{owner}/{repo}/git/refs',
    'POST /repos/{owner}/{repo}/pulls',
    'PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge',
  ])('L01 a run killed after %s is finished by the next, without a second pull request', async (last) => {
    const merge = await change()
    await expect(revert(merge, { github: dyingAfter(last) })).rejects.toThrow('killed')
    of('merged', await revert(merge))
    expect(await pullsOf(merge)).toHaveLength(1)
    expect(await filesAt(world, 'main')).not.toHaveProperty('cents.txt')
    expect(await world.repository.shaOf(branchOf(merge))).toBeUndefined()
  })
})

describe('a want of permission', () => {
  test('R16 a change of a workflow names the permission, in one attempt', async () => {
    const merge = await change('squash', { commits: [{ '.github/workflows/deploy.yml': 'on: push\n' }] })
    world.hub.faults.add({
      on: 'POST /repos/{owner}/{repo}/git/refs',
      times: 9,
      answer: { status: 403, body: { message: 'Resource not accessible by integration' } },
    })
    const { why, recipe } = of('refused', await revert(merge))
    expect(why).toContain('workflows: write')
    expect(why).toContain('.github/workflows/deploy.yml')
    expect(recipe).toContain('git revert')
    expect(asked('POST /repos/{owner}/{repo}/git/refs')).toHaveLength(1)
  })

  test('of contents names that', async () => {
    const merge = await change()
    const reader = world.as({
      login: 'github-actions[bot]',
      permissions: { ...JOB_PERMISSIONS, contents: 'read' },
    })
    expect(of('refused', await revert(merge, { github: reader })).why).toContain('contents: write')
  })
})

test('a merge that is on its base no more is not reverted', async () => {
  const merge = await change()
  await ada().git.updateRef({ ...at, ref: 'heads/main', sha: merge.before, force: true })
  await world.repository.commit({ files: { 'new.txt': 'x' } })
  expect(of('refused', await revert(merge)).why).toContain('is not on `main` any more')
})

test('what a revert asks of GitHub', async () => {
  const merge = await change()
  const PULLS = '/repos/{owner}/{repo}/pulls'
  const PULL = `${PULLS}/{pull_number}`
  const COMMIT = 'GET /repos/{owner}/{repo}/git/commits/{commit_sha}'
  expect(await world.calls(() => revert(merge))).toEqual([
    `GET ${PULLS}`, // an earlier one of ours?
    COMMIT, // the tree from before
    'GET /repos/{owner}/{repo}/compare/{basehead}', // what came since
    `GET ${PULLS}`, // one of a person?
    'GET /repos/{owner}/{repo}/git/ref/{ref}',
    'POST /repos/{owner}/{repo}/git/commits',
    'POST /repos/{owner}/{repo}/git/refs',
    COMMIT, // is the branch's commit ours?
    `GET ${PULLS}`,
    `POST ${PULLS}`,
    `GET ${PULL}`, // mergeable: null
    `GET ${PULL}`,
    COMMIT, // is the head ours?
    'GET /repos/{owner}/{repo}', // the ways to merge
    `PUT ${PULL}/merge`,
    'GET /repos/{owner}/{repo}/git/ref/{ref}', // still ours?
    'DELETE /repos/{owner}/{repo}/git/refs/{ref}',
  ])
})

type Fetch = typeof globalThis.fetch
const job = { login: 'github-actions[bot]', permissions: JOB_PERMISSIONS }

function sent(...[input, init]: Parameters<Fetch>): { method: string; path: string } {
  return {
    method: init?.method ?? 'GET',
    path: new URL(input instanceof Request ? input.url : input).pathname,
  }
}

/** A GitHub that does not know yet whether a pull request can be merged. */
function slowToCompute(isUnknown: () => boolean): GitHubRepository {
  return world.as(job, async (...request) => {
    const answer = await fetch(...request)
    const { method, path } = sent(...request)
    if (method !== 'GET' || !/\/pulls\/\d+$/.test(path) || !isUnknown()) return answer
    const pull = { ...((await answer.json()) as object), mergeable: null, mergeable_state: 'unknown' }
    return Response.json(pull)
  })
}

/** Something happens just before a request, the first time. */
function before(method: string, path: RegExp, happen: () => Promise<unknown>): GitHubRepository {
  let isDone = false
  return world.as(job, async (...request) => {
    const made = sent(...request)
    if (!isDone && made.method === method && path.test(made.path)) {
      isDone = true
      await happen()
    }
    return fetch(...request)
  })
}

/** A run that is killed when this write is done. */
function dyingAfter(operation: string): GitHubRepository {
  let isDead = false
  return world.as(job, async (...request) => {
    if (isDead) throw Object.assign(new Error('killed'), { name: 'AbortError' })
    const answer = await fetch(...request)
    isDead = world.hub.requests.at(-1)?.operation === operation
    if (isDead) throw Object.assign(new Error('killed'), { name: 'AbortError' })
    return answer
  })
}
