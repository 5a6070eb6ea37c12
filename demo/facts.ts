import { failed, type Outcome } from './load/outcome.ts'
import { tally } from './load/tally.ts'
import type { WorkflowRun } from './workflow-run.ts'

/** One claim of the demo, and whether it was so. */
export interface Fact {
  readonly claim: string
  readonly holds: boolean
  /** What was found, for people. */
  readonly found: string
}

/** One upgrade: what the workflow and the App made of it, and what its users saw meanwhile. */
export interface Played {
  readonly run: Pick<WorkflowRun, 'exitCode' | 'receipt'>
  /** The conclusion of the App's check on the merge. */
  readonly verdict: string
  /** What the App says on the pull request in the end. */
  readonly comments: readonly string[]
  /** The App's own pull request that takes it back. */
  readonly revert: { readonly number: number; readonly isMerged: boolean } | undefined
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

export function adoptionFacts({ run, verdict, outcomes }: Played): Fact[] {
  const { failed, requests } = tally(outcomes)
  return [
    fact('version 1 was watched by the App and found healthy', isPromoted(run, verdict), said(run, verdict)),
    fact('meanwhile no request failed', failed === 0 && requests > 0, `${failed} of ${requests}`),
  ]
}

export function goodUpgradeFacts({ run, verdict, comments, outcomes }: Played): Fact[] {
  const { failed, requests, versions } = tally(outcomes)
  const last = outcomes.toSorted((a, b) => a.atMs - b.atMs).at(-1)?.version ?? ''
  const steps = stepsJudged(run)
  return [
    fact('its traffic went 10 %, 50 %, 100 %', steps === '10%, 50%', steps),
    fact('the App watched version 2 and promoted it', isPromoted(run, verdict), said(run, verdict)),
    fact('its pull request says so', isTold(comments, /^### ✅ .*it is promoted/m), titleOf(comments)),
    fact('users met both versions, in the end version 2', versions.size === 2 && last === '2.0.0', last),
    fact('no request failed', failed === 0 && requests > 0, `${failed} of ${requests}`),
  ]
}

export function badUpgradeFacts(
  { run, verdict, comments, revert, outcomes }: Played,
  after: Aftermath,
): Fact[] {
  const { versions, failed: all } = tally(outcomes)
  const bad = versions.get('3.0.0') ?? { requests: 0, failed: 0 }
  const lastBadMs = Math.max(...outcomes.filter(({ version }) => version === '3.0.0').map(({ atMs }) => atMs))
  const later = outcomes.filter(({ atMs }) => atMs > lastBadMs)
  const { receipt } = run
  const tests = receipt?.tests ?? []
  const failing = tests.flatMap((suite) => suite.newlyFailing)
  const [newest] = after.history
  return [
    fact(
      'version 3 passed its own tests',
      tests.length > 0 && failing.length === 0,
      `${tests.reduce((sum, suite) => sum + suite.passed, 0)} passed, ${failing.length} newly failing`,
    ),
    fact(
      'version 3 failed some of its users',
      bad.failed > 0,
      `${bad.failed} of its ${bad.requests} requests`,
    ),
    fact('nobody else', all === bad.failed, `${all - bad.failed} other failures`),
    fact('its first step of traffic was its last', stepsJudged(run) === '10%', stepsJudged(run)),
    fact('it was rolled back', receipt?.decision === 'rolled_back' && run.exitCode === 1, said(run, verdict)),
    fact(
      'version 2 answers again, and fails nobody',
      after.live === '2.0.0' && !later.some(failed),
      after.live,
    ),
    fact(
      'the App reverted its merge by a merged pull request',
      revert?.isMerged === true && verdict === 'failure',
      newest ?? '',
    ),
    fact(
      'main has exactly the files from before it',
      after.tree === after.treeBefore,
      after.tree.slice(0, 12),
    ),
    fact('its pull request says so, and how users are since', isTold(comments, RECOVERED), titleOf(comments)),
  ]
}

export function lateUpgradeFacts(
  { run, verdict, comments, revert, outcomes }: Played,
  after: Aftermath,
): Fact[] {
  const { versions, failed: all } = tally(outcomes)
  const bad = versions.get('4.0.0') ?? { requests: 0, failed: 0 }
  const lastBadMs = Math.max(...outcomes.filter(({ version }) => version === '4.0.0').map(({ atMs }) => atMs))
  const later = outcomes.filter(({ atMs }) => atMs > lastBadMs)
  return [
    fact('version 4 took all its steps of traffic', stepsJudged(run) === '10%, 50%', stepsJudged(run)),
    fact('then it failed users', bad.failed > 0, `${bad.failed} of its ${bad.requests} requests`),
    fact('nobody else', all === bad.failed, `${all - bad.failed} other failures`),
    fact('the App found it', verdict === 'failure', said(run, verdict)),
    fact(
      'and had version 2 brought back, which fails nobody',
      after.live === '2.0.0' && !later.some(failed),
      after.live,
    ),
    fact(
      'it proposed the revert, and left it to a person',
      revert?.isMerged === false,
      revert === undefined ? 'no revert' : `#${revert.number}`,
    ),
    fact(
      'merged, main has exactly the files from before it',
      after.tree === after.treeBefore,
      after.tree.slice(0, 12),
    ),
    fact('its pull request says so, and how users are since', isTold(comments, RECOVERED), titleOf(comments)),
  ]
}

const RECOVERED = /again since .* and are well/

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

/** The workflow brought it to all users and left it to the App, whose check says the rest. */
function isPromoted({ exitCode, receipt }: Played['run'], verdict: string): boolean {
  return exitCode === 0 && receipt?.reason === 'watched_by_app' && verdict === 'success'
}

function said({ exitCode, receipt }: Played['run'], verdict: string): string {
  const decision = `${receipt?.decision ?? 'cut off'}, ${receipt?.reason ?? 'no reason'}`
  return `${decision}, exit code ${exitCode}; the App's check: ${verdict}`
}

function isTold(comments: readonly string[], what: RegExp): boolean {
  return comments.some((comment) => what.test(comment))
}

function titleOf(comments: readonly string[]): string {
  return (comments.at(-1) ?? 'nothing was said').split('\n', 1)[0]?.replace(/^#+ /, '') ?? ''
}

function stepsJudged({ receipt }: Played['run']): string {
  return (receipt?.environments ?? []).flatMap(({ judged }) => judged.map(({ step }) => step)).join(', ')
}
