import type { DeploymentState, DeploymentVerdict } from '../ports/deployments.ts'
import { type Run, textOf } from './run.ts'

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
  const id = deploymentOf(run, name)
  if (id === undefined) return
  await run.ports.deployments.setState(id, state, message).catch((error: unknown) => {
    run.ports.log.error(
      `The state "${state}" of ${name} could not be recorded, so later runs do not know it (${message}): ${textOf(error)}`,
    )
  })
}

export async function recordVerdict(
  run: Run,
  name: string,
  verdict: DeploymentVerdict,
  line: string,
): Promise<void> {
  const id = deploymentOf(run, name)
  if (id === undefined) return
  const { artifacts, id: upgrade } = run.upgrade()
  const summary = { title: line, text: line, details: JSON.stringify({ upgrade, artifacts }) }
  await run.ports.deployments.setVerdict(id, verdict, summary).catch((error: unknown) => {
    run.ports.log.error(
      `The verdict "${verdict}" of ${name} could not be recorded, so later runs do not know it: ${textOf(error)}`,
    )
  })
}

function deploymentOf(run: Run, name: string): string | undefined {
  return run.upgrade().environments.find((known) => known.name === name)?.deployment
}
