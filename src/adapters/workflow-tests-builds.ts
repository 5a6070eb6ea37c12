import { GitHubError } from '../errors.ts'
import type { GitHubRepository } from '../github/client.ts'
import { isAmbiguous, statusOf } from '../github/request-policy.ts'
import { githubWorkflows, startWorkflow } from '../github/workflows.ts'
import type { TestCase } from '../ports/test-runner.ts'
import type { BuildState, FoundBuilds, RemoteBuilds, TestReport } from './remote-builds.ts'
import { RemoteFault } from './remote-fault.ts'
import { artifactReport } from './workflow-tests-junit.ts'
import type { OpenRepository, WorkflowStep } from './workflow-tests.ts'

interface Place {
  readonly step: Pick<WorkflowStep, 'workflow' | 'artifact' | 'junit'>
  readonly github: GitHubRepository
  /** The default branch: whoever may push another could bring a workflow of their own there. */
  readonly branch: () => Promise<string>
}

/** Runs of one workflow of the default branch, by their ids. The run's name ends with the request's key, by which it is found. */
export function workflowBuilds(
  step: Place['step'],
  inputs: Readonly<Record<string, string>>,
  open: OpenRepository,
): RemoteBuilds<number> {
  let known: string | undefined
  const work = async <Answer>(
    signal: AbortSignal,
    ask: (place: Place) => Promise<Answer>,
  ): Promise<Answer> => {
    const github = await open(signal)
    if (github === undefined) throw new RemoteFault('There is no token for GitHub.')
    const branch = async (): Promise<string> => (known ??= await defaultBranch(github))
    return asking(step.workflow, signal, () => ask({ step, github, branch }))
  }
  const told = new Map<number, string>()
  return {
    service: 'GitHub',
    what: `the workflow ${step.workflow}`,
    pollMs: 10_000,
    settleMs: 60_000,
    check: async (signal) => work(signal, check),
    find: async (prefix, signal) => work(signal, (place) => find(place, prefix)),
    trigger: async (key, signal) => work(signal, (place) => trigger(place, { ...inputs, 'request-id': key })),
    look: async (run, signal) => work(signal, (place) => look(place, run)),
    news: async (run, tell, signal) => work(signal, (place) => news(place, { run, told, tell })),
    report: async (run, signal) => work(signal, (place) => report(place, run, signal)),
    cancel: async (run, signal) => work(signal, ({ github }) => runsOf(step, github).cancel(run)),
  }
}

async function defaultBranch({ octokit, owner, repo }: GitHubRepository): Promise<string> {
  return (await octokit.rest.repos.get({ owner, repo })).data.default_branch
}

/** GitHub's refusals with what to do about them; what may pass is asked again. */
async function asking<Answer>(
  file: string,
  signal: AbortSignal,
  ask: () => Promise<Answer>,
): Promise<Answer> {
  try {
    return await ask()
  } catch (error) {
    signal.throwIfAborted()
    if (!(error instanceof GitHubError)) throw error
    const status = statusOf(error)
    if (status === 404 || status === 422) {
      throw new RemoteFault(
        `The workflow .github/workflows/${file} of the default branch cannot be started (${status}): it must be there with "workflow_dispatch", the inputs that the step names and the input request-id. ${error.message}`,
        { cause: error },
      )
    }
    const advice = status === 403 ? ' The job needs "actions: write" under permissions.' : ''
    throw new RemoteFault(`${error.message}${advice}`, { cause: error, isPassing: isAmbiguous(error) })
  }
}

function runsOf({ workflow }: Place['step'], github: GitHubRepository): ReturnType<typeof githubWorkflows> {
  return githubWorkflows(github, { file: workflow })
}

async function check({ step, github: { octokit, owner, repo } }: Place): Promise<string> {
  const { data } = await octokit.rest.actions.getWorkflow({ owner, repo, workflow_id: step.workflow })
  if (data.state !== 'active')
    throw new RemoteFault(`The workflow ${step.workflow} is disabled (${data.state}): enable it on GitHub.`)
  return `It has the workflow ${step.workflow}.`
}

const PER_PAGE = 100

