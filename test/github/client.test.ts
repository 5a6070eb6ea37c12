import { inspect } from 'node:util'

import nock from 'nock'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { GitHubError, UsageError } from '../../src/errors.ts'
import { type GitHubAccess, openGitHub } from '../../src/github/client.ts'
import { type ManualClock, manualClock } from '../support/manual-clock.ts'
import { memoryLog } from '../support/memory-log.ts'

const TOKEN = 'ghs_16C7e42F292c6912E7710c838347Ae178B4a'
const API = 'https://api.github.test'
const at = { owner: 'acme', repo: 'shop' }

let clock: ManualClock
beforeEach(() => {
  clock = manualClock()
  nock.disableNetConnect()
})
afterEach(() => {
  nock.cleanAll()
  nock.enableNetConnect()
})

function open(access: Partial<GitHubAccess> = {}, signal = new AbortController().signal) {
  const all = { token: TOKEN, apiUrl: API, repository: 'acme/shop', ...access }
  return openGitHub(all, { clock, log: memoryLog(), signal, fetch: globalThis.fetch })
}
const read = () => open().octokit.rest.repos.get(at)
const write = () => open().octokit.rest.git.createRef({ ...at, ref: 'refs/heads/a', sha: 'a'.repeat(40) })
const failureOf = async (work: Promise<unknown>): Promise<GitHubError> => {
  const failure: unknown = await work.then(
    () => new Error('It did not fail.'),
    (error: unknown) => error,
  )
  if (!(failure instanceof GitHubError)) throw failure
  return failure
}

/** An answer that breaks off in the middle. */
const cut: typeof fetch = async () =>
  new Response(
    new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode('{"id": 1, "na'))
        controller.error(new Error('terminated'))
      },
    }),
    { headers: { 'content-type': 'application/json' } },
  )

describe('what is asked', () => {
  test('goes to the given API with the token, a version and a name', async () => {
    nock(API, {
      reqheaders: {
        authorization: `token ${TOKEN}`,
        'x-github-api-version': '2022-11-28',
        'user-agent': /^seamless-upgrade /,
      },
    })
      .get('/repos/acme/shop')
      .reply(200, { id: 1 })
    expect((await read()).data).toEqual({ id: 1 })
  })

  test('goes below the path of a GitHub Enterprise Server, GraphQL beside it', async () => {
    nock('https://github.acme.test').get('/api/v3/repos/acme/shop').reply(200, { id: 1 })
    nock('https://github.acme.test')
      .post('/api/graphql')
      .reply(200, { data: { viewer: { login: 'a' } } })
    const { octokit } = open({ apiUrl: 'https://github.acme.test/api/v3/' })
    await octokit.rest.repos.get(at)
    expect(await octokit.graphql('{ viewer { login } }')).toEqual({ viewer: { login: 'a' } })
  })

  test.each(['acme', 'acme/shop/x', '../shop', 'acme/..', 'acme/shop?x=1', ''])(
    'needs a repository, which %j is none',
    (repository) => {
      expect(() => open({ repository })).toThrow(UsageError)
    },
  )

  test.each(['api.github.com', 'file:///etc/passwd', ''])(
    'needs the URL of an API, which %j is none',
    (apiUrl) => {
      expect(() => open({ apiUrl })).toThrow(UsageError)
    },
  )
})

test('a query of GraphQL is a read, and asked again after a 502; a mutation is not', async () => {
  nock(API).post('/graphql').reply(502, {})
  nock(API)
    .post('/graphql')
    .reply(200, { data: { viewer: { login: 'a' } } })
  const { octokit } = open()
  expect(await octokit.graphql('query { viewer { login } }')).toEqual({ viewer: { login: 'a' } })
  nock(API).post('/graphql').reply(502, {})
  await expect(octokit.graphql('mutation { x }')).rejects.toThrow(GitHubError)
})

test('a difference is text, which is an error of any other answer', async () => {
  const diff = 'diff --git a/a.txt b/a.txt\n'
  // One for the difference, and four attempts at what must be JSON.
  nock(API).get('/repos/acme/shop/pulls/1').times(5).reply(200, diff, { 'content-type': 'text/plain' })
  const { pulls } = open().octokit.rest
  const asked = { ...at, pull_number: 1 }
  expect((await pulls.get({ ...asked, mediaType: { format: 'diff' } })).data).toBe(diff)
  await expect(pulls.get(asked)).rejects.toThrow(/not with JSON/)
})

test('a warning of GitHub’s goes to our log, not to the console', async () => {
  const log = memoryLog()
  const headers = { deprecation: 'true', sunset: 'Tue, 01 Dec 2026 00:00:00 GMT' }
  nock(API).get('/repos/acme/shop').reply(200, { id: 1 }, headers)
  const access = { token: TOKEN, apiUrl: API, repository: 'acme/shop' }
  const { signal } = new AbortController()
  await openGitHub(access, { clock, log, signal, fetch: globalThis.fetch }).octokit.rest.repos.get(at)
  expect(log.lines).toEqual([expect.stringMatching(/^warning .*is deprecated/)])
})

