import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { githubPullRequests } from '../../src/github/pull-requests.ts'
import type { Merge, RevertOutcome } from '../../src/ports/pull-requests.ts'
import { filesAt, type GitHubWorld, mergeByPerson, startGitHubWorld } from './github-world.ts'

let world: GitHubWorld
let merge: Merge
let result: string
beforeEach(async () => {
  world = await startGitHubWorld({ allowAutoMerge: false })
  const change = { title: 'Price in cents', commits: [{ 'cents.txt': '1\n' }], how: 'squash' } as const
  result = (await mergeByPerson(world, change)).result
  merge = (await githubPullRequests(world.github).mergeOf(result))!
})
afterEach(() => world.close())

const at = { owner: 'acme', repo: 'shop' }
const MERGE = 'PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge'
const admin = () => world.as({ login: 'acme' }).octokit.rest
const asked = (operation: string) => world.hub.requests.filter((request) => request.operation === operation)

async function revert(github = world.github) {
  const outcome: RevertOutcome = await githubPullRequests(github).revert(merge, {
    body: 'Errors rose.',
    merge: true,
  })
  if (outcome.kind !== 'proposed') throw new Error(`${outcome.kind}: ${JSON.stringify(outcome)}`)
  return outcome
}

/** Each of these rules in the way that repositories state it: by classic protection, and by a ruleset. */
const statedBy = ['classic', 'ruleset'] as const

async function rule(kind: (typeof statedBy)[number], rules: { checks?: string[]; approvals?: number }) {
  const { checks = [], approvals = 0 } = rules
  if (kind === 'classic') {
    const requiredChecks = checks.map((context) => ({ context, appId: null }))
    world.repository.protect('main', {
      requiredChecks,
      requiredApprovals: approvals,
      requirePullRequest: true,
    })
    return
  }
  await admin().repos.createRepoRuleset({
    ...at,
    name: 'main',
    enforcement: 'active',
    conditions: { ref_name: { include: ['~DEFAULT_BRANCH'], exclude: [] } },
    rules: [
      {
        type: 'pull_request',
        parameters: {
          required_approving_review_count: approvals,
          dismiss_stale_reviews_on_push: false,
          require_code_owner_review: false,
          require_last_push_approval: false,
          required_review_thread_resolution: false,
        },
      },
      ...(checks.length === 0
        ? []
        : [
            {
              type: 'required_status_checks' as const,
              parameters: {
                required_status_checks: checks.map((context) => ({ context })),
                strict_required_status_checks_policy: false,
              },
            },
          ]),
    ],
  })
}

describe.each(statedBy)('with rules of a %s kind', (kind) => {
  test('R03 a required review leaves it open, asks the author, and does not try to merge or approve', async () => {
    await rule(kind, { approvals: 1 })
    const outcome = await revert()
    expect(outcome).toMatchObject({
      reason: 'review_required',
      why: '`main` needs a review before anything is merged',
    })
    const { data } = await admin().pulls.get({ ...at, pull_number: outcome.pullRequest.number })
    expect(data).toMatchObject({ state: 'open', requested_reviewers: [{ login: 'ada' }] })
    expect(asked(MERGE).filter(({ login }) => login === 'github-actions[bot]')).toEqual([])
    expect(asked('POST /repos/{owner}/{repo}/pulls/{pull_number}/reviews')).toEqual([])
    expect(await world.repository.shaOf('main')).toBe(result)
  })

  test('R03 it is merged by a second call once somebody approved', async () => {
    await rule(kind, { approvals: 1 })
    const { pullRequest } = await revert()
    await world
      .as({ login: 'ada' })
      .octokit.rest.pulls.createReview({ ...at, pull_number: pullRequest.number, event: 'APPROVE' })
    const outcome = await githubPullRequests(world.github).revert(merge, { body: '', merge: true })
    expect(outcome).toMatchObject({ kind: 'merged', pullRequest: { number: pullRequest.number } })
    expect(await filesAt(world, 'main')).not.toHaveProperty('cents.txt')
  })

  test('R05 failing required checks are named, and nothing is merged', async () => {
    await rule(kind, { checks: ['unit', 'e2e'] })
    const { pullRequest } = await revert()
    const check = { ...at, head_sha: pullRequest.head, status: 'completed' } as const
    await world.github.octokit.rest.checks.create({ ...check, name: 'unit', conclusion: 'failure' })
    await world.github.octokit.rest.checks.create({ ...check, name: 'e2e', conclusion: 'success' })
    await world.github.octokit.rest.checks.create({ ...check, name: 'optional', conclusion: 'failure' })
    expect(await revert()).toMatchObject({ reason: 'checks_failing', why: 'failing: `unit`' })
    expect(await world.repository.shaOf('main')).toBe(result)
  })

  test('R05 required checks that never begin are explained', async () => {
    await rule(kind, { checks: ['unit'] })
    const { reason, why } = await revert()
    expect(reason).toBe('checks_pending')
    expect(why).toContain('`unit`')
    expect(why).toContain('what GITHUB_TOKEN opens starts no workflow')
  })

  test('an administrator’s token does not walk past the rules', async () => {
    await rule(kind, { approvals: 1 })
    expect(await revert(world.as({ login: 'acme' }))).toMatchObject({ reason: 'review_required' })
    expect(await world.repository.shaOf('main')).toBe(result)
  })
})

