import { mkdir, writeFile } from 'node:fs/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { client, git, startWorld, type World } from './stand-in.ts'

let world: World
let pull_number: number
beforeEach(async () => {
  world = await startWorld()
  const { octokit, at, repository } = world
  repository.setRole('boss', 'admin')
  repository.setRole('rev', 'write')
  await repository.commit({ branch: 'feature', files: { 'c.txt': 'c\n' }, by: 'dev' })
  pull_number = (await octokit.rest.pulls.create({ ...at, title: 'Add c', head: 'feature', base: 'main' }))
    .data.number
})
afterEach(() => world.end())

function as(login: string): ReturnType<typeof client> {
  return client(world.hub, world.hub.token({ login }))
}

async function report(sha: string, state: 'success' | 'failure' = 'success'): Promise<void> {
  await world.octokit.rest.repos.createCommitStatus({ ...world.at, sha, state, context: 'ci' })
}

async function merge(login = 'dev'): Promise<unknown> {
  return (await as(login).rest.pulls.merge({ ...world.at, pull_number })).data
}

describe('branch protection and rulesets', () => {
  test('a required check and a review are asked for, one after the other', async () => {
    const { at, repository, octokit } = world
    await as('boss').rest.repos.updateBranchProtection({
      ...at,
      branch: 'main',
      required_status_checks: { strict: true, contexts: ['ci'] },
      enforce_admins: true,
      required_pull_request_reviews: { required_approving_review_count: 1 },
      restrictions: null,
    })
    await expect(merge()).rejects.toMatchObject({
      status: 405,
      message: expect.stringContaining('"ci" is expected') as string,
    })
    await report((await repository.shaOf('feature'))!)
    await expect(merge('boss')).rejects.toThrow(/At least 1 approving review is required/)
    await expect(octokit.rest.pulls.createReview({ ...at, pull_number, event: 'APPROVE' })).rejects.toThrow(
      /own pull request/,
    )
    await octokit.rest.pulls.get({ ...at, pull_number })
    expect((await octokit.rest.pulls.get({ ...at, pull_number })).data.mergeable_state).toBe('blocked')
    await as('rev').rest.pulls.createReview({ ...at, pull_number, event: 'APPROVE' })
    await merge()
    const { data } = await as('boss').rest.repos.getBranchProtection({ ...at, branch: 'main' })
    expect(data).toMatchObject({
      required_status_checks: { strict: true, contexts: ['ci'] },
      enforce_admins: { enabled: true },
    })
  })

  test('an administrator passes classic protection that does not bind administrators, but no ruleset', async () => {
    const { at } = world
    world.repository.protect('main', { requiredApprovals: 1 })
    await as('boss').rest.repos.createRepoRuleset({
      ...at,
      name: 'main',
      enforcement: 'active',
      target: 'branch',
      conditions: { ref_name: { include: ['~DEFAULT_BRANCH'], exclude: [] } },
      rules: [
        {
          type: 'required_status_checks',
          parameters: {
            required_status_checks: [{ context: 'ci' }],
            strict_required_status_checks_policy: false,
          },
        },
      ],
    })
    const rules = await world.octokit.rest.repos.getBranchRules({ ...at, branch: 'main' })
    expect(rules.data.map(({ type }) => type)).toEqual(['required_status_checks'])
    await expect(merge('boss')).rejects.toThrow(/"ci" is expected/)
    await report((await world.repository.shaOf('feature'))!)
    await expect(merge('dev')).rejects.toThrow(/approving review/)
    const [ruleset] = (await as('boss').rest.repos.getRepoRulesets(at)).data
    await as('boss').rest.repos.deleteRepoRuleset({ ...at, ruleset_id: ruleset!.id })
    await merge('boss')
  })

  test('a required check may be bound to an app: only its own check run counts, and only when it succeeded', async () => {
    const { hub, at, repository } = world
    const head_sha = (await repository.shaOf('feature'))!
    const permissions = { checks: 'write' } as const
    const app = hub.createApp({ slug: 'judge', permissions })
    const judge = client(hub, hub.token({ login: 'judge[bot]', permissions }))
    const other = client(hub, hub.token({ login: 'github-actions[bot]', permissions }))
    repository.protect('main', { requiredChecks: [{ context: 'seamless', appId: app.id }] })
    await other.rest.checks.create({ ...at, name: 'seamless', head_sha, conclusion: 'success' })
    await expect(merge()).rejects.toThrow(/"seamless" is expected/)
    const { data } = await judge.rest.checks.create({
      ...at,
      name: 'seamless',
      head_sha,
      status: 'in_progress',
    })
    await expect(merge()).rejects.toThrow(/"seamless" is in progress/)
    await judge.rest.checks.update({ ...at, check_run_id: data.id, conclusion: 'failure' })
    await expect(merge()).rejects.toThrow(/"seamless" is failing/)
    await judge.rest.checks.create({ ...at, name: 'seamless', head_sha, conclusion: 'neutral' })
    await merge()
  })

  test('an approval counts from those who may write, and until its author asks for changes', async () => {
    const { at, repository } = world
    repository.protect('main', { requiredApprovals: 1 })
    repository.setRole('reader', 'read')
    const review = async (login: string, event: 'APPROVE' | 'REQUEST_CHANGES'): Promise<void> => {
      await as(login).rest.pulls.createReview({ ...at, pull_number, event, body: 'x' })
    }
    await review('reader', 'APPROVE')
    await expect(merge()).rejects.toThrow(/approving review is required/)
    await review('rev', 'APPROVE')
    await review('rev', 'REQUEST_CHANGES')
    await expect(merge()).rejects.toThrow(/approving review is required/)
    await review('rev', 'APPROVE')
    await merge()
  })

  test('a push past the rules is refused by git itself', async () => {
    const { hub, repository, folder, token, at } = world
    repository.protect('main', { requirePullRequest: true, enforceAdmins: true })
    await git(folder, 'clone', '--quiet', hub.cloneUrl(repository, token), 'clone')
    const work = `${folder}/clone`
    const before = await repository.shaOf('main')
    await git(work, 'commit', '-qm', 'x', '--allow-empty')
    await expect(git(work, 'push', 'origin', 'HEAD:main')).rejects.toThrow(
      /GH006: Protected branch update failed.*\n.*pull request/,
    )
    await git(work, 'push', '--quiet', 'origin', 'HEAD:other')
    await expect(git(work, 'push', 'origin', ':main')).rejects.toThrow(
      /deletion of the current branch prohibited/,
    )
    repository.protect('other', {})
    await expect(git(work, 'push', 'origin', ':other')).rejects.toThrow(/Cannot delete this branch/)
    expect(await repository.shaOf('main')).toBe(before)
    const sha = (await repository.shaOf('other'))!
    await expect(world.octokit.rest.git.updateRef({ ...at, ref: 'heads/main', sha })).rejects.toMatchObject({
      status: 422,
    })
    repository.protect('main', { requiredChecks: [{ context: 'ci', appId: null }] })
    await expect(git(work, 'push', 'origin', 'HEAD:main')).rejects.toThrow(/"ci" is expected/)
    await report(sha)
    await git(work, 'push', '--quiet', 'origin', 'HEAD:main')
    await git(work, 'commit', '-q', '--amend', '-m', 'y', '--allow-empty')
    await expect(git(work, 'push', '--force', 'origin', 'HEAD:main')).rejects.toThrow(/Cannot force-push/)
  })
})

