import { checkRunJson, checkSuiteJson } from './check-json.ts'
import type {
  Annotation,
  App,
  CheckConclusion,
  CheckRun,
  CheckStatus,
  CheckSuite,
  Repository,
} from './entities.ts'
import type { Hub, Token } from './hub.ts'
import { latestCheckRuns } from './commit-state.ts'
import { countedReply, pageReply } from './page.ts'
import { created, found, ok, Refusal, unprocessable } from './reply.ts'
import { inRepository, type Route } from './route.ts'

interface CheckBody {
  name?: string
  head_sha?: string
  status?: CheckStatus
  conclusion?: CheckConclusion
  external_id?: string
  details_url?: string
  started_at?: string
  completed_at?: string
  output?: { title?: string; summary?: string; text?: string; annotations?: Annotation[] }
}

const RUN = '/repos/{owner}/{repo}/check-runs/{check_run_id}' as const
/** GitHub's limit on `output.summary` and `output.text`, in characters. */
const MAX_TEXT = 65_535
/** GitHub's limit on the annotations of one request. */
const MAX_ANNOTATIONS = 50

export const checkRoutes: Route[] = [
  inRepository(
    'POST /repos/{owner}/{repo}/check-runs',
    'checks:write',
    async ({ hub, repository, body, token }) => {
      const run = await newRun(hub, repository, token, body as CheckBody)
      repository.checkRuns.set(run.id, run)
      await runEvent(hub, repository, run, { action: 'created', token })
      if (run.status === 'completed') await runEvent(hub, repository, run, { action: 'completed', token })
      return created(checkRunJson(hub, repository, run))
    },
  ),
  inRepository(`GET ${RUN}`, 'checks:read', ({ hub, repository, params }) =>
    ok(checkRunJson(hub, repository, runOf(repository, params.check_run_id))),
  ),
  inRepository(`PATCH ${RUN}`, 'checks:write', async ({ hub, repository, params, body, token }) => {
    const run = runOf(repository, params.check_run_id)
    if (appOf(token).id !== run.suite.app.id)
      throw new Refusal(
        403,
        `Invalid app_id \`${appOf(token).id}\` - check run can only be modified by the GitHub App that created it.`,
      )
    const wasDone = run.status === 'completed'
    applyBody(hub, run, body as CheckBody)
    if (run.status === 'completed' && !wasDone)
      await runEvent(hub, repository, run, { action: 'completed', token })
    return ok(checkRunJson(hub, repository, run))
  }),
  inRepository(`POST ${RUN}/rerequest`, 'checks:write', async ({ hub, repository, params, token }) => {
    const run = runOf(repository, params.check_run_id)
    await runEvent(hub, repository, run, { action: 'rerequested', token })
    return created({})
  }),
  inRepository(`GET ${RUN}/annotations`, 'checks:read', (call) =>
    pageReply(runOf(call.repository, call.params.check_run_id).output.annotations, call, (annotation) => ({
      start_column: null,
      end_column: null,
      title: null,
      raw_details: null,
      blob_href: '',
      ...annotation,
    })),
  ),
  inRepository('GET /repos/{owner}/{repo}/commits/{ref}/check-runs', 'checks:read', async (call) => {
    const { hub, repository, query } = call
    const sha = await repository.git.commitOf(call.params.ref)
    if (!sha) throw new Refusal(422, `No commit found for SHA: ${call.params.ref}`)
    return countedReply(listed(repository, sha, query), call, {
      name: 'check_runs',
      json: (run) => checkRunJson(hub, repository, run),
    })
  }),
  inRepository('GET /repos/{owner}/{repo}/commits/{ref}/check-suites', 'checks:read', async (call) => {
    const { hub, repository } = call
    const sha = found(await repository.git.commitOf(call.params.ref))
    const suites = repository.checkSuites.filter((suite) => suite.headSha === sha)
    const json = async (suite: CheckSuite): Promise<unknown> => checkSuiteJson(hub, repository, suite)
    return countedReply(suites, call, { name: 'check_suites', json })
  }),
]

function runOf(repository: Repository, id: string): CheckRun {
  return found(repository.checkRuns.get(Number(id)))
}

/** Only apps have check runs: a user's token gets GitHub's 403. */
function appOf(token: Token): App {
  if (!token.app) throw new Refusal(403, 'You must authenticate via a GitHub App.')
  return token.app
}

