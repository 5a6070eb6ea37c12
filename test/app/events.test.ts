import { describe, expect, test } from 'vitest'
import { readAsked } from '../../app/events.ts'

const SHA = 'a'.repeat(40)
const RECEIVED_MS = 1000

function asked(event: string, payload: unknown): ReturnType<typeof readAsked> {
  return readAsked({ id: 'guid', event, payload: JSON.stringify(payload), receivedAtMs: RECEIVED_MS })
}

const ada = { id: 7, login: 'ada', type: 'User' }
const comment = (more: object = {}, event: object = {}): unknown => ({
  action: 'created',
  repository: { id: 22, full_name: 'acme/shop' },
  sender: ada,
  issue: { number: 3, pull_request: {} },
  comment: {
    id: 44,
    html_url: 'https://github.example/c/44',
    body: '/deploy production',
    created_at: '2026-11-23T12:00:00Z',
    user: ada,
    ...more,
  },
  ...event,
})
const pull = (action: string): unknown => ({
  action,
  sender: ada,
  pull_request: {
    number: 3,
    created_at: '2026-11-23T10:00:00Z',
    updated_at: '2026-11-23T12:00:00Z',
    head: { sha: SHA },
  },
})
const run = (action: string, display_title: string): unknown => ({
  action,
  workflow_run: { id: 9, display_title },
})
const status = (state: string, description: string | null, payload?: unknown): unknown => ({
  repository: { full_name: 'acme/shop' },
  deployment: { id: 5, ...(payload === undefined ? {} : { payload }) },
  deployment_status: { state, description },
})