describe('a read', () => {
  test('is asked again after 5xx and lost connections, ever later, and at most four times', async () => {
    nock(API).get('/repos/acme/shop').reply(502)
    nock(API).get('/repos/acme/shop').replyWithError('socket hang up')
    nock(API).get('/repos/acme/shop').reply(503)
    nock(API).get('/repos/acme/shop').reply(200, { id: 1 })
    expect((await read()).data).toEqual({ id: 1 })
    expect(clock.waits).toEqual([1000, 2000, 4000])

    nock(API).get('/repos/acme/shop').times(9).reply(500, { message: 'Server Error' })
    expect(await failureOf(read())).toMatchObject({ status: 500 })
    expect(nock.pendingMocks()).toHaveLength(1)
    expect(clock.waits).toHaveLength(6)
  })

  test('is not asked again when GitHub says no', async () => {
    nock(API).get('/repos/acme/shop').times(2).reply(404, { message: 'Not Found' })
    expect(await failureOf(read())).toMatchObject({ status: 404 })
    expect(clock.waits).toEqual([])
  })

  test('answered with a page of a proxy is an error', async () => {
    nock(API)
      .get('/repos/acme/shop')
      .times(4)
      .reply(200, '<html>Log in</html>', { 'content-type': 'text/html' })
    expect(String(await failureOf(read()))).toContain('not with JSON')
  })

  test('whose answer breaks off is an error, not an answer without content', async () => {
    const github = openGitHub(
      { token: TOKEN, apiUrl: API, repository: 'acme/shop' },
      { clock, log: memoryLog(), signal: new AbortController().signal, fetch: cut },
    )
    expect(await failureOf(github.octokit.rest.repos.get(at))).toMatchObject({
      status: 0,
      message: expect.stringContaining('terminated'),
    })
  })

  test('of more than 16 MiB is an error', async () => {
    nock(API)
      .get('/repos/acme/shop')
      .times(4)
      .reply(200, `"${'x'.repeat(17 * 1024 * 1024)}"`, { 'content-type': 'application/json' })
    expect(String(await failureOf(read()))).toContain('longer than')
  })
})

describe('a write', () => {
  test('L08 is never repeated blindly: whoever sent it looks first', async () => {
    nock(API).post('/repos/acme/shop/git/refs').times(2).reply(502)
    expect(await failureOf(write())).toMatchObject({ status: 502 })
    expect(nock.pendingMocks()).toHaveLength(1)
  })

  test('L09 waits as long as a secondary limit says, which refuses before anything is done', async () => {
    nock(API)
      .post('/repos/acme/shop/git/refs')
      .reply(403, { message: 'You have exceeded a secondary rate limit' }, { 'retry-after': '60' })
    nock(API).post('/repos/acme/shop/git/refs').reply(429, { message: 'Too many' })
    nock(API).post('/repos/acme/shop/git/refs').reply(201, { ref: 'refs/heads/a' })
    await write()
    expect(clock.waits).toEqual([60_000, 60_000])
  })

  test('L09 waits for the hourly limit only where that is soon over', async () => {
    const limited = (seconds: number) => ({
      'x-ratelimit-remaining': '0',
      'x-ratelimit-reset': String(clock.now() / 1000 + seconds),
    })
    nock(API)
      .post('/repos/acme/shop/git/refs')
      .reply(403, { message: 'API rate limit exceeded' }, limited(30))
    nock(API).post('/repos/acme/shop/git/refs').reply(201, { ref: 'refs/heads/a' })
    await write()
    expect(clock.waits).toEqual([30_000])

    nock(API)
      .post('/repos/acme/shop/git/refs')
      .reply(403, { message: 'API rate limit exceeded' }, limited(1800))
    expect(await failureOf(write())).toMatchObject({ status: 429 })
    expect(clock.waits).toEqual([30_000])
  })
})

describe('an error', () => {
  test('S03 never holds the token, however it is printed, even if GitHub repeats it', async () => {
    nock(API)
      .get('/repos/acme/shop')
      .reply(401, { message: `Bad credentials: ${TOKEN}` })
    nock(API)
      .get('/repos/acme/shop')
      .times(4)
      .replyWithError(`connect failed with authorization: token ${TOKEN}`)
    for (const failure of [await failureOf(read()), await failureOf(read())]) {
      for (const text of [
        inspect(failure, { depth: 20, showHidden: true }),
        JSON.stringify(failure),
        String(failure.stack),
      ]) {
        expect(text).not.toContain(TOKEN)
        expect(text).not.toMatch(/authorization['"]?:\s*['"]?token ghs/i)
      }
    }
  })

  test('names what was asked, the answer, and the permission that would have done', async () => {
    nock(API)
      .post('/repos/acme/shop/git/refs')
      .reply(
        403,
        { message: 'Resource not accessible by integration' },
        { 'x-accepted-github-permissions': 'contents=write; contents=write,workflows=write' },
      )
    const failure = await failureOf(write())
    expect(failure.message).toBe(
      'GitHub answered 403 to POST /repos/{owner}/{repo}/git/refs: Resource not accessible by integration. ' +
        'The token lacks a permission: give the job "permissions: contents: write or contents: write,workflows: write".',
    )
  })

  test('of a run that is cancelled is the reason of its cancelling', async () => {
    const controller = new AbortController()
    controller.abort(new Error('the job was cancelled'))
    await expect(open({}, controller.signal).octokit.rest.repos.get(at)).rejects.toThrow(
      'the job was cancelled',
    )
  })
})