test('failing checks that are not required do not hold it', async () => {
  await world.repository.commit({ files: { 'later.txt': 'x' } })
  const { pullRequest } = (await githubPullRequests(world.github).revert(merge, {
    body: '',
    merge: false,
  })) as Extract<RevertOutcome, { kind: 'proposed' }>
  await world.github.octokit.rest.checks.create({
    ...at,
    head_sha: pullRequest.head,
    name: 'optional',
    status: 'completed',
    conclusion: 'failure',
  })
  expect(await githubPullRequests(world.github).revert(merge, { body: '', merge: true })).toMatchObject({
    kind: 'merged',
  })
})

test('auto-merge takes it in when its checks are green, where the repository allows that', async () => {
  await admin().repos.update({ ...at, allow_auto_merge: true })
  await rule('classic', { checks: ['unit'] })
  const { reason, pullRequest } = await revert()
  expect(reason).toBe('auto_merge')
  expect(await revert()).toMatchObject({ reason: 'auto_merge', pullRequest: { number: pullRequest.number } })
  await world.github.octokit.rest.checks.create({
    ...at,
    head_sha: pullRequest.head,
    name: 'unit',
    status: 'completed',
    conclusion: 'success',
  })
  expect(await filesAt(world, 'main')).not.toHaveProperty('cents.txt')
  expect(await githubPullRequests(world.github).revert(merge, { body: '', merge: true })).toMatchObject({
    kind: 'merged',
  })
})

test('R05 auto-merge is not turned on over failing checks', async () => {
  await rule('classic', { checks: ['unit'] })
  const { pullRequest } = await revert()
  await admin().repos.update({ ...at, allow_auto_merge: true })
  await world.github.octokit.rest.checks.create({
    ...at,
    head_sha: pullRequest.head,
    name: 'unit',
    status: 'completed',
    conclusion: 'failure',
  })
  expect(await revert()).toMatchObject({ reason: 'checks_failing' })
  const { data } = await admin().pulls.get({ ...at, pull_number: pullRequest.number })
  expect(data.auto_merge).toBeNull()
})

test('R04 a merge queue gets it, and keeps it; a second call does not put it in twice', async () => {
  await admin().repos.createRepoRuleset({
    ...at,
    name: 'queue',
    enforcement: 'active',
    conditions: { ref_name: { include: ['~DEFAULT_BRANCH'], exclude: [] } },
    rules: [
      {
        type: 'merge_queue',
        parameters: {
          check_response_timeout_minutes: 60,
          grouping_strategy: 'ALLGREEN',
          max_entries_to_build: 5,
          max_entries_to_merge: 5,
          merge_method: 'MERGE',
          min_entries_to_merge: 1,
          min_entries_to_merge_wait_minutes: 1,
        },
      },
      {
        type: 'required_status_checks',
        parameters: {
          required_status_checks: [{ context: 'unit' }],
          strict_required_status_checks_policy: false,
        },
      },
    ],
  })
  const first = await revert()
  expect(first.reason).toMatch(/merge_queue|auto_merge/)
  expect(await revert()).toMatchObject({ reason: first.reason })
  expect(await world.repository.shaOf('main')).toBe(result)
  expect(asked(MERGE).filter(({ login }) => login === 'github-actions[bot]')).toEqual([])
})