const NODE =
  'query($owner: String!, $name: String!, $number: Int!) { repository(owner: $owner, name: $name) { pullRequest(number: $number) { id state merged isInMergeQueue autoMergeRequest { mergeMethod } } } }'
const ENABLE =
  'mutation($id: ID!, $head: GitObjectID) { enablePullRequestAutoMerge(input: {pullRequestId: $id, mergeMethod: SQUASH, expectedHeadOid: $head}) { pullRequest { autoMergeRequest { mergeMethod enabledBy { login } } } } }'
const ENQUEUE =
  'mutation($id: ID!) { enqueuePullRequest(input: {pullRequestId: $id}) { mergeQueueEntry { position headCommit { oid } } } }'
const REVERT =
  'mutation($id: ID!) { revertPullRequest(input: {pullRequestId: $id, title: "Take back"}) { revertPullRequest { number title headRefName } } }'

/** Nobody listens there. */
const NOWHERE = { url: 'http://127.0.0.1:1/', secret: 's' }

interface Seen {
  repository: { pullRequest: { id: string; state: string; isInMergeQueue: boolean } }
}

async function seen(number = pull_number): Promise<Seen['repository']['pullRequest']> {
  const { repository } = await world.octokit.graphql<Seen>(NODE, { owner: 'acme', name: 'shop', number })
  return repository.pullRequest
}

