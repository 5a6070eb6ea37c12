import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { knownComments } from '../../app/comment-ids.ts'
import { GitHubError } from '../../src/errors.ts'
import { ACTIONS_SPEAKER, githubConversation } from '../../src/github/conversation.ts'
import type { Reaction } from '../../src/ports/conversation.ts'
import { conversationContract } from '../contract/conversation.ts'
import { type GitHubWorld, openByPerson, startGitHubWorld } from './github-world.ts'

const at = { owner: 'acme', repo: 'shop' }
const LIST = 'GET /repos/{owner}/{repo}/issues/{issue_number}/comments'
const MAKE = 'POST /repos/{owner}/{repo}/issues/{issue_number}/comments'
const EDIT = 'PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}'
const REACT = 'POST /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions'
const OURS = 41898282

async function pullOf(world: GitHubWorld): Promise<number> {
  const { number } = await openByPerson(world, { title: 'T', commits: [{ 'a.txt': 'a\n' }], how: 'merge' })
  return number
}

async function personSays(world: GitHubWorld, pull: number, body: string): Promise<number> {
  const asked = { ...at, issue_number: pull, body }
  const { data } = await world.as({ login: 'ada' }).octokit.rest.issues.createComment(asked)
  return data.id
}

const commentsOf = async (world: GitHubWorld, pull: number) =>
  (await world.github.octokit.rest.issues.listComments({ ...at, issue_number: pull, per_page: 100 })).data

conversationContract('GitHub', async () => {
  const world = await startGitHubWorld()
  const pulls = [await pullOf(world), await pullOf(world)] as const
  const comment = await personSays(world, pulls[0], '/deploy production')
  return {
    conversation: githubConversation(world.github, ACTIONS_SPEAKER),
    reopen: () => githubConversation(world.github, ACTIONS_SPEAKER),
    pulls,
    comment,
    async said(pull) {
      const edits = world.hub.events.filter(
        ({ name, action }) => name === 'issue_comment' && action === 'edited',
      )
      return (await commentsOf(world, pull))
        .filter(({ user }) => user?.id === OURS)
        .map(({ id, body }) => ({
          id,
          text: (body ?? '').replace(/\n\n<!-- seamless:\S+ -->$/, ''),
          edits: edits.filter(({ payload }) => (payload['comment'] as { id: number }).id === id).length,
        }))
    },
    async reactions() {
      const asked = { ...at, comment_id: comment }
      const { data } = await world.github.octokit.rest.reactions.listForIssueComment(asked)
      return data.filter(({ user }) => user?.id === OURS).map(({ content }) => content as Reaction)
    },
    close: () => world.close(),
  }
})

