import type { Config } from '../../config/schema.ts'
import { fillText } from '../../config/template.ts'
import { BranchTaken, VersionControlError } from '../../errors.ts'
import type { PullRequest } from '../../ports/pull-requests.ts'
import type { Published, Worktree } from '../../ports/version-control.ts'
import type { Head } from '../plan.ts'
import { contextOf, type Ending, perform, type Run, type StepEnd, stepsOf } from '../run.ts'
import { versionName } from '../version-name.ts'

/** As long as a step without a `timeout` of its own may take. */
const CHANGE_TIMEOUT_MS = 30 * 60_000

type Made = Extract<Head, { kind: 'made' }>
type UpgradeConfig = NonNullable<Config['upgrade']>

/** Makes the upgrade's branch from the exact base commit: change, commit, push without force, pull request. */
export async function branchStage(run: Run): Promise<Ending | undefined> {
  const { head } = run.plan
  const { upgrade } = run.config
  const [change, publish] = stepsOf(run, 'branch')
  if (head.kind === 'given' || upgrade === undefined || change === undefined || publish === undefined) return
  if (run.upgrade().candidate !== undefined) return

  const worktree = await run.worktreeToChange(head.from)
  const changed = await perform(run, change, () => changeIn(run, upgrade, worktree))
  if (changed.result === 'failed') {
    return {
      decision: 'failed',
      reason: 'change_failed',
      message: changed.message ?? 'upgrade.change failed.',
    }
  }
  let ending: Ending | undefined
  await perform(run, publish, async () => {
    const published = await publishFrom(run, { upgrade, head, worktree })
    if ('end' in published) return published.end
    ending = published.ending
    return { result: 'failed', message: published.ending.message }
  })
  return ending
}

async function changeIn(run: Run, upgrade: UpgradeConfig, worktree: Worktree): Promise<StepEnd> {
  const builder = await run.ports.adapters.builder({
    run: upgrade.change,
    artifacts: [],
    env: {},
    secrets: [],
    timeoutMs: CHANGE_TIMEOUT_MS,
  })
  const outcome = await builder.build(await contextOf(run, 'branch/change', { worktree }))
  return outcome.kind === 'built'
    ? { result: 'done' }
    : { result: 'failed', message: outcome.failure.message, output: outcome.failure.output }
}

interface Publishing {
  readonly upgrade: UpgradeConfig
  readonly head: Made
  readonly worktree: Worktree
}

async function publishFrom(run: Run, publishing: Publishing): Promise<{ end: StepEnd } | { ending: Ending }> {
  const { upgrade, head, worktree } = publishing
  const name = await changedVersion(run, worktree)
  const values = {
    version: name ?? '',
    previous: run.plan.base?.name ?? '',
    sha: head.from,
    repository: run.plan.repository,
  }
  const branch = fillText(upgrade.branch, values)
  const published = await attempt(run, worktree, {
    branch,
    message: fillText(upgrade.message, { ...values, branch }),
    author: upgrade.author,
  })
  if ('decision' in published) return { ending: published }
  if (published.kind === 'unchanged') {
    return {
      ending: {
        decision: 'nothing_to_do',
        reason: 'no_change',
        message: `Nothing to do: upgrade.change changed nothing on ${head.baseBranch} at ${head.from.slice(0, 12)}.`,
      },
    }
  }
  const candidate = {
    sha: published.commit,
    name: name ?? versionName(published.commit, undefined, undefined),
  }
  const pullRequest = await openPullRequest(run, publishing, { ...values, version: candidate.name, branch })
  return {
    end: {
      result: 'done',
      message: `${published.kind === 'found' ? 'found' : 'pushed'} ${branch} at ${published.commit.slice(0, 12)}${pullRequest ? `, ${pullRequest.url}` : ''}`,
      events: [
        {
          type: 'candidate_known',
          candidate,
          branch,
          ...(pullRequest && { pullRequest: { number: pullRequest.number, url: pullRequest.url } }),
        },
      ],
    },
  }
}

/** The new version as the change left it; nothing where versions are called by their commit, which is not made yet. */
async function changedVersion(run: Run, worktree: Worktree): Promise<string | undefined> {
  const file = run.config.version?.file
  if (file === undefined) return undefined
  const path = run.directory === '.' ? file : `${run.directory}/${file}`
  return versionName(worktree.commit, file, await worktree.read(path))
}

async function attempt(
  run: Run,
  worktree: Worktree,
  publication: Parameters<Run['ports']['versionControl']['publish']>[1],
): Promise<Published | Ending> {
  try {
    return await run.ports.versionControl.publish(worktree, publication)
  } catch (error) {
    if (error instanceof BranchTaken) {
      return { decision: 'failed', reason: 'branch_taken', message: error.message }
    }
    if (error instanceof VersionControlError) {
      return { decision: 'failed', reason: 'push_failed', message: error.message }
    }
    throw error
  }
}

async function openPullRequest(
  run: Run,
  { upgrade, head }: Publishing,
  values: Parameters<typeof fillText>[1] & { branch: string },
): Promise<PullRequest | undefined> {
  if (run.ports.pullRequests === undefined) {
    run.ports.log.info('No GitHub token: the branch is pushed, no pull request is opened.')
    return undefined
  }
  const { title, body, draft } = upgrade.pullRequest
  return run.ports.pullRequests.open({
    branch: values.branch,
    base: head.baseBranch,
    title: fillText(title, values),
    body: fillText(body, values),
    draft,
  })
}
