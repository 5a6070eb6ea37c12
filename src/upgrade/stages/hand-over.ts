import { candidateOf, type Ending, environmentConfig, type Run } from '../run.ts'
import { recordVerdict } from '../state-of-record.ts'

/** Whether the App watches what is live in an environment, and this run does not. */
export function isHandedOver(run: Run, name: string): boolean {
  return run.ports.appWatches && environmentConfig(run, name).health !== undefined
}

/** Whether this run looks at an environment's health: at a step of its traffic at least, which only the run at work can hold. */
export function judgesHere(run: Run, name: string): boolean {
  const { health, traffic } = environmentConfig(run, name)
  if (health === undefined) return false
  return !run.ports.appWatches || (run.plan.stage !== 'monitor' && (traffic?.steps.length ?? 0) > 1)
}

/** What the run says of it once it is live; the App finds its report when that is said, so that comes first. */
export async function handOver(run: Run, name: string): Promise<string> {
  const { name: version } = candidateOf(run.upgrade())
  const line = `${name} runs ${version}; the App watches it from here on.`
  await recordVerdict(run, name, 'inconclusive', line)
  return `watched_by_app: ${line}`
}

/**
 * How a run ends that leaves what is live to the App; nothing where there is no such environment. One that comes after must wait for the
 * App's verdict, which no job waits for.
 */
export function handedOverEnd(run: Run): Ending | undefined {
  const live = run
    .upgrade()
    .environments.filter(({ name, state }) => state === 'live' && run.plan.environments.includes(name))
    .map(({ name }) => name)
  const watched = live.filter((name) => isHandedOver(run, name))
  if (watched.length === 0) return undefined
  const { name: version } = candidateOf(run.upgrade())
  const where = watched.join(', ')
  const waiting = run.plan.environments.filter((name) => waitsFor(run, name, watched))
  const next =
    waiting.length === 0
      ? ''
      : ` ${waiting.join(', ')} must wait for that: once ${where} is healthy, what was merged goes on there by a run of its own; from an open pull request say "/deploy ${waiting[0]}".`
  return {
    decision: 'completed',
    reason: 'watched_by_app',
    message: `${version} is live in ${where}. The App watches it from here on, promotes it or takes it back, and says so where it was merged.${next}`,
  }
}

/** Whether the environments after this one must wait for what the App finds out. */
export function holdsOthersBack(run: Run, name: string): boolean {
  return (
    isHandedOver(run, name) &&
    run.upgrade().environments.some((known) => known.name === name && known.state === 'live') &&
    run.plan.environments.some((other) => waitsFor(run, other, [name]))
  )
}

/** One that was not begun yet and comes after one of these. */
function waitsFor(run: Run, name: string, watched: readonly string[]): boolean {
  const isUntouched = run
    .upgrade()
    .environments.some((known) => known.name === name && known.state === 'untouched')
  return isUntouched && environmentConfig(run, name).after.some((earlier) => watched.includes(earlier))
}
