import type { Account, Artifact, Repository, Workflow, WorkflowRun } from './entities.ts'
import { renderExpressions } from './expression.ts'
import type { Hub } from './hub.ts'
import { type PushEvent, startsWorkflows } from './push-trigger.ts'
import { type WorkflowFile, workflowFiles } from './workflow-file.ts'
import { runJson, workflowJson } from './workflow-json.ts'

export interface Dispatch {
  event: 'workflow_dispatch' | 'push'
  /** What the job finds at `GITHUB_EVENT_PATH`, as far as it has been needed: of a push its own payload. */
  payload: Record<string, unknown>
  owner: string
  repo: string
  /** `.github/workflows/x.yml` */
  workflow: string
  ref: string
  sha: string
  inputs: Record<string, string>
  runId: number
  actor: string
}

/** What a runner answers when the job is over. */
export interface RunResult {
  conclusion: 'success' | 'failure' | 'cancelled' | 'neutral' | 'skipped' | 'timed_out'
  artifacts?: { name: string; content: Buffer | string }[]
}

/** Where a run goes next. */
export type RunMove = { status: 'waiting' | 'in_progress' } | { conclusion: RunResult['conclusion'] }

/** A runner: the suite's or the demo's own code that does what the workflow would. */
export type Runner = (dispatch: Dispatch) => Promise<RunResult>

/** Runs that were dispatched, and the runner that works them off, one after the other or not, as it likes. */
export class WorkflowRuns {
  private runner: Runner | undefined
  private pushRunner: Runner | undefined
  private readonly working = new Set<Promise<void>>()
  private readonly hub: Hub

  constructor(hub: Hub) {
    this.hub = hub
    hub.listeners.add((event) => {
      const { pushRunner: runner } = this
      if (runner && startsWorkflows(event)) this.track(this.startPushed(event, runner))
    })
  }

  /** Without a runner runs stay `queued`, as with no runner online. */
  onDispatch(runner: Runner): void {
    this.runner = runner
  }

  /** Without a runner for them pushes start nothing at all. */
  onPush(runner: Runner): void {
    this.pushRunner = runner
  }

  start(repository: Repository, run: WorkflowRun, ref: string): void {
    repository.runs.set(run.id, run)
    this.event(repository, run, 'requested')
    const { runner } = this
    if (!runner) return
    const dispatch: Dispatch = {
      ...dispatchOf(repository, run, ref),
      event: 'workflow_dispatch',
      payload: { inputs: run.inputs },
    }
    this.track(this.work(repository, run, () => runner(dispatch)))
  }

  private track(work: Promise<void>): void {
    this.working.add(work)
    void work.finally(() => this.working.delete(work))
  }

  /** The workflows of the pushed commit itself that say `on: push` for this branch. */
  private async startPushed({ repository, sender, payload }: PushEvent, runner: Runner): Promise<void> {
    const branch = payload.ref.slice('refs/heads/'.length)
    const sha = payload.after
    const files = await workflowFiles(repository, sha)
    const headCommit = await repository.git.commit(sha)
    for (const file of files.filter(({ pushed }) => pushed(branch))) {
      const workflow = knownWorkflow(this.hub, repository, file)
      const asked = { workflow, event: 'push', branch, sha, actor: sender, inputs: {}, headCommit }
      const run = newRun(this.hub, repository, { ...asked, runName: file.runName })
      repository.runs.set(run.id, run)
      this.event(repository, run, 'requested')
      const dispatch: Dispatch = { ...dispatchOf(repository, run, branch), event: 'push', payload }
      this.track(this.work(repository, run, () => runner(dispatch)))
    }
  }

  /** Settles when no run is at work. */
  async idle(): Promise<void> {
    while (this.working.size > 0) await Promise.all(this.working)
  }

  /** As a runner would, where there is none. */
  moveRun(runId: number, to: RunMove): void {
    for (const repository of this.hub.repositories.values()) {
      const run = repository.runs.get(runId)
      if (run === undefined) continue
      if ('conclusion' in to) return this.finish(repository, run, to.conclusion)
      this.setStatus(run, to.status)
      return this.event(repository, run, to.status === 'in_progress' ? 'in_progress' : 'requested')
    }
    throw new Error(`there is no run ${runId}`)
  }