describe('workflow files', () => {
  const path = '.github/workflows/ci.yml'
  const permissions = { contents: 'write', pull_requests: 'write' } as const

  test('R16 a token without workflows: write may not merge, push or point a ref to one that is new', async () => {
    const { hub, at, repository, folder } = world
    const token = hub.token({ login: 'github-actions[bot]', permissions })
    const bot = client(hub, token)
    await git(folder, 'clone', '--quiet', hub.cloneUrl(repository, token), 'clone')
    const work = `${folder}/clone`
    await mkdir(`${work}/.github/workflows`, { recursive: true })
    await writeFile(`${work}/${path}`, 'on: push\n')
    await git(work, 'add', '.')
    await git(work, 'commit', '-qm', 'Add CI')
    await expect(git(work, 'push', 'origin', 'HEAD:ci')).rejects.toThrow(/without workflows permission/)

    const sha = await repository.commit({ branch: 'ci', files: { [path]: 'on: push\n' } })
    const { data } = await bot.rest.pulls.create({ ...at, title: 'CI', head: 'ci', base: 'main' })
    const merging = bot.rest.pulls.merge({ ...at, pull_number: data.number })
    await expect(merging).rejects.toMatchObject({
      status: 403,
      message: expect.stringMatching(/refusing to allow a GitHub App.*workflows/) as string,
    })
    await bot.rest.git.createRef({ ...at, ref: 'refs/heads/same', sha })
    await world.octokit.rest.pulls.merge({ ...at, pull_number: data.number })
  })
})

test('T04 a commit that only a fork has is answered by the parent, and is on none of its branches', async () => {
  const { octokit, at, repository } = world
  const fork = await repository.fork('stranger')
  const sha = await fork.commit({ files: { 'evil.txt': 'e' } })
  expect((await octokit.rest.repos.getCommit({ ...at, ref: sha })).data.sha).toBe(sha)
  const { data } = await octokit.rest.repos.compareCommitsWithBasehead({ ...at, basehead: `main...${sha}` })
  expect(data.status).toBe('ahead')
})

describe('GraphQL', () => {
  test('auto-merge merges when the last required check turns green, not before', async () => {
    const { octokit, at, repository } = world
    await as('boss').rest.repos.update({ ...at, allow_auto_merge: true })
    repository.protect('main', { requiredChecks: [{ context: 'ci', appId: null }] })
    const { id } = await seen()
    const head = (await repository.shaOf('feature'))!
    await octokit.graphql(ENABLE, { id, head })
    expect(await seen()).toMatchObject({ state: 'OPEN', autoMergeRequest: { mergeMethod: 'SQUASH' } })
    await report(head)
    expect(await seen()).toMatchObject({ state: 'MERGED', merged: true })
    expect(await repository.fileAt('main', 'c.txt')).toBe('c\n')
  })

  test('auto-merge is refused where the repository forbids it, on a clean pull request, and for a stale head', async () => {
    const { octokit, at } = world
    const { id } = await seen()
    await expect(octokit.graphql(ENABLE, { id })).rejects.toThrow(
      /Auto merge is not allowed for this repository/,
    )
    await as('boss').rest.repos.update({ ...at, allow_auto_merge: true })
    await expect(octokit.graphql(ENABLE, { id })).rejects.toThrow(/clean status/)
    await expect(octokit.graphql(ENABLE, { id, head: '0'.repeat(40) })).rejects.toThrow(
      /head branch was modified/,
    )
    await expect(octokit.graphql(ENABLE, { id: 'nope' })).rejects.toMatchObject({
      errors: [{ type: 'NOT_FOUND' }],
    })
  })

  test('revertPullRequest opens a pull request that takes the merge back and keeps later work', async () => {
    const { octokit, at, repository } = world
    const { id } = await seen()
    await expect(octokit.graphql(REVERT, { id })).rejects.toMatchObject({
      errors: [{ type: 'UNPROCESSABLE' }],
    })
    await merge()
    await repository.commit({ files: { 'later.txt': 'l\n' } })
    const { revertPullRequest } = await octokit.graphql<{
      revertPullRequest: { revertPullRequest: { number: number } }
    }>(REVERT, { id })
    expect(revertPullRequest.revertPullRequest).toMatchObject({
      title: 'Take back',
      headRefName: `revert-${pull_number}-feature`,
    })
    await octokit.rest.pulls.merge({ ...at, pull_number: revertPullRequest.revertPullRequest.number })
    expect(await repository.fileAt('main', 'c.txt')).toBeUndefined()
    expect(await repository.fileAt('main', 'later.txt')).toBe('l\n')
  })

  test.each([
    [
      'a field that GitHub does not have',
      'query { viewer { login shoeSize } }',
      {},
      /Cannot query field "shoeSize"/,
    ],
    ['a variable of a wrong type', ENABLE, { id: ['x', 'y'] }, /Variable "\$id" got invalid value/],
    ['a variable left out', ENABLE, {}, /Variable "\$id" of required type "ID!" was not provided/],
    ['what is no GraphQL', 'query {', {}, /Syntax Error/],
  ])('%s is a violation', async (_, query, variables, message) => {
    await expect(world.octokit.graphql(query, variables)).rejects.toThrow(message)
    expect(world.hub.violations()).toMatchObject([
      { where: 'graphql', message: expect.stringMatching(message) as string },
    ])
    world.hub.clearViolations()
  })

  test('a merge queue builds a group, tests it, and merges exactly that commit; a red group leaves the queue', async () => {
    const { octokit, at, repository, hub } = world
    const app = hub.createApp({
      slug: 'watcher',
      permissions: {},
      events: ['merge_group', 'pull_request'],
      webhook: NOWHERE,
    })
    hub.install({ appId: app.id, account: 'acme' }) // so that GitHub's schema judges the queue's deliveries too
    repository.protect('main', { requiredChecks: [{ context: 'ci', appId: null }], mergeQueue: true })
    await report((await repository.shaOf('feature'))!)
    await expect(merge()).rejects.toThrow(/merge queue/)
    await repository.commit({ branch: 'red', files: { 'red.txt': 'r\n' }, by: 'dev' })
    const { data: red } = await octokit.rest.pulls.create({ ...at, title: 'Red', head: 'red', base: 'main' })
    const group = async (number: number): Promise<string> => {
      const { enqueuePullRequest } = await octokit.graphql<{
        enqueuePullRequest: { mergeQueueEntry: { headCommit: { oid: string } } }
      }>(ENQUEUE, { id: (await seen(number)).id })
      return enqueuePullRequest.mergeQueueEntry.headCommit.oid
    }
    const redSha = await group(red.number)
    await group(pull_number)
    expect((await seen()).isInMergeQueue).toBe(true)
    await report(redSha, 'failure')
    expect((await seen(red.number)).isInMergeQueue).toBe(false)
    const rebuilt = hub.events.findLast(
      ({ name, action }) => name === 'merge_group' && action === 'checks_requested',
    )
    const { head_sha } = rebuilt!.payload['merge_group'] as { head_sha: string }
    await report(head_sha)
    expect(await repository.shaOf('main')).toBe(head_sha)
    expect(await repository.fileAt('main', 'red.txt')).toBeUndefined()
    expect(await seen()).toMatchObject({ state: 'MERGED', isInMergeQueue: false })
  })
})

