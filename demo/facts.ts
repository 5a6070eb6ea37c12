import { failed, type Outcome } from './load/outcome.ts'
import { tally } from './load/tally.ts'
import type { SeamlessRun } from './seamless-run.ts'

/** One claim of the demo, and whether it was so. */
export interface Fact {
  readonly claim: string
  readonly holds: boolean
  /** What was found, for people. */
  readonly found: string
}

/** One upgrade: what Seamless says of it, and what its users saw meanwhile. */
export interface Played {
  readonly run: SeamlessRun
  readonly outcomes: readonly Outcome[]
}

/** What is left of the bad version in the end. */
export interface Aftermath {
  /** The version that answers users. */
  readonly live: string
  /** Trees by their ids: main's now, and main's before the bad merge. */
  readonly tree: string
  readonly treeBefore: string
  /** Titles of main's commits, newest first. */
  readonly history: readonly string[]
}

export function adoptionFacts({ run, outcomes }: Played): Fact[] {
  const { failed, requests } = tally(outcomes)
  return [
    fact('version 1 was watched and found healthy', isPromoted(run), said(run)),
    fact('meanwhile no request failed', failed === 0 && requests > 0, `${failed} of ${requests}`),
  ]
}

export function goodUpgradeFacts({ run, outcomes }: Played): Fact[] {
  const { failed, requests, versions } = tally(outcomes)
  const last = outcomes.toSorted((a, b) => a.atMs - b.atMs).at(-1)?.version ?? ''
  const steps = stepsJudged(run)
  return [
    fact('version 2 was promoted', isPromoted(run), said(run)),
    fact('its traffic went 10 %, 50 %, 100 %', steps === '10%, 50%, watch', steps),
    fact('users met both versions, in the end version 2', versions.size === 2 && last === '2.0.0', last),
    fact('no request failed', failed === 0 && requests > 0, `${failed} of ${requests}`),
  ]
}

export function badUpgradeFacts({ run, outcomes }: Played, after: Aftermath): Fact[] {
  const { versions, failed: all } = tally(outcomes)
  const bad = versions.get('3.0.0') ?? { requests: 0, failed: 0 }
  const lastBadMs = Math.max(...outcomes.filter(({ version }) => version === '3.0.0').map(({ atMs }) => atMs))
  const later = outcomes.filter(({ atMs }) => atMs > lastBadMs)
  const { receipt } = run
  const failing = receipt.tests.flatMap((suite) => suite.newlyFailing)
  const [revert] = after.history
  return [
    fact(
      'version 3 passed its own tests',
      receipt.tests.length > 0 && failing.length === 0,
      `${receipt.tests.reduce((sum, suite) => sum + suite.passed, 0)} passed, ${failing.length} newly failing`,
    ),
    fact(
      'version 3 failed some of its users',
      bad.failed > 0,
      `${bad.failed} of its ${bad.requests} requests`,
    ),
    fact('nobody else', all === bad.failed, `${all - bad.failed} other failures`),
    fact('its first step of traffic was its last', stepsJudged(run) === '10%', stepsJudged(run)),
    fact('it was rolled back', receipt.decision === 'rolled_back' && run.exitCode === 1, said(run)),
    fact(
      'version 2 answers again, and fails nobody',
      after.live === '2.0.0' && !later.some(failed),
      after.live,
    ),
    fact(
      'its merge was reverted by a merged pull request',
      receipt.revert?.outcome === 'merged',
      revert ?? '',
    ),
    fact(
      'main has exactly the files from before it',
      after.tree === after.treeBefore,
      after.tree.slice(0, 12),
    ),
  ]
}

export function naiveUpgradeFacts(outcomes: readonly Outcome[]): Fact[] {
  const { failed, requests } = tally(outcomes)
  return [fact('naive-deploy.sh fails users', failed > 0, `${failed} of ${requests}`)]
}

export function factLine({ claim, holds, found }: Fact): string {
  return `  ${holds ? '✓' : '✗'} ${claim} (${found})`
}

function fact(claim: string, holds: boolean, found: string): Fact {
  return { claim, holds, found }
}

function isPromoted({ exitCode, receipt }: SeamlessRun): boolean {
  return exitCode === 0 && receipt.decision === 'promoted' && receipt.reason === 'healthy'
}

function said({ exitCode, receipt }: SeamlessRun): string {
  return `${receipt.decision ?? 'cut off'}, ${receipt.reason ?? 'no reason'}, exit code ${exitCode}`
}

function stepsJudged({ receipt }: SeamlessRun): string {
  return receipt.environments.flatMap(({ judged }) => judged.map(({ step }) => step)).join(', ')
}
