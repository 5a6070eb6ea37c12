import type { TestCase, TestOutcome } from '../../ports/test-runner.ts'
import type { StepFailure } from '../../ports/step.ts'
import type { SuiteResult, Version } from '../facts.ts'
import { stepId, type TestStep } from '../plan.ts'
import { contextOf, type Ending, perform, type Run, type StepEnd, stepsOf } from '../run.ts'
import { type BaseResults, compareOwnTests, comparePreviousTests, needsBase } from '../test-difference.ts'

/**
 * The tests of version n+1, and version n's own black-box tests against it. All suites run, so that one report tells
 * everything; the stage fails when any test is newly failing.
 */
export async function testStage(run: Run): Promise<Ending | undefined> {
  const failures: StepEnd[] = []
  await restoreArtifacts(run)
  let broken: 'tests_failed' | 'users_tests_failed' = 'users_tests_failed'
  for (const step of run.config.test) {
    const id = stepId('test', step, run.plan)
    const planned = run.plan.steps.find((known) => known.id === id)
    if (planned === undefined) continue
    const end = await perform(run, planned, () =>
      speaksForUsers(step) ? testAsBefore(run, id, step) : testItself(run, id, step),
    )
    if (end.result !== 'failed') continue
    failures.push(end)
    if (!speaksForUsers(step)) broken = 'tests_failed'
  }
  if (failures.length === 0) return undefined
  return {
    decision: 'failed',
    reason: broken,
    message: failures.map(({ message }) => message ?? 'The tests failed.').join('\n'),
  }
}

/** What is tested is what was built and will be deployed, also where an earlier job built it. */
async function restoreArtifacts(run: Run): Promise<void> {
  const { artifacts } = run.upgrade()
  if (artifacts.length === 0 || stepsOf(run, 'test').length === 0) return
  const { path } = await run.worktree()
  await run.ports.artifacts.restore(artifacts, path)
}

/** Steps that say what users of version n would meet; they need no base to tell a known failure by: they *are* the base. */
type UsersStep = Extract<TestStep, { adapter: 'previous' | 'openapi' }>
type OwnStep = Exclude<TestStep, UsersStep>

function speaksForUsers(step: TestStep): step is UsersStep {
  return step.adapter === 'previous' || step.adapter === 'openapi'
}

async function testItself(run: Run, id: string, step: OwnStep): Promise<StepEnd> {
  const runner = await run.ports.adapters.testRunner(step)
  const outcome = await runner.test(
    await contextOf(run, id, { worktree: await run.worktree(), ...folderOf(step) }),
  )
  if (outcome.kind === 'failed') return failed(outcome.failure)
  const base = await baseResults(run, id, step, outcome.cases)
  return ended(compareOwnTests(id, outcome.cases, base))
}

/** A build elsewhere has its own checkout. */
function folderOf(step: OwnStep): { working?: string } {
  return step.adapter === 'run' ? { working: step.working } : {}
}

/** In a checkout of version n: its own tests, or its API's description; SEAMLESS_CANDIDATE_DIR is where version n+1 is built. */
async function testAsBefore(run: Run, id: string, step: UsersStep): Promise<StepEnd> {
  const base = commitOf(run.plan.base)
  if (base === undefined)
    return { result: 'skipped', message: 'There is no version n: this is the first upgrade.' }
  const candidate = await contextOf(run, id, { worktree: await run.worktree() })
  const runner = await run.ports.adapters.testRunner(step)
  const outcome = await runner.test(
    await contextOf(run, id, {
      worktree: await run.worktreeAt(base),
      ...(step.adapter === 'previous' && { working: step.working }),
      values: { SEAMLESS_CANDIDATE_DIR: candidate.directory },
    }),
  )
  if (outcome.kind === 'failed') return failed(outcome.failure)
  return ended(comparePreviousTests(id, outcome.cases, step.accepts))
}

async function baseResults(
  run: Run,
  id: string,
  step: OwnStep,
  cases: readonly TestCase[],
): Promise<BaseResults> {
  const base = commitOf(run.plan.base)
  if (base === undefined) return { against: 'first_upgrade' }
  const receipt = await run.ports.receipts.ofCommit(base)
  const known = receipt?.tests.find(({ suite }) => suite === id)
  if (known) return { against: 'receipt', names: known.names }
  if (!needsBase(cases)) return { against: 'not_needed' }
  return runOnBase(run, id, step, base)
}

/** Only a run that reported each test excuses one: a base that cannot be tested excuses nothing. */
async function runOnBase(run: Run, id: string, step: OwnStep, base: string): Promise<BaseResults> {
  run.ports.log.info(
    `${id}: some tests failed; running them on the base ${base.slice(0, 12)} to tell known failures apart.`,
  )
  const on = `${id} (base)`
  const worktree = await run.worktreeAt(base)
  const prepared = await prepareBase(run, on, step, worktree)
  if (!prepared) return { against: 'unknown' }
  const runner = await run.ports.adapters.testRunner(step)
  const outcome: TestOutcome = await runner.test(await contextOf(run, on, { worktree, ...folderOf(step) }))
  if (outcome.kind === 'failed') {
    run.ports.log.warning(`${on}: ${outcome.failure.message} Every failure counts as new.`)
    return { against: 'unknown' }
  }
  return { against: 'base_run', names: outcome.cases.map(({ name, result }) => ({ name, result })) }
}

async function prepareBase(
  run: Run,
  on: string,
  step: OwnStep,
  worktree: Awaited<ReturnType<Run['worktreeAt']>>,
): Promise<boolean> {
  if (step.adapter !== 'run' || step.base === undefined) return true
  const builder = await run.ports.adapters.builder({ ...step, run: step.base, artifacts: [] })
  const outcome = await builder.build(await contextOf(run, on, { worktree, working: step.working }))
  if (outcome.kind === 'built') return true
  run.ports.log.warning(`${on}: ${outcome.failure.message} Every failure counts as new.`)
  return false
}

function ended(suite: SuiteResult): StepEnd {
  const events = [{ type: 'tested' as const, suite }]
  const { newlyFailing, known, accepted, passed } = suite
  if (newlyFailing.length === 0) {
    const excused = known.length > 0 ? `, failing as on the base: ${known.length}` : ''
    const meant = accepted.length > 0 ? `, breaking as accepted: ${accepted.length}` : ''
    return { result: 'done', message: `${passed} passed${excused}${meant}`, events }
  }
  const names = newlyFailing.slice(0, 3).map(({ name }) => name)
  const rest = newlyFailing.length > 3 ? ` and ${newlyFailing.length - 3} more` : ''
  const whose = suite.kind === 'previous' ? 'tests of version n fail on the new build' : 'tests newly fail'
  return {
    result: 'failed',
    message: `${suite.suite}: ${newlyFailing.length} ${whose}: ${names.join(', ')}${rest}.`,
    events,
  }
}

function failed({ message, output }: StepFailure): StepEnd {
  return { result: 'failed', message, output }
}

function commitOf(version: Version | undefined): string | undefined {
  return version?.sha
}
