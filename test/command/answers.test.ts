import { describe, expect, test } from 'vitest'
import { decideEnding, type EndingFacts } from '../../src/command/decide-ending.ts'
import { progressText } from '../../src/command/answers/progress.ts'
import type { Operation } from '../../src/command/operation-lock.ts'
import type { ReadDeployment } from '../../src/ports/deployments.ts'

const operation: Operation = {
  kind: 'deploy',
  key: 'comment-101',
  pull: 5,
  comment: 101,
  by: { id: 7, login: 'ada' },
  sha: 'a'.repeat(40),
  version: '1.5.0',
  sinceMs: Date.UTC(2026, 10, 23, 12),
  leaseUntilMs: 0,
  deployment: '700',
  dispatchedAtMs: Date.UTC(2026, 10, 23, 12),
  run: { id: 9001, url: 'https://github.example/acme/shop/actions/runs/9001' },
  told: 'running/15/9001',
}

function deployment(state: ReadDeployment['state'], description?: string): ReadDeployment {
  return {
    id: '700',
    sha: operation.sha,
    version: '1.5.0',
    key: operation.key,
    environment: 'production',
    createdAtMs: 0,
    state,
    ...(description !== undefined && { description }),
  }
}

const ended = (more: Partial<EndingFacts>): string =>
  decideEnding({ operation, environment: 'production', conclusion: 'success', ...more }).text

describe('what people read', () => {
  test('while it runs', () => {
    const now = { phase: 'running', deployment: deployment('in_progress', 'Deploying 1.5.0.') } as const
    expect(progressText('production', operation, now)).toMatchInlineSnapshot(`
      "### ⏳ Deployment to \`production\`: \`1.5.0\`, \`aaaaaaaaaaaa\`

      Works: [its run](https://github.example/acme/shop/actions/runs/9001). \`Deploying 1.5.0.\` For 15 min by now.

      <sub>\`aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\`, asked for by \`ada\` at 2026-11-23T12:00:00Z (\`comment-101\`, Deployment \`700\`)</sub>"
    `)
  })

  test('when it waits for a reviewer', () => {
    expect(progressText('production', { ...operation, told: 'waiting/0/9001' }, { phase: 'waiting' }))
      .toMatchInlineSnapshot(`
      "### ⏳ Deployment to \`production\`: \`1.5.0\`, \`aaaaaaaaaaaa\`

      Waits for somebody who may approve it: [its run](https://github.example/acme/shop/actions/runs/9001).

      <sub>\`aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\`, asked for by \`ada\` at 2026-11-23T12:00:00Z (\`comment-101\`, Deployment \`700\`)</sub>"
    `)
  })

  test('when it is live', () => {
    const live = deployment('success', 'healthy: noticed by 0 of 48 210 requests')
    expect(ended({ deployment: { ...live, verdict: 'healthy' } })).toMatchInlineSnapshot(`
      "✅ \`1.5.0\` is live in \`production\`.

      \`healthy\` \`noticed by 0 of 48 210 requests\`

      All of it: [the run](https://github.example/acme/shop/actions/runs/9001)."
    `)
  })

  test('when its tests failed', () => {
    expect(ended({ deployment: deployment('failure', 'tests_failed: 2 tests fail that passed before') }))
      .toMatchInlineSnapshot(`
      "@ada ❌ \`1.5.0\` is not live in \`production\`.

      \`tests_failed\` \`2 tests fail that passed before\`

      All of it: [the run](https://github.example/acme/shop/actions/runs/9001)."
    `)
  })

  test('when it is half done', () => {
    expect(ended({ deployment: deployment('error', 'rollback_failed: ssh is down') })).toMatchInlineSnapshot(`
      "@ada 🚨 \`production\` is half done: \`1.5.0\` was neither brought there nor taken back.

      \`rollback_failed\` \`ssh is down\`

      The environment stays locked until somebody has looked at it: \`/rollback production\` brings the last healthy version back, \`/resolve production\` says that it is in order.

      All of it: [the run](https://github.example/acme/shop/actions/runs/9001)."
    `)
  })

  test('when no run came', () => {
    const { run: _, ...never } = operation
    expect(ended({ operation: never, deployment: deployment('unknown'), conclusion: 'never' }))
      .toMatchInlineSnapshot(`
      "@ada ❌ \`1.5.0\` is not live in \`production\`.

      \`run_not_started\` \`No run came for it.\`

      See that the workflow of the default branch has \`workflow_dispatch\` with the inputs that Seamless sends, and that a runner is online. Then say it again."
    `)
  })

  test('when it is rolled back', () => {
    const rollback: Operation = { ...operation, kind: 'rollback', version: '1.4.0' }
    const back = deployment('success', 'rolled_back_on_request: back')
    expect(ended({ operation: rollback, deployment: back })).toMatchInlineSnapshot(`
      "✅ \`production\` is back on \`1.4.0\`.

      \`rolled_back_on_request\` \`back\`

      All of it: [the run](https://github.example/acme/shop/actions/runs/9001)."
    `)
  })
})
