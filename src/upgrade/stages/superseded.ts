import { decideSuperseded } from '../gate.ts'
import { type Ending, type Run, textOf } from '../run.ts'
import { recordState, recordVerdict } from '../state-of-record.ts'

/**
 * Asked before each act on an environment: whether it is still this upgrade's. A record that does not answer is no reason
 * to stop, least of all to stop taking something back.
 */
export async function superseded(run: Run, name: string): Promise<Ending | undefined> {
  const deployment = run.upgrade().environments.find((known) => known.name === name)?.deployment
  if (deployment === undefined) return undefined
  const newest = await run.ports.deployments.newest(name).catch((error: unknown) => {
    run.ports.log.warning(`Whether ${name} is still this upgrade's could not be asked: ${textOf(error)}`)
    return undefined
  })
  run.signal.throwIfAborted()
  const ending = decideSuperseded(name, deployment, newest)
  if (ending === undefined) return undefined
  if (newest?.id !== deployment) await recordState(run, name, 'inactive', `superseded: ${ending.message}`)
  await recordVerdict(run, name, 'inconclusive', ending.message)
  const isBack = newest?.id === deployment && newest.state === 'failure'
  await run.record({
    type: 'environment_ended',
    environment: name,
    state: isBack ? 'rolled_back' : 'unknown',
    message: ending.message,
  })
  return ending
}
