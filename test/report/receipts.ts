import { next } from '../../src/upgrade/upgrade.ts'
import type { NewEvent, UpgradeEvent } from '../../src/upgrade/event.ts'
import type { SuiteResult, VerdictReport } from '../../src/upgrade/facts.ts'
import type { Upgrade } from '../../src/upgrade/receipt.ts'

const START = Date.UTC(2026, 10, 23, 12)
export const sha = (digit: string): string => digit.repeat(40)

/** The receipt of these events, a second apart. */
export function receiptOf(...events: readonly NewEvent[]): Upgrade {
  const stamped = events.map((event, index): UpgradeEvent => ({ ...event, atMs: START + index * 1000 }))
  const upgrade = stamped.reduce<Upgrade | undefined>(next, undefined)
  if (upgrade === undefined) throw new Error('no event')
  return upgrade
}

export const started: NewEvent = {
  type: 'started',
  id: '0123456789abcdef',
  repository: 'team/service',
  operation: 'run',
  planDigest: `sha256:${'0'.repeat(64)}`,
  made: false,
  branch: 'feature',
  base: { sha: sha('a'), name: '1.0.0' },
  candidate: { sha: sha('b'), name: '1.1.0' },
  environments: ['production'],
}

export const compared: NewEvent = {
  type: 'code_compared',
  code: {
    commits: [{ id: sha('b'), subject: 'Answer faster', author: 'Ada <ada@example.org>', atMs: START }],
    more: 0,
    files: [{ path: 'server.js', added: 3, removed: 1 }],
  },
}

export const begun: NewEvent = {
  type: 'deployment_begun',
  environment: 'production',
  deployment: '7',
  previous: { sha: sha('a'), name: '1.0.0' },
}

export function step(
  id: string,
  stage: 'build' | 'test' | 'deploy' | 'monitor',
  failed?: string,
): NewEvent[] {
  return [
    { type: 'step_started', step: id, stage },
    failed === undefined
      ? { type: 'step_ended', step: id, result: 'done' }
      : { type: 'step_ended', step: id, result: 'failed', message: failed },
  ]
}

export function suite(more: Partial<SuiteResult> = {}): SuiteResult {
  return {
    suite: 'test/unit',
    kind: 'own',
    passed: 41,
    failed: 0,
    skipped: 0,
    against: 'not_needed',
    newlyFailing: [],
    known: [],
    newlyPassing: [],
    added: [],
    removed: [],
    accepted: [],
    unused: [],
    names: [],
    ...more,
  }
}

export function check(more: Partial<VerdictReport['checks'][number]> = {}): VerdictReport['checks'][number] {
  return {
    name: 'errors',
    verdict: 'healthy',
    reason: 'within',
    before: '0.1 %',
    after: '0.1 %',
    change: '±0 (at most 0.2 %)',
    allowed: 'max 1 %',
    coverage: { measured: 40, expected: 40 },
    sparkline: '▁▁▂▁',
    line: 'errors 0.1 %',
    queries: ['http_requests_total'],
    wasBadBefore: false,
    ...more,
  }
}

export function report(more: Partial<VerdictReport> = {}): VerdictReport {
  return {
    step: 'watch',
    verdict: 'healthy',
    reason: 'healthy',
    line: 'Healthy after 10 min: errors within the limits.',
    startedAtMs: START,
    endedAtMs: START + 600_000,
    comparison: 'concurrent',
    noticed: { requests: 0, upper: 3, watched: 48_210 },
    watched: 48_210,
    checks: [check()],
    evidence: {},
    ...more,
  }
}
