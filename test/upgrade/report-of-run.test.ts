import { describe, expect, test } from 'vitest'
import type { Upgrade } from '../../src/upgrade/receipt.ts'
import { runReportText } from '../../src/upgrade/report-of-run.ts'
import { runReport } from '../../src/upgrade/run-report.ts'

const digest = `sha256:${'a'.repeat(64)}`
type Check = Upgrade['environments'][number]['judged'][number]['checks'][number]

const check = (more: Partial<Check> = {}): Check => ({
  name: 'errors',
  verdict: 'healthy',
  reason: 'within_limit',
  before: '0.1 %',
  after: '0.1 %',
  change: '+0',
  allowed: '1 %',
  coverage: { measured: 3, expected: 3 },
  sparkline: '▁▂',
  line: 'fine',
  queries: ['sum(rate(x[1m]))'],
  wasBadBefore: false,
  ...more,
})

const upgrade = (more: Partial<Upgrade> = {}, checks: Check[] = [check()], difference = ''): Upgrade => ({
  schema: 'seamless.receipt/1',
  id: 'abc',
  repository: 'acme/shop',
  operation: 'run',
  planDigest: 'x',
  made: false,
  startedAtMs: 1,
  artifacts: [{ kind: 'image', name: 'registry/shop', digest, bytes: 3 }],
  tests: [],
  environments: [
    {
      name: 'production',
      state: 'live',
      difference,
      judged: [
        {
          step: '10%',
          verdict: 'healthy',
          reason: 'within_limit',
          line: 'Fine at 10 %.',
          startedAtMs: 1,
          endedAtMs: 2,
          comparison: 'concurrent',
          watched: 100,
          checks,
          evidence: { large: 'x'.repeat(100_000) },
        },
      ],
    },
  ],
  steps: [],
  ...more,
})
const read = (text: string) => runReport.parse(JSON.parse(text))

describe('what a run leaves for the App', () => {
  test('says what was built, what differs and how a step of the traffic was judged, without the evidence', () => {
    const files = [
      { path: 'a', added: 3, removed: 1 },
      { path: 'b', added: 4, removed: 0 },
    ]
    const suite = {
      suite: 'unit',
      kind: 'own' as const,
      passed: 12,
      failed: 1,
      skipped: 0,
      against: 'receipt' as const,
      newlyFailing: [],
      known: ['x'],
      newlyPassing: [],
      added: [],
      removed: [],
      accepted: ['y'],
      unused: [],
      names: [],
    }
    const text = runReportText(
      upgrade({ code: { commits: [], more: 2, files }, tests: [suite] }, [check()], '+ image: 2\n'),
      'production',
    )
    expect(read(text)).toEqual({
      schema: 'seamless.run/1',
      upgrade: 'abc',
      artifacts: [{ kind: 'image', name: 'registry/shop', digest, bytes: 3 }],
      code: { commits: 2, files: 2, added: 7, removed: 1 },
      tests: [{ suite: 'unit', passed: 12, newlyFailing: 0, accepted: 1 }],
      release: '+ image: 2\n',
      judged: {
        step: '10%',
        verdict: 'healthy',
        reason: 'within_limit',
        line: 'Fine at 10 %.',
        endedAtMs: 2,
        comparison: 'concurrent',
        watched: 100,
        checks: [check()],
      },
    })
  })

  test('of an environment that was not judged it says no verdict', () => {
    expect(read(runReportText(upgrade(), 'staging'))).not.toHaveProperty('judged')
  })

  test.each<[string, Upgrade]>([
    ['a difference of a megabyte', upgrade({}, [], '\u0007"😀'.repeat(300_000))],
    [
      'hundreds of checks with long queries',
      upgrade(
        {},
        Array.from({ length: 300 }, (_, at) =>
          check({ name: `check-${at}`, queries: Array.from({ length: 9 }, () => '"\\'.repeat(2000)) }),
        ),
      ),
    ],
    [
      'thousands of files with long names',
      upgrade({
        artifacts: Array.from({ length: 3000 }, (_, at) => ({
          name: `dist/${at}/${'é'.repeat(900)}`,
          digest,
          bytes: 1,
        })),
      }),
    ],
    ['a line without an end', upgrade({}, [check({ line: '😀'.repeat(90_000) })])],
  ])('O04 %s: it fits into a check run, and is JSON still', (_, large) => {
    const text = runReportText(large, 'production')
    expect(text.length).toBeLessThan(65_535)
    expect(text).not.toMatch(/\\ud[89ab]/)
    expect(read(text).upgrade).toBe('abc')
  })

  test('what is too much goes before the digests, and of those the files before the images', () => {
    const file = (at: number) => ({ name: `dist/${at}`, digest, bytes: 1 })
    const images = [{ kind: 'image' as const, name: 'registry/late', digest, bytes: 1 }]
    const many = upgrade(
      { artifacts: [...Array.from({ length: 500 }, (_, at) => file(at)), ...images] },
      Array.from({ length: 60 }, () => check({ line: 'l'.repeat(5000) })),
      'd'.repeat(90_000),
    )
    const { artifacts } = read(runReportText(many, 'production'))
    expect(artifacts[0]?.name).toBe('registry/late')
    expect(artifacts).toHaveLength(200)
  })

  test('a bad check is told before the good ones', () => {
    const checks = Array.from({ length: 60 }, (_, at) => check({ name: `good-${at}` }))
    const told = runReportText(
      upgrade({}, [...checks, check({ name: 'bad', verdict: 'unhealthy' })]),
      'production',
    )
    expect(read(told).judged?.checks[0]?.name).toBe('bad')
  })
})