async function find({ step, github, branch }: Place, prefix: string): Promise<FoundBuilds<number>> {
  const { octokit, owner, repo } = github
  const { data } = await octokit.rest.actions.listWorkflowRuns({
    owner,
    repo,
    workflow_id: step.workflow,
    branch: await branch(),
    event: 'workflow_dispatch',
    per_page: PER_PAGE,
  })
  const requests = data.workflow_runs.flatMap(({ id, display_title: title, status }) => {
    const key = /#(seamless-[\w-]+)$/.exec(title)?.[1]
    return key?.startsWith(prefix) === true ? [{ key, build: id, isOver: status === 'completed' }] : []
  })
  return { requests }
}

async function trigger(
  { step, github, branch }: Place,
  inputs: Readonly<Record<string, string>>,
): Promise<number | undefined> {
  return (await startWorkflow(github, { file: step.workflow, ref: await branch() }, inputs))?.id
}

async function look({ step, github }: Place, run: number): Promise<BuildState<number>> {
  const state = await runsOf(step, github).state(run)
  if (state === undefined) throw new RemoteFault(`The run ${run} of ${step.workflow} is not there any more.`)
  const { status, url, conclusion = 'unknown' } = state
  switch (status) {
    case 'queued':
      return { phase: 'waiting', build: run, why: `no runner has begun it yet (${url})` }
    case 'waiting':
      return { phase: 'waiting', build: run, why: `it waits for the approval of an environment (${url})` }
    case 'in_progress':
      return { phase: 'running', build: run, url }
    case 'completed':
      return { phase: 'ended', build: run, url, result: resultOf(conclusion), said: conclusion }
  }
}

function resultOf(conclusion: string): 'passed' | 'failed' | 'aborted' {
  if (conclusion === 'success') return 'passed'
  return conclusion === 'cancelled' ? 'aborted' : 'failed'
}

type Jobs = Awaited<ReturnType<GitHubRepository['octokit']['rest']['actions']['listJobsForWorkflowRun']>>
type Job = Jobs['data']['jobs'][number]

/** A matrix has at most 256 jobs; more than three pages nobody reads. */
const JOB_PAGES = 3

async function jobsOf({ octokit, owner, repo }: GitHubRepository, run: number): Promise<readonly Job[]> {
  const jobs: Job[] = []
  for (let page = 1; page <= JOB_PAGES; page += 1) {
    const asked = { owner, repo, run_id: run, per_page: PER_PAGE, page }
    const { data } = await octokit.rest.actions.listJobsForWorkflowRun(asked)
    jobs.push(...data.jobs)
    if (data.jobs.length < PER_PAGE) break
  }
  return jobs
}

interface News {
  readonly run: number
  /** How each job stood when it was last told. */
  readonly told: Map<number, string>
  readonly tell: (text: string) => void
}

/** GitHub gives a job's log away only when it is over, and as an archive elsewhere: what is told is how the jobs stand. */
async function news({ github }: Place, { run, told, tell }: News): Promise<void> {
  for (const job of await jobsOf(github, run)) {
    const step = (job.steps ?? []).find(({ status }) => status === 'in_progress')
    const how = job.conclusion ?? (step === undefined ? job.status : `${job.status}: ${step.name}`)
    if (told.get(job.id) !== how) tell(`${job.name}: ${how}\n`)
    told.set(job.id, how)
  }
}

async function report(place: Place, run: number, signal: AbortSignal): Promise<TestReport> {
  const { step, github } = place
  if (step.artifact !== undefined) {
    const { artifact, junit } = step
    return artifactReport(github, { run, artifact, patterns: junit }, signal)
  }
  return { kind: 'report', cases: (await jobsOf(github, run)).map(caseOf) }
}

function caseOf({ name, conclusion, steps = [], html_url: page, ...job }: Job): TestCase {
  const seconds = (Date.parse(job.completed_at ?? '') - Date.parse(job.started_at)) / 1000
  const timed = Number.isFinite(seconds) && seconds >= 0 ? { seconds } : {}
  const title = `job › ${name}`
  if (conclusion === 'success') return { name: title, result: 'passed', ...timed }
  if (conclusion === 'skipped' || conclusion === 'neutral')
    return { name: title, result: 'skipped', ...timed }
  const failed = steps.filter((step) => step.conclusion === 'failure').map((step) => `"${step.name}"`)
  const where = failed.length === 0 ? '' : ` in ${failed.join(', ')}`
  const message = `It ended as ${conclusion ?? 'unknown'}${where} (${page ?? 'no page'}).`
  return { name: title, result: 'failed', message, ...timed }
}
