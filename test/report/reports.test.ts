import { describe, expect, it } from 'vitest'
import { jobSummary } from '../../src/report/job-summary.ts'
import { nextSteps } from '../../src/report/next-steps.ts'
import { receiptText } from '../../src/report/text.ts'
import { decisions, reasonCodes } from '../../src/upgrade/reason.ts'
import type { Upgrade } from '../../src/upgrade/receipt.ts'
import { begun, check, compared, receiptOf, report, started, step, suite } from './receipts.ts'

const production = { environment: 'production' } as const

const scenes: Record<string, Upgrade> = {
  promoted: receiptOf(
    started,
    compared,
    ...step('build/bundle', 'build'),
    { type: 'built', artifacts: [{ name: 'dist/app.js', digest: `sha256:${'c'.repeat(64)}`, bytes: 1 }] },
    ...step('test/unit', 'test'),
    { type: 'tested', suite: suite({ known: ['api › is slow'], failed: 1 }) },
    begun,
    ...step('deploy/production/apply', 'deploy'),
    { type: 'weight_set', ...production, percent: 10 },
    { type: 'judged', ...production, report: report({ step: '10%', line: 'Healthy so far after 2 min.' }) },
    { type: 'weight_set', ...production, percent: 100 },
    { type: 'judged', ...production, report: report() },
    { type: 'environment_ended', ...production, state: 'promoted', message: 'Healthy after 10 min.' },
    { type: 'ended', decision: 'promoted', reason: 'healthy', message: '1.1.0 is healthy in production.' },
  ),
  'rolled back and reverted': receiptOf(
    started,
    compared,
    begun,
    ...step('deploy/production/apply', 'deploy'),
    { type: 'weight_set', ...production, percent: 10 },
    {
      type: 'judged',
      ...production,
      report: report({
        step: '10%',
        verdict: 'unhealthy',
        line: 'Unhealthy after 40 s: errors 20 %, allowed at most 1 %.',
        noticed: { requests: 57, lower: 41, upper: 75, watched: 302 },
        watched: 302,
        checks: [check({ verdict: 'unhealthy', after: '20 %', change: '+19.9 %' })],
      }),
    },
    { type: 'weight_set', ...production, percent: 0 },
    ...step('rollback/production', 'deploy'),
    {
      type: 'environment_ended',
      ...production,
      state: 'rolled_back',
      message: 'production is back on 1.0.0.',
    },
    {
      type: 'reverted',
      revert: {
        outcome: 'merged',
        reason: 'merged',
        message: 'The merge of #12 is reverted by #13.',
        pullRequest: { number: 13, url: 'https://github.example/team/service/pull/13' },
        suspect: 12,
      },
    },
    {
      type: 'ended',
      decision: 'rolled_back',
      reason: 'unhealthy',
      message: 'Unhealthy after 40 s. production is back on 1.0.0.',
    },
  ),
  held: receiptOf(
    started,
    begun,
    ...step('deploy/production/apply', 'deploy'),
    {
      type: 'judged',
      ...production,
      report: report({
        verdict: 'inconclusive',
        line: 'Nobody knows after 10 min: errors had no data.',
        comparison: 'none',
        noticed: undefined,
        watched: 0,
        checks: [
          check({
            verdict: 'inconclusive',
            before: '',
            after: 'no data',
            change: '',
            coverage: { measured: 0, expected: 40 },
            sparkline: '',
          }),
        ],
      } as never),
    },
    { type: 'environment_ended', ...production, state: 'held', message: 'production stays as it is.' },
    {
      type: 'ended',
      decision: 'held',
      reason: 'health_no_data',
      message: 'Nobody knows after 10 min: errors had no data.',
    },
  ),
  'tests failed': receiptOf(
    started,
    compared,
    ...step('test/unit', 'test', 'test/unit: 1 test newly fails: sum › adds.'),
    {
      type: 'tested',
      suite: suite({
        passed: 40,
        failed: 1,
        against: 'base_run',
        newlyFailing: [
          { name: 'sum › adds', result: 'failed', message: '1 is not 2', file: 'sum.test.js', line: 7 },
        ],
      }),
    },
    {
      type: 'ended',
      decision: 'failed',
      reason: 'tests_failed',
      message: 'test/unit: 1 test newly fails: sum › adds.',
    },
  ),
  'nothing to do': receiptOf(started, {
    type: 'ended',
    decision: 'nothing_to_do',
    reason: 'already_live',
    message: 'Nothing to do: production runs 1.1.0 (bbbbbbbbbbbb) already.',
  }),
}

describe('a report as a whole', () => {
  it.each(Object.entries(scenes))('%s', async (name, upgrade) => {
    const file = name.replaceAll(' ', '-')
    await expect(jobSummary(upgrade)).toMatchFileSnapshot(`snapshots/${file}.md`)
    await expect(receiptText(upgrade)).toMatchFileSnapshot(`snapshots/${file}.txt`)
  })
})