describe('what a delivery asks for', () => {
  test('a comment of a person on a pull request is a command, with the time at which we were told', () => {
    expect(asked('issue_comment', comment())).toMatchObject({
      kind: 'command',
      request: { pull: 3, comment: { id: 44, receivedAtMs: RECEIVED_MS, author: { id: 7 } } },
    })
  })

  test.each([
    ['A05 a bot', comment({ user: { ...ada, type: 'Bot' } })],
    ['A05 somebody through an app', comment({ performed_via_github_app: { id: 1 } })],
    ['A07 an edit', comment({}, { action: 'edited' })],
    ['A07 a deletion', comment({}, { action: 'deleted' })],
    ['A08 a comment on an issue', comment({}, { issue: { number: 3 } })],
    ['A09 words about a command', comment({ body: 'please do not /deploy yet' })],
    ['A10 a quoted command', comment({ body: '> /deploy production' })],
  ])('%s asks for nothing', (_, payload) => {
    expect(asked('issue_comment', payload)).toMatchObject({ kind: 'nothing' })
  })

  test.each(['pull_request_review', 'pull_request_review_comment', 'check_suite', 'push', 'toString'])(
    'A19 %s asks for nothing',
    (event) => {
      expect(asked(event, comment())).toEqual({ kind: 'nothing', why: event })
    },
  )

  test.each([
    ['opened', '2026-11-23T10:00:00Z'],
    ['synchronize', '2026-11-23T12:00:00Z'],
    ['reopened', '2026-11-23T12:00:00Z'],
  ])('a pull request that is %s has a head, by GitHub’s clock and by ours', (action, at) => {
    const change = { pull: 3, sha: SHA, atMs: Date.parse(at), receivedAtMs: RECEIVED_MS }
    expect(asked('pull_request', pull(action))).toMatchObject({ kind: 'head', change })
  })

  test('a pull request that is labelled has the head that it had', () => {
    expect(asked('pull_request', pull('labeled'))).toMatchObject({ kind: 'nothing' })
  })

  test('a run that is there or over is worth a look; its name says whose it is', () => {
    const title = 'Seamless run production #comment-44'
    expect(asked('workflow_run', run('requested', title))).toEqual({
      kind: 'progress',
      of: { run: 9, key: 'comment-44', isOver: false },
    })
    expect(asked('workflow_run', run('requested', 'Seamless run eu-west #onward-700-eu-west'))).toMatchObject(
      {
        of: { key: 'onward-700-eu-west' },
      },
    )
    expect(asked('workflow_run', run('completed', 'Seamless rollback production #watch-700'))).toMatchObject({
      of: { key: 'watch-700', isOver: true },
    })
    expect(asked('workflow_run', run('completed', 'CI'))).toEqual({
      kind: 'progress',
      of: { run: 9, key: undefined, isOver: true },
    })
    expect(asked('workflow_run', run('in_progress', title))).toMatchObject({ kind: 'nothing' })
  })

  test('live is worth a look; the last word of a run is read when the run has ended', () => {
    const of = { deployment: '5' }
    expect(asked('deployment_status', status('success', 'It is live.'))).toEqual({ kind: 'progress', of })
    expect(asked('deployment_status', status('success', null))).toEqual({ kind: 'progress', of })
    expect(asked('deployment_status', status('success', 'healthy: fine'))).toMatchObject({ kind: 'nothing' })
    expect(asked('deployment_status', status('failure', 'x'))).toMatchObject({ kind: 'nothing' })
  })

  const ours = { schema: 1, key: 'push-1', version: '1.1.0' }
  const there = { kind: 'deployed', repository: 'acme/shop', deployment: '5' }

  test.each([
    ['live', status('success', 'It is live.', ours), { begins: 'normal', isProgress: true }],
    ['live, as the last word', status('success', 'watched_by_app: all is there', ours), { begins: 'normal' }],
    [
      'live, as GitHub gives a payload back',
      status('success', '', JSON.stringify(ours)),
      { begins: 'normal' },
    ],
    ['found bad by its run', status('failure', 'unhealthy: errors', ours), { begins: 'urgent' }],
    ['half taken back', status('error', 'rollback_failed: no', ours), { begins: 'urgent' }],
    [
      'held by its run',
      status('in_progress', 'health_no_data: no', ours),
      { begins: 'normal', isProgress: false },
    ],
  ])('a Deployment of ours that is %s begins its watch', (_, payload, wanted) => {
    expect(asked('deployment_status', payload)).toMatchObject({ ...there, ...wanted })
  })

  test.each([
    ['only begun', status('in_progress', 'Deploys.', ours)],
    ['ended for its tests', status('failure', 'tests_failed: 2', ours)],
    ['said to be inactive', status('inactive', '', ours)],
    ['of another tool', status('failure', 'unhealthy: errors', { schema: 7 })],
  ])('a Deployment that is %s begins nothing', (_, payload) => {
    expect(asked('deployment_status', payload)).toMatchObject({ kind: 'nothing' })
  })

  test('what becomes of a rollback that a watch began is told to that watch', () => {
    const rollback = { ...ours, key: 'watch-4', operation: 'rollback' }
    const of = (state: string): unknown => asked('deployment_status', status(state, 'x', rollback))
    expect(of('success')).toMatchObject({ ...there, begins: 'normal', watch: '4' })
    expect(of('failure')).toMatchObject({ ...there, begins: 'no', watch: '4' })
    expect(of('in_progress')).toMatchObject({ kind: 'nothing' })
    const title = 'Seamless rollback production #watch-4'
    expect(asked('workflow_run', run('completed', title))).toMatchObject({ kind: 'progress', watch: '4' })
  })

  test('a pull request that is merged into the default branch is for the ledger; a closed one for nobody', () => {
    const repo = { id: 22, default_branch: 'main' }
    const closed = (merged_at: string | null): unknown => ({
      action: 'closed',
      repository: { id: 22, full_name: 'acme/shop' },
      pull_request: {
        number: 3,
        title: 'Faster',
        body: null,
        merged_at,
        head: { ref: 'faster', repo },
        base: { ref: 'main', repo },
      },
    })
    expect(asked('pull_request', closed('2026-11-23T12:00:00Z'))).toMatchObject({
      kind: 'merged',
      repository: 'acme/shop',
      pull: { number: 3, mergedAtMs: Date.parse('2026-11-23T12:00:00Z') },
    })
    expect(asked('pull_request', closed(null))).toMatchObject({ kind: 'nothing' })
  })

  test('a merge queue that waits for checks is answered; one that is done is not', () => {
    const group = (action: string): unknown => ({
      action,
      repository: { full_name: 'acme/shop' },
      merge_group: { head_sha: SHA },
    })
    const wanted = { kind: 'merge_group', repository: 'acme/shop', sha: SHA }
    expect(asked('merge_group', group('checks_requested'))).toEqual(wanted)
    expect(asked('merge_group', group('destroyed'))).toMatchObject({ kind: 'nothing' })
  })

  test('a body that is none of its event is no command of anybody', () => {
    expect(() => asked('issue_comment', { action: 'created' })).toThrow('repository')
  })
})