  finish(repository: Repository, run: WorkflowRun, conclusion: string): void {
    if (run.status === 'completed') return
    this.setStatus(run, 'completed')
    run.conclusion = conclusion
    this.event(repository, run, 'completed')
  }

  private async work(
    repository: Repository,
    run: WorkflowRun,
    runner: () => Promise<RunResult>,
  ): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve)) // the dispatch is answered before its run begins
    if (run.status === 'completed') return // cancelled while it was queued
    this.setStatus(run, 'in_progress')
    this.event(repository, run, 'in_progress')
    const result = await runner().catch((error: unknown): RunResult => {
      process.emitWarning(`the runner of workflow run ${run.id} threw: ${String(error)}`)
      return { conclusion: 'failure' }
    })
    run.artifacts.push(...(result.artifacts ?? []).map((artifact) => this.artifact(artifact)))
    this.finish(repository, run, result.conclusion)
  }

  private setStatus(run: WorkflowRun, status: WorkflowRun['status']): void {
    run.status = status
    run.updatedAt = this.hub.time()
  }

  private artifact({ name, content }: { name: string; content: Buffer | string }): Artifact {
    return { id: this.hub.id(), name, content: Buffer.from(content), createdAt: this.hub.time() }
  }

  private event(repository: Repository, run: WorkflowRun, action: string): void {
    const payload = {
      workflow_run: runJson(this.hub, repository, run),
      workflow: workflowJson(this.hub, repository, run.workflow),
    }
    this.hub.emit({ name: 'workflow_run', action, repository, sender: run.actor, payload })
  }
}

function dispatchOf(
  repository: Repository,
  run: WorkflowRun,
  ref: string,
): Omit<Dispatch, 'event' | 'payload'> {
  return {
    owner: repository.owner.login,
    repo: repository.name,
    workflow: run.workflow.path,
    ref,
    sha: run.headSha,
    inputs: run.inputs,
    runId: run.id,
    actor: run.actor.login,
  }
}

export interface NewRun {
  workflow: Workflow
  event: string
  branch: string
  sha: string
  actor: Account
  inputs: Record<string, string>
  headCommit: WorkflowRun['headCommit']
  /** As the workflow file of the run's commit says. */
  runName: string | undefined
}

/** Each workflow keeps its id from the first time that it was seen. */
export function knownWorkflow(
  hub: Hub,
  repository: Repository,
  file: Pick<WorkflowFile, 'name' | 'path'>,
): Workflow {
  const known = repository.workflows.get(file.path)
  if (known) return known
  const workflow: Workflow = { id: hub.id(), name: file.name, path: file.path, createdAt: hub.time() }
  repository.workflows.set(file.path, workflow)
  return workflow
}

/** Where there is no `run-name`, or nothing in it, GitHub takes the commit's title for a push, else the workflow's name. */
function displayTitle(repository: Repository, asked: NewRun, number: number): string {
  const github = {
    actor: asked.actor.login,
    event_name: asked.event,
    ref: `refs/heads/${asked.branch}`,
    ref_name: asked.branch,
    repository: `${repository.owner.login}/${repository.name}`,
    run_number: number,
    sha: asked.sha,
    workflow: asked.workflow.name,
  }
  const rendered = renderExpressions(asked.runName ?? '', { github, inputs: asked.inputs }).trim()
  if (rendered !== '') return rendered
  return asked.event === 'push' ? (asked.headCommit.message.split('\n')[0] ?? '') : asked.workflow.name
}

export function newRun(hub: Hub, repository: Repository, asked: NewRun): WorkflowRun {
  const earlier = [...repository.runs.values()].filter((run) => run.workflow === asked.workflow).length
  return {
    id: hub.id(),
    number: earlier + 1,
    attempt: 1,
    workflow: asked.workflow,
    event: asked.event,
    headBranch: asked.branch,
    headSha: asked.sha,
    headCommit: asked.headCommit,
    status: 'queued',
    conclusion: null,
    actor: asked.actor,
    displayTitle: displayTitle(repository, asked, earlier + 1),
    inputs: asked.inputs,
    createdAt: hub.time(),
    updatedAt: hub.time(),
    artifacts: [],
  }
}
