import { VersionControlError } from '../../errors.ts'
import type { Deployed } from '../../ports/deployments.ts'
import { readAutoRevert } from '../../revert/auto-revert.ts'
import { type Brakes, decideRevert, NO_BRAKES, type UnhealthyCheck } from '../../revert/decide.ts'
import { gatherRevertFacts, type KnownFacts } from '../../revert/gather-facts.ts'
import { reverseMerge } from '../../revert/reverse-merge.ts'
import { type RevertResult, revertMerge } from '../../revert/revert-merge.ts'
import type { VerdictReport } from '../facts.ts'
import { candidateOf, environmentConfig, type Run, textOf } from '../run.ts'
import type { EnvironmentRecord } from '../receipt.ts'

/**
 * After an environment was found unhealthy: the merge that brought it is reverted in the repository, or its revert
 * proposed, or neither, as `decideRevert` says. The environment was taken back before; this cannot make that undone, so a
 * failure here is a result and no error.
 */
export async function revertStage(run: Run): Promise<void> {
  const bad = run.upgrade().environments.find(({ judged }) => judged.at(-1)?.verdict === 'unhealthy')
  const report = bad?.judged.at(-1)
  if (bad === undefined || report === undefined) return
  const result = await revertAfter(run, bad, report).catch((error: unknown): RevertResult => ({
    outcome: 'failed',
    reason: error instanceof VersionControlError ? 'refused' : 'github_failed',
    message: textOf(error),
  }))
  const { pullRequest, suspect, commit: _, ...said } = result
  await run.record({
    type: 'reverted',
    revert: {
      ...said,
      ...(pullRequest && { pullRequest: { ...pullRequest } }),
      ...(suspect !== undefined && { suspect }),
    },
  })
}

async function revertAfter(run: Run, bad: EnvironmentRecord, report: VerdictReport): Promise<RevertResult> {
  const { pullRequests, reverseMerges, clock, log } = run.ports
  const known = knownFacts(run, bad, report)
  if (pullRequests !== undefined) {
    const brakes = async (): Promise<Brakes> => brakesOf(run)
    const decision = decideRevert(await gatherRevertFacts(known, { pullRequests, brakes, clock, log }))
    const { deployed, lastHealthy } = known
    const evidence = { environment: bad.name, deployed, line: report.line, checks: report.checks }
    return revertMerge(decision, { ...evidence, ...(lastHealthy && { lastHealthy }) }, pullRequests)
  }
  if (reverseMerges !== undefined) {
    const facts = await gatherRevertFacts(known, { pullRequests: reverseMerges, clock, log })
    return reverseMerge(decideRevert(facts), reverseMerges)
  }
  return {
    outcome: 'not_done',
    reason: 'refused',
    message: 'No merge was taken back: without a GitHub token nothing is known of merges.',
  }
}

/** A run sees nothing of other repositories, and ends before anybody knows whether a revert helped. */
async function brakesOf({ ports: { records } }: Run): Promise<Brakes> {
  if (records === undefined) return NO_BRAKES
  return { ...NO_BRAKES, autoRevert: (await readAutoRevert(records)).state }
}

function knownFacts(run: Run, bad: EnvironmentRecord, report: VerdictReport): KnownFacts {
  const { revert, shadow } = environmentConfig(run, bad.name)
  const { sha, name: version } = candidateOf(run.upgrade())
  const lastHealthy = lastHealthyOf(bad)
  return {
    policy: revert,
    shadow,
    verdict: report.verdict,
    // Its Deployment is of this commit, and users were sent to it: all of them, or a share.
    provenLive: bad.deployment !== undefined && wereSentThere(run, bad.name),
    unhealthy: report.checks
      .filter(({ verdict }) => verdict === 'unhealthy')
      .map((check) => unhealthyCheck(report, check)),
    deployed: { id: bad.deployment ?? '', sha, version },
    ...(lastHealthy && { lastHealthy }),
  }
}

/** Without traffic steps a deployment is for all users; with them, for those of the steps that were done. */
function wereSentThere(run: Run, name: string): boolean {
  const done = run.upgrade().steps.filter(({ state }) => state === 'done')
  const wanted = environmentConfig(run, name).traffic ? `deploy/${name}/traffic-` : `deploy/${name}/apply`
  return done.some(({ step }) => step.startsWith(wanted))
}

function lastHealthyOf({ previous }: EnvironmentRecord): Deployed | undefined {
  return previous?.sha === undefined ? undefined : { id: '', sha: previous.sha, version: previous.name }
}

function unhealthyCheck(report: VerdictReport, check: VerdictReport['checks'][number]): UnhealthyCheck {
  const compared = report.comparison === 'none' ? 'limit' : report.comparison
  return {
    name: check.name,
    against: check.reason === 'limit_exceeded' ? 'limit' : compared,
    queries: check.queries,
    wasBadBefore: check.wasBadBefore,
  }
}