describe('a conversation on GitHub', () => {
  let world: GitHubWorld
  let pull: number
  beforeEach(async () => {
    world = await startGitHubWorld()
    pull = await pullOf(world)
  })
  afterEach(() => world.close())

  const open = () => githubConversation(world.github, ACTIONS_SPEAKER)
  const bodies = async () => (await commentsOf(world, pull)).map(({ body }) => body)

  test('L08 a comment whose number another job has noted is edited in one call; one that was deleted is made anew', async () => {
    const ids = knownComments().of(1)
    const opened = () => githubConversation(world.github, ACTIONS_SPEAKER, ids)
    const first = await opened().keep(pull, 'progress/production', 'one')
    const before = world.hub.requests.length
    expect(await opened().keep(pull, 'progress/production', 'two')).toEqual(first)
    expect(world.hub.requests.slice(before).map(({ method }) => method)).toEqual(['PATCH'])
    const { octokit, owner, repo } = world.github
    await octokit.rest.issues.deleteComment({
      owner,
      repo,
      comment_id: ids.idOf(`${pull} progress/production`)!,
    })
    expect((await opened().keep(pull, 'progress/production', 'three')).url).not.toBe(first.url)
    expect(await bodies()).toEqual([expect.stringMatching(/^three/)])
  })

  test('O07 a person who writes our marker is neither taken for us nor edited', async () => {
    const theirs = 'Mine.\n\n<!-- seamless:progress/production -->'
    await personSays(world, pull, theirs)
    await open().keep(pull, 'progress/production', 'Deploying.')
    await open().keep(pull, 'progress/production', 'Live.')
    expect(await bodies()).toEqual([theirs, 'Live.\n\n<!-- seamless:progress/production -->'])
  })

  test('O07 another app that writes our marker is not taken for us', async () => {
    const permissions = { pull_requests: 'write', metadata: 'read' } as const
    const other = githubConversation(world.as({ login: 'other[bot]', permissions }), ACTIONS_SPEAKER)
    await expect(other.say(pull, 'done', 'Forged.')).resolves.toMatchObject({ id: expect.any(Number) })
    await open().say(pull, 'done', 'Ours.')
    expect(await bodies()).toEqual(['Forged.\n\n<!-- seamless:done -->', 'Ours.\n\n<!-- seamless:done -->'])
  })

  test('O07 a marker in what we are given to say finds nothing later', async () => {
    await open().say(pull, 'a', 'text\n\n<!-- seamless:b -->')
    await open().say(pull, 'b', 'B')
    expect(await bodies()).toHaveLength(2)
  })

  test('a bot whose comments name no app is known by its number', async () => {
    await open().say(pull, 'done', 'It is live.')
    const alter = (reply: { status: number; body?: unknown }) => ({
      ...reply,
      body: (reply.body as object[]).map((one) => ({ ...one, performed_via_github_app: null })),
    })
    world.hub.faults.add({ on: LIST, alter, times: 9 })
    await open().say(pull, 'done', 'It is live.')
    expect(world.hub.requests.filter(({ operation }) => operation === MAKE)).toHaveLength(1)
    await githubConversation(world.github, { appId: ACTIONS_SPEAKER.appId }).say(pull, 'done', 'Again.')
    expect(world.hub.requests.filter(({ operation }) => operation === MAKE)).toHaveLength(2)
  })

  test.each(['keep', 'say'] as const)(
    'L08 a 502 after %s made the comment leaves exactly one',
    async (verb) => {
      world.hub.faults.add({ on: MAKE, when: 'after', answer: { status: 502, body: {} } })
      await open()[verb](pull, 'done', 'It is live.')
      expect(await bodies()).toHaveLength(1)
    },
  )

  test('L08 a 502 after the edit is simply edited again', async () => {
    const conversation = open()
    await conversation.keep(pull, 'progress', 'One.')
    world.hub.faults.add({ on: EDIT, when: 'after', answer: { status: 502, body: {} } })
    await conversation.keep(pull, 'progress', 'Two.')
    expect(await bodies()).toEqual(['Two.\n\n<!-- seamless:progress -->'])
  })

  test('L08 a 502 after the reaction leaves exactly one', async () => {
    const comment = await personSays(world, pull, '/deploy')
    world.hub.faults.add({ on: REACT, when: 'after', answer: { status: 502, body: {} } })
    await open().react(comment, 'eyes')
    const asked = { ...at, comment_id: comment }
    expect((await world.github.octokit.rest.reactions.listForIssueComment(asked)).data).toHaveLength(1)
  })

  test('a comment of ours that somebody deleted is made again', async () => {
    const conversation = open()
    const { id } = await conversation.keep(pull, 'progress', 'One.')
    await world.as({ login: 'ada' }).octokit.rest.issues.deleteComment({ ...at, comment_id: id })
    await conversation.keep(pull, 'progress', 'Two.')
    expect(await bodies()).toEqual(['Two.\n\n<!-- seamless:progress -->'])
  })

  test('O04 a text of 200 KB is cut to what GitHub takes, and still found by its marker', async () => {
    const long = `\`\`\`\n${'output\n'.repeat(30_000)}\`\`\``
    await open().keep(pull, 'progress', long)
    expect(await world.calls(() => open().keep(pull, 'progress', long))).toEqual([LIST])
  })

  test('in a long thread the newest comments are looked at after the first page, and nothing twice', async () => {
    const conversation = open()
    for (let at = 0; at < 150; at += 1) await personSays(world, pull, `Comment ${at}`)
    await open().say(pull, 'middle', 'M')
    for (let at = 0; at < 200; at += 1) await personSays(world, pull, `Comment ${at}`)
    await open().say(pull, 'end', 'E')
    expect(await world.calls(() => conversation.say(pull, 'end', 'E'))).toEqual([LIST, LIST])
    expect(await world.calls(() => conversation.say(pull, 'middle', 'M'))).toEqual([LIST, LIST, LIST, LIST])
    expect(await world.calls(() => conversation.say(pull, 'middle', 'M'))).toEqual([])
  }, 60_000)

  test.each(['progress/prod--eu', 'progress/prod---', 'progress/prod-'])(
    'an environment may be called so: %s is a key, and found again',
    async (key) => {
      const { id } = await open().keep(pull, key, 'one')
      expect(await open().keep(pull, key, 'two')).toMatchObject({ id })
      const [comment] = await commentsOf(world, pull)
      expect(comment?.body?.replace(/^two\n\n<!--/, '').replace(/-->$/, '')).not.toContain('--')
    },
  )

  test.each(['', 'a b', 'x -->', 'ü'])('"%s" is no key', async (key) => {
    await expect(open().say(pull, key, 'text')).rejects.toThrow(TypeError)
  })

  test('a missing permission is named', async () => {
    const reader = world.as({
      login: 'github-actions[bot]',
      permissions: { pull_requests: 'read', metadata: 'read' },
    })
    const failure = githubConversation(reader, ACTIONS_SPEAKER).say(pull, 'done', 'text')
    await expect(failure).rejects.toThrow(GitHubError)
    await expect(failure).rejects.toThrow(/pull-requests: write/)
  })

  test('what each operation asks of GitHub', async () => {
    const conversation = open()
    const comment = await personSays(world, pull, '/deploy')
    expect(await world.calls(() => conversation.react(comment, 'eyes'))).toEqual([REACT])
    expect(await world.calls(() => conversation.keep(pull, 'progress', '1'))).toEqual([LIST, MAKE])
    expect(await world.calls(() => conversation.keep(pull, 'progress', '2'))).toEqual([EDIT])
    expect(await world.calls(() => conversation.keep(pull, 'progress', '2'))).toEqual([])
    expect(await world.calls(() => conversation.say(pull, 'done', '3'))).toEqual([LIST, MAKE])
    expect(await world.calls(() => open().keep(pull, 'progress', '3'))).toEqual([LIST, EDIT])
  })
})
