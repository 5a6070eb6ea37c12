import type { DeploymentState, DeploymentVerdict } from '../ports/deployments.ts'
import type { EnvironmentRecord } from './receipt.ts'
import { runReportText } from './report-of-run.ts'
import { type Run, textOf } from './run.ts'
import { verdictDetails } from './verdict-details.ts'

/*
 * What the state of record is told on the way. A record that does not answer changes nothing about the environment, so the
 * run goes on; it says what later runs will not know.
 */

export async function recordState(
  run: Run,
  name: string,
  state: DeploymentState,
  message: string,
): Promise<void> {
  const id = recordOf(run, name)?.deployment
  if (id !== undefined) await setState(run, name, { id, state, message })
}

/**
 * How taking an environment back ended. The deployment that was taken back is a failure then; a rollback that was given one
 * of its own is what is live now, and its version was found healthy before (which the App says itself where it judges).
 */
export async function recordTakenBack(
  run: Run,
  name: string,
  state: 'rolled_back' | 'dirty',
  message: string,
): Promise<void> {
  const { replaces, previous } = recordOf(run, name) ?? {}
  // `error` is what the next run refuses on: the environment needs a person first.
  if (state === 'dirty') return recordState(run, name, 'error', message)
  if (replaces === undefined) return recordState(run, name, 'failure', message)
  await setState(run, name, { id: replaces.deployment, state: 'failure', message })
  if (run.ports.appWatches) return recordState(run, name, 'success', message)
  if (replaces.wasHealthy) {
    await setVerdict(run, name, { id: replaces.deployment, verdict: 'inconclusive', line: message })
  }
  await recordState(run, name, 'success', message)
  const line = `${previous?.name ?? 'It'} was found healthy here before; ${name} was rolled back to it.`
  await recordVerdict(run, name, 'healthy', line)
}

async function setState(
  run: Run,
  name: string,
  { id, state, message }: { id: string; state: DeploymentState; message: string },
): Promise<void> {
  await run.ports.deployments.setState(id, state, message).catch((error: unknown) => {
    run.ports.log.error(
      `The state "${state}" of ${name} could not be recorded, so later runs do not know it (${message}): ${textOf(error)}`,
    )
  })
}

/** How users took it; where the App judges, what this run can tell it: its report, of what it built and how it judged a traffic step. */
export async function recordVerdict(
  run: Run,
  name: string,
  verdict: DeploymentVerdict,
  line: string,
): Promise<void> {
  const id = recordOf(run, name)?.deployment
  if (id !== undefined) await setVerdict(run, name, { id, verdict, line })
}

async function setVerdict(
  run: Run,
  name: string,
  { id, verdict, line }: { id: string; verdict: DeploymentVerdict; line: string },
): Promise<void> {
  const { artifacts, id: upgrade } = run.upgrade()
  const details = run.ports.appWatches
    ? runReportText(run.upgrade(), name)
    : verdictDetails(upgrade, artifacts)
  const summary = { title: line, text: line, details }
  await run.ports.deployments.setVerdict(id, verdict, summary).catch((error: unknown) => {
    const lost = run.ports.appWatches
      ? `What this run knows of ${name} could not be left for the App`
      : `The verdict "${verdict}" of ${name} could not be recorded, so later runs do not know it`
    run.ports.log.error(`${lost}: ${textOf(error)}`)
  })
}

function recordOf(run: Run, name: string): EnvironmentRecord | undefined {
  return run.upgrade().environments.find((known) => known.name === name)
}
