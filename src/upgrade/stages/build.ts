import { contextOf, type Ending, perform, type Run } from '../run.ts'
import { stepId } from '../plan.ts'

/** Builds once, in a clean checkout of the upgrade's commit; what comes out is known by its digests ever after. */
export async function buildStage(run: Run): Promise<Ending | undefined> {
  for (const step of run.config.build) {
    const id = stepId('build', step, run.plan)
    const planned = run.plan.steps.find((known) => known.id === id)
    if (planned === undefined) continue
    const end = await perform(run, planned, async () => {
      const builder = await run.ports.adapters.builder(step)
      const outcome = await builder.build(
        await contextOf(run, id, { worktree: await run.worktree(), working: step.working }),
      )
      if (outcome.kind === 'failed') {
        return { result: 'failed', message: outcome.failure.message, output: outcome.failure.output }
      }
      const artifacts = outcome.artifacts.map((artifact) => ({ ...artifact }))
      return { result: 'done', events: artifacts.length > 0 ? [{ type: 'built', artifacts }] : [] }
    })
    if (end.result === 'failed') {
      return { decision: 'failed', reason: 'build_failed', message: end.message ?? `${id} failed.` }
    }
  }
  return undefined
}