async function newRun(hub: Hub, repository: Repository, token: Token, asked: CheckBody): Promise<CheckRun> {
  const app = appOf(token)
  const sha = await repository.git.commitOf(asked.head_sha ?? '')
  if (!sha || sha !== asked.head_sha) throw unprocessable(`No commit found for SHA: ${asked.head_sha}`)
  const run: CheckRun = {
    id: hub.id(),
    suite: ensureSuite(hub, repository, app, sha),
    name: asked.name ?? '',
    headSha: sha,
    status: 'queued',
    conclusion: null,
    externalId: null,
    detailsUrl: null,
    startedAt: hub.time(),
    completedAt: null,
    output: { title: null, summary: null, text: null, annotations: [] },
  }
  applyBody(hub, run, asked)
  return run
}

function ensureSuite(hub: Hub, repository: Repository, app: App, sha: string): CheckSuite {
  const known = repository.checkSuites.find((suite) => suite.app === app && suite.headSha === sha)
  if (known) return known
  const suite: CheckSuite = { id: hub.id(), app, headSha: sha, headBranch: null, createdAt: hub.time() }
  repository.checkSuites.push(suite)
  return suite
}

/** Cross-field rules that the schema does not know: completed needs a conclusion, and a conclusion completes. */
function applyBody(hub: Hub, run: CheckRun, asked: CheckBody): void {
  if (asked.status === 'completed' && !asked.conclusion && !run.conclusion)
    throw unprocessable('Invalid request.\n\n"conclusion" is required when status is "completed".')
  refuseTooLong(asked.output)
  if (asked.name !== undefined) run.name = asked.name
  if (asked.external_id !== undefined) run.externalId = asked.external_id
  if (asked.details_url !== undefined) run.detailsUrl = asked.details_url
  if (asked.started_at !== undefined) run.startedAt = asked.started_at
  if (asked.status !== undefined) run.status = asked.status
  if (asked.conclusion !== undefined) {
    run.conclusion = asked.conclusion
    run.status = 'completed'
  }
  if (run.status === 'completed') run.completedAt = asked.completed_at ?? run.completedAt ?? hub.time()
  if (run.status !== 'completed') run.conclusion = null
  if (!asked.output) return
  const { annotations = [], title = null, summary = null, text = null } = asked.output
  // Annotations add up over the updates; the texts are replaced.
  run.output = { title, summary, text, annotations: [...run.output.annotations, ...annotations] }
}

function refuseTooLong(output: CheckBody['output']): void {
  for (const field of ['summary', 'text'] as const)
    if ((output?.[field] ?? '').length > MAX_TEXT)
      throw unprocessable(
        `Invalid request.\n\nOnly ${MAX_TEXT} characters are allowed; ${output?.[field]?.length} were supplied.`,
      )
  if ((output?.annotations ?? []).length > MAX_ANNOTATIONS)
    throw unprocessable(
      `Invalid request.\n\nNo more than ${MAX_ANNOTATIONS} items are allowed; ${output?.annotations?.length} were supplied.`,
    )
}

function listed(repository: Repository, sha: string, query: URLSearchParams): CheckRun[] {
  const all = query.get('filter') === 'all'
  const runs = all
    ? [...repository.checkRuns.values()].filter((run) => run.headSha === sha).reverse()
    : latestCheckRuns(repository, sha)
  const name = query.get('check_name')
  const status = query.get('status')
  const app = query.get('app_id')
  return runs.filter(
    (run) =>
      (!name || run.name === name) &&
      (!status || run.status === status) &&
      (!app || run.suite.app.id === Number(app)),
  )
}

async function runEvent(
  hub: Hub,
  repository: Repository,
  run: CheckRun,
  event: { action: string; token: Token },
): Promise<void> {
  const payload = { check_run: checkRunJson(hub, repository, run) }
  hub.emit({ name: 'check_run', action: event.action, repository, sender: event.token.account, payload })
  const runs = [...repository.checkRuns.values()].filter((one) => one.suite === run.suite)
  if (event.action !== 'completed' || runs.some((one) => one.status !== 'completed')) return
  // A delivery's suite is the API's without its repository.
  const { repository: _, ...check_suite } = await checkSuiteJson(hub, repository, run.suite)
  hub.emit({
    name: 'check_suite',
    action: 'completed',
    repository,
    sender: event.token.account,
    payload: { check_suite },
  })
}