describe('what to do next', () => {
  const well = new Set([
    'healthy',
    'promoted_by_person',
    'accepted_by_person',
    'watched_by_app',
    'stage_completed',
    'plan_only',
    'rolled_back_on_request',
    'no_change',
    'already_live',
    'merge_queue',
    'duplicate',
  ])

  it.each(reasonCodes)('%s has a step, or needs none', (reason) => {
    const upgrade = { ...receiptOf(started), reason, decision: decisions[0] }
    expect(nextSteps(upgrade)).toHaveLength(well.has(reason) ? 0 : 1)
  })

  it('takes back only what is neither well nor back already', () => {
    const upgrade = {
      ...receiptOf({ ...started, environments: ['staging', 'production'] } as never),
      reason: 'health_no_data',
    } as Upgrade
    const states = upgrade.environments.map(
      (one, index) => ({ ...one, state: index === 0 ? 'promoted' : 'held' }) as const,
    )
    expect(nextSteps({ ...upgrade, environments: states })[0]).toMatch(
      /or: seamless rollback --environment production$/,
    )
  })
})

describe('hostile and huge receipts', () => {
  const hostile =
    '\u001B[2J<img src=//evil>@org/team [x](https://evil) ![y](//evil) `a` ~~~ \u202E www.evil.example\n# big'

  it('O01 O03 O06 lets no outside text be markup, a mention, a link or a control character', () => {
    const upgrade = receiptOf(
      { ...started, base: { name: hostile } } as never,
      {
        type: 'tested',
        suite: suite({ failed: 1, newlyFailing: [{ name: hostile, result: 'failed', message: hostile }] }),
      },
      { type: 'release_compared', ...production, difference: `${hostile}\n\`\`\`\n` },
      { type: 'environment_ended', ...production, state: 'dirty', message: hostile },
      { type: 'ended', decision: 'failed', reason: 'tests_failed', message: hostile },
    )
    const text = receiptText(upgrade)
    // oxlint-disable-next-line no-control-regex -- the very thing that must not be there
    expect(text).not.toMatch(/[\u0000-\u0009\u000B-\u001F\u202E]/)
    const markdown = jobSummary(upgrade).replaceAll(/(`+)(?!`)[^]*?(?<!`)\1(?!`)/g, '')
    expect(markdown).not.toMatch(/(?<!\\)<img|(?<!\\)\[x|(?<!\\)!\[|:\/\/evil|^# |www\.evil/m)
  })

  it.each([
    ['https://g.example/d/a?from=1&to=2', '[Graphs of this time](https://g.example/d/a?from=1&to=2)'],
    [
      'https://g.example/d/a?x=) [b](//evil)<img>&from=1',
      '[Graphs of this time](https://g.example/d/a?x=%29%20%5bb%5d%28//evil%29%3Cimg%3E&from=1)',
    ],
    ['javascript:alert(1)', undefined],
    ['no address', undefined],
  ])('O03 links to graphs at %s as %s', (dashboard, link) => {
    const upgrade = receiptOf(started, begun, {
      type: 'judged',
      ...production,
      report: report({ dashboard }),
    })
    expect(jobSummary(upgrade).match(/^\[Graphs.*$/m)?.[0]).toBe(link)
  })

  it('tells who paused, promoted or accepted what, and when', () => {
    const words = [
      { step: '10%', said: 'paused' as const, by: 'ada' },
      { step: 'watch', said: 'promoted' as const, by: 'eve`*x*' },
    ]
    const upgrade = receiptOf(
      started,
      begun,
      ...words.map((word) => ({ type: 'person_said' as const, ...production, saidAtMs: 1, ...word })),
    )
    expect(jobSummary(upgrade)).toContain(
      '\n  - paused by `ada` at 10% of the traffic\n  - promoted by ``eve`*x*`` in the watch\n',
    )
  })

  it('stays far below what GitHub takes: three environments, 50 checks, 5 000 tests', () => {
    const names = Array.from({ length: 5000 }, (_, index) => ({
      name: `case ${index} ${'漢'.repeat(80)}`,
      result: 'failed' as const,
    }))
    const checks = Array.from({ length: 50 }, (_, index) =>
      check({ name: `check-${index}`, change: '漢'.repeat(300) }),
    )
    const environments = ['a', 'b', 'c']
    const upgrade = receiptOf(
      { ...started, environments } as never,
      {
        type: 'tested',
        suite: suite({
          failed: 5000,
          names,
          newlyFailing: names.map((one) => ({ ...one, message: '漢'.repeat(4000) })),
        }),
      },
      ...environments.flatMap((environment) => [
        { type: 'release_compared' as const, environment, difference: '漢\n'.repeat(60_000) },
        ...['10%', '50%', 'watch'].map((at) => ({
          type: 'judged' as const,
          environment,
          report: report({ step: at, checks }),
        })),
      ]),
      { type: 'ended', decision: 'failed', reason: 'tests_failed', message: '漢'.repeat(100_000) },
    )
    const summary = jobSummary(upgrade)
    expect(Buffer.byteLength(summary)).toBeLessThan(1024 * 1024)
    expect(summary).toContain('check-49')
    expect(receiptText(upgrade).length).toBeLessThan(1024 * 1024)
  })
})