test('search finds pull requests by qualifiers and text', async () => {
  const { octokit } = world
  await merge()
  await octokit.rest.issues.create({ ...world.at, title: 'Unrelated' })
  const titles = async (q: string): Promise<string[]> =>
    (await octokit.rest.search.issuesAndPullRequests({ q, advanced_search: 'true' })).data.items.map(
      ({ title }) => title,
    )
  expect(await titles('repo:acme/shop is:pr is:merged')).toEqual(['Add c'])
  expect(await titles('repo:acme/shop -is:pr')).toEqual(['Unrelated'])
  expect(await titles('repo:acme/shop "add c" author:dev')).toEqual(['Add c'])
})

test('A03 a custom role has its own name and its base permission, and a role follows its account through a rename', async () => {
  const { hub, octokit, at, repository } = world
  const read = async (username: string): Promise<unknown> => {
    const { data } = await octokit.rest.repos.getCollaboratorPermissionLevel({ ...at, username })
    return [data.permission, data.role_name]
  }
  repository.setRole('carol', 'write', 'release-captain')
  expect(await read('carol')).toEqual(['write', 'release-captain'])
  repository.setRole('carol', 'maintain')
  hub.renameUser('carol', 'caroline')
  expect(await read('caroline')).toEqual(['write', 'maintain'])
  hub.user('carol')
  expect(await read('carol')).toEqual(['read', 'read'])
})

test('a team gives its members its role', async () => {
  const { hub, octokit, at } = world
  hub.team({ organization: 'acme', slug: 'sre', members: ['ops'], roles: { shop: 'maintain' } })
  const { data } = await octokit.rest.repos.getCollaboratorPermissionLevel({ ...at, username: 'ops' })
  expect(data.role_name).toBe('maintain')
  const member = await octokit.rest.teams.getMembershipForUserInOrg({
    org: 'acme',
    team_slug: 'sre',
    username: 'ops',
  })
  expect(member.data).toMatchObject({ state: 'active', role: 'member' })
  const other = octokit.rest.teams.getMembershipForUserInOrg({
    org: 'acme',
    team_slug: 'sre',
    username: 'dev',
  })
  await expect(other).rejects.toMatchObject({ status: 404 })
  expect((await octokit.rest.teams.getByName({ org: 'acme', team_slug: 'sre' })).data.members_count).toBe(1)
})
