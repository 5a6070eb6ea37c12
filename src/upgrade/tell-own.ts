import { finalWord } from './final-word.ts'
import { type Run, textOf } from './run.ts'
import { recordState } from './state-of-record.ts'

/**
 * Where the App goes on, it learns from the deployments that this run made why the run ended: each is left in a state whose words begin
 * with the reason. What is live was told so when it was; the deployment that a run was given is told by whoever took it.
 */
export async function tellOwn(run: Run): Promise<void> {
  if (!run.ports.appWatches) return
  const upgrade = run.upgrade()
  for (const { name, deployment, state } of upgrade.environments) {
    const isOurs = deployment !== undefined && deployment !== run.adopt
    if (!isOurs || !run.plan.environments.includes(name) || state === 'live' || state === 'promoted') continue
    const before = state === 'untouched' ? await newestBefore(run, name, deployment) : undefined
    const word = finalWord(upgrade, name, before)
    if (word !== undefined) await recordState(run, name, word.state, word.description)
  }
}

async function newestBefore(run: Run, name: string, deployment: string) {
  return run.ports.deployments.newest(name, undefined, deployment).catch((error: unknown) => {
    run.ports.log.warning(`What was in ${name} before could not be asked: ${textOf(error)}`)
    return undefined
  })
}
