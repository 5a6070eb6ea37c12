import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { readCommentEvent } from '../../src/command/read-comment-event.ts'

const ada = { id: 7, login: 'ada', type: 'User' }
const bot = { id: 41_898_282, login: 'github-actions[bot]', type: 'Bot' }

/** Ada's new comment `/deploy production` on pull request 12. */
function event(more: { action?: string; sender?: unknown; issue?: object; comment?: object } = {}): unknown {
  return {
    action: more.action ?? 'created',
    repository: { id: 1, full_name: 'acme/shop' },
    sender: more.sender === undefined ? ada : more.sender,
    issue: { number: 12, pull_request: { url: 'https://api.github.example/pulls/12' }, ...more.issue },
    comment: {
      id: 99,
      html_url: 'https://github.example/acme/shop/pull/12#issuecomment-99',
      body: '/deploy production',
      created_at: '2026-11-23T12:00:00Z',
      user: ada,
      author_association: 'OWNER',
      performed_via_github_app: null,
      ...more.comment,
    },
  }
}

test('a new comment of a person on a pull request is a command', () => {
  expect(readCommentEvent(event(), 5)).toEqual({
    kind: 'command',
    request: {
      repository: { id: 1, name: 'acme/shop' },
      pull: 12,
      comment: {
        id: 99,
        url: 'https://github.example/acme/shop/pull/12#issuecomment-99',
        createdAtMs: Date.UTC(2026, 10, 23, 12),
        receivedAtMs: 5,
        author: { id: 7, login: 'ada' },
      },
      asked: { kind: 'command', command: { kind: 'deploy', environment: 'production' } },
    },
  })
})

test('A04 what the payload says of the author’s standing is not read', () => {
  expect(JSON.stringify(readCommentEvent(event()))).not.toContain('OWNER')
})

describe('ignored, before anything is asked of GitHub', () => {
  test.each([
    ['A05 from a bot', event({ sender: bot, comment: { user: bot } }), 'from_bot'],
    [
      'A05 by an app in a person’s name',
      event({ comment: { performed_via_github_app: { id: 3 } } }),
      'from_bot',
    ],
    ['A05 sent by a bot', event({ sender: bot }), 'from_bot'],
    ['A05 sent by somebody else', event({ sender: { ...ada, id: 8 } }), 'from_bot'],
    ['A05 from an organisation', event({ comment: { user: { ...ada, type: 'Organization' } } }), 'from_bot'],
    ['from an account that is gone', event({ comment: { user: null } }), 'from_bot'],
    [
      'A06 from our own App',
      event({
        sender: { id: 5, login: 'seamless[bot]', type: 'Bot' },
        comment: { user: { id: 5, login: 'seamless[bot]', type: 'Bot' }, body: '/rollback production' },
      }),
      'from_bot',
    ],
    ['A07 edited', event({ action: 'edited' }), 'not_created'],
    ['A07 deleted', event({ action: 'deleted' }), 'not_created'],
    ['A08 on a plain issue', event({ issue: { pull_request: undefined } }), 'no_pull_request'],
    ['A09 prose', event({ comment: { body: 'please don’t /deploy yet' } }), 'no_command'],
  ])('%s', (_, body, reason) => {
    expect(readCommentEvent(body)).toEqual({ kind: 'ignored', reason })
  })
})

test('A19 a comment on a review, and a review, are no such event', () => {
  const { issue: _, ...review } = event() as Record<string, unknown>
  expect(() => readCommentEvent({ ...review, pull_request: { number: 12 } })).toThrow(/issue/)
  expect(() => readCommentEvent({ action: 'submitted', review: { body: '/deploy' } })).toThrow(/comment/)
})

test('GitHub’s own examples of the event are read', () => {
  const examples = JSON.parse(
    readFileSync(
      new URL('../../node_modules/@octokit/webhooks-examples/api.github.com/index.json', import.meta.url),
      'utf8',
    ),
  ) as { name: string; examples: { action: string; issue: object }[] }[]
  const comments = examples.find(({ name }) => name === 'issue_comment')?.examples ?? []
  expect(comments.length).toBeGreaterThan(1)
  const onPulls = comments.map((one) => ({ ...one, issue: { ...one.issue, pull_request: {} } }))
  const reasons = [...comments, ...onPulls].map((one) => readCommentEvent(one))
  expect(reasons.filter(({ kind }) => kind !== 'ignored')).toEqual([])
  expect(onPulls.map((one) => [one.action, readCommentEvent(one)])).toContainEqual([
    'created',
    { kind: 'ignored', reason: 'no_command' },
  ])
})
