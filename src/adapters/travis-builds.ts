import { z } from 'zod'
import type { BoundService } from '../config/service-binding.ts'
import { TRAVIS_URL } from '../config/service-binding.ts'
import type { TestCase } from '../ports/test-runner.ts'
import type { BuildState, FoundBuilds, RemoteBuilds, TestReport } from './remote-builds.ts'
import { RemoteFault } from './remote-fault.ts'
import { type TravisApi, travisApi } from './travis-api.ts'

/** A build that Travis CI was asked for: first a request, then a build. */
export type TravisBuild =
  | { readonly kind: 'request'; readonly id: number }
  | { readonly kind: 'build'; readonly id: number }

/** What is to be built. */
export interface TravisRequest {
  /** `owner/name` */
  readonly repository: string
  readonly sha: string
  readonly branch?: string
  /** Variables, fit for Travis CI's shell: `travisVariables`. */
  readonly variables: readonly string[]
}

interface Place {
  readonly api: TravisApi
  readonly request: TravisRequest
  /** `/repo/owner%2Fname` */
  readonly path: string
  readonly pageOf: (build: number) => string
}

/** Builds of one commit by https://developer.travis-ci.com (API 3). */
export function travisBuilds(request: TravisRequest, service: BoundService): RemoteBuilds<TravisBuild> {
  const { repository } = request
  const place: Place = {
    api: travisApi(service),
    request,
    path: `/repo/${encodeURIComponent(repository)}`,
    pageOf: (build) =>
      service.url === TRAVIS_URL
        ? `https://app.travis-ci.com/github/${repository}/builds/${build}`
        : `build ${build} of ${repository}`,
  }
  const shown = new Set<number>()
  return {
    service: 'Travis CI',
    what: repository,
    pollMs: 10_000,
    settleMs: 60_000,
    check: async (signal) => check(place, signal),
    find: async (prefix, signal) => find(place, prefix, signal),
    trigger: async (key, signal) => trigger(place, key, signal),
    look: async (build, signal) => look(place, build, signal),
    news: async (build, tell, signal) => news(place, { build, shown, tell }, signal),
    report: async (build, signal) => report(place, build, signal),
    cancel: async (build, signal) => cancel(place, build, signal),
  }
}

const repositoryAnswer = z.object({
  active: z.boolean().nullish(),
  '@permissions': z.object({ create_request: z.boolean().optional() }).optional(),
})

async function check({ api, request, path }: Place, signal: AbortSignal): Promise<string> {
  const found = await api.read(path, repositoryAnswer, signal)
  if (found === undefined) throw noRepository(request)
  if (found.active === false) {
    throw new RemoteFault(
      `${request.repository} is not active at Travis CI: activate it in its settings there.`,
    )
  }
  if (found['@permissions']?.create_request === false) {
    throw new RemoteFault(
      `The user of SEAMLESS_TRAVIS_TOKEN may not request builds of ${request.repository}: they need push access to it.`,
    )
  }
  return `It has ${request.repository}, and builds may be requested.`
}

function noRepository({ repository }: TravisRequest): RemoteFault {
  return new RemoteFault(
    `Travis CI has no repository ${repository}, or does not show it to the user of SEAMLESS_TRAVIS_TOKEN (404).`,
  )
}

const FINISHED = new Set(['passed', 'failed', 'errored', 'canceled'])

const buildsAnswer = z.object({
  builds: z.array(
    z.object({
      id: z.number().int(),
      state: z.string().nullish(),
      commit: z.object({ message: z.string().nullish() }).nullish(),
    }),
  ),
})
const requestsAnswer = z.object({
  requests: z.array(z.object({ event_type: z.string().nullish(), state: z.string().nullish() })),
})

/** A build is known by its message: the one of the request, which stands in for the commit's. */
async function find(
  { api, request, path }: Place,
  prefix: string,
  signal: AbortSignal,
): Promise<FoundBuilds<TravisBuild>> {
  const pending = await api.read(`${path}/requests?limit=25`, requestsAnswer, signal)
  const query = 'event_type=api&limit=100&sort_by=id:desc'
  const found = await api.read(`${path}/builds?${query}`, buildsAnswer, signal)
  if (found === undefined || pending === undefined) throw noRepository(request)
  const requests = found.builds.flatMap(({ id, state, commit }) => {
    const key = /\((seamless-[\w-]+)\)\s*$/.exec(commit?.message ?? '')?.[1]
    if (key === undefined || !key.startsWith(prefix)) return []
    return [{ key, build: { kind: 'build', id } as const, isOver: FINISHED.has(state ?? '') }]
  })
  // What it has not looked at yet has no build, and so no message.
  const isUnclear = pending.requests.some(
    ({ event_type: event, state }) => event === 'api' && state !== 'finished',
  )
  return { requests, isUnclear }
}

const triggerAnswer = z.object({ request: z.object({ id: z.number().int().optional() }) })

async function trigger(
  { api, request, path }: Place,
  key: string,
  signal: AbortSignal,
): Promise<TravisBuild | undefined> {
  const { sha, branch, variables } = request
  const body = {
    request: {
      sha,
      message: `Seamless tests ${sha.slice(0, 12)} (${key})`,
      ...(branch !== undefined && { branch }),
      merge_mode: 'deep_merge_append',
      config: { env: { global: variables } },
    },
  }
  const answer = await api.post(`${path}/requests`, { body, schema: triggerAnswer }, signal)
  if (answer === undefined) throw noRepository(request)
  const { id } = answer.request
  // Older installations do not name it.
  return id === undefined ? undefined : { kind: 'request', id }
}

const requestAnswer = z.object({
  state: z.string().nullish(),
  result: z.string().nullish(),
  message: z.string().nullish(),
  builds: z.array(z.object({ id: z.number().int() })).nullish(),
})
const buildAnswer = z.object({
  state: z.string(),
  number: z.string().nullish(),
})

async function look(place: Place, build: TravisBuild, signal: AbortSignal): Promise<BuildState<TravisBuild>> {
  if (build.kind === 'build') return lookAtBuild(place, build, signal)
  const { api, path } = place
  const request = await api.read(`${path}/request/${build.id}`, requestAnswer, signal)
  if (request === undefined) return { phase: 'waiting', build, why: 'its request is not processed yet' }
  const [first] = request.builds ?? []
  if (first !== undefined) return look(place, { kind: 'build', id: first.id }, signal)
  if (request.result === 'rejected') {
    const why = request.message ?? ''
    throw new RemoteFault(
      `Travis CI rejected the request${why === '' ? '' : `: ${why}`}. The commit must be on GitHub, and have a .travis.yml that builds it.`,
    )
  }
  return { phase: 'waiting', build, why: 'its request is not processed yet' }
}

async function lookAtBuild(
  { api, pageOf }: Place,
  build: TravisBuild,
  signal: AbortSignal,
): Promise<BuildState<TravisBuild>> {
  const found = await api.read(`/build/${build.id}`, buildAnswer, signal)
  if (found === undefined) throw new RemoteFault(`Travis CI has no build ${build.id} any more.`)
  const { state } = found
  const url = pageOf(build.id)
  if (state === 'created' || state === 'queued' || state === 'received') {
    return { phase: 'waiting', build, why: `no worker has begun it yet (${state}, ${url})` }
  }
  if (!FINISHED.has(state)) return { phase: 'running', build, url }
  if (state === 'canceled')
    return { phase: 'ended', build, url, result: 'aborted', said: 'somebody canceled it' }
  return { phase: 'ended', build, url, result: state === 'passed' ? 'passed' : 'failed', said: state }
}

const jobsAnswer = z.object({
  jobs: z.array(
    z.object({
      id: z.number().int(),
      number: z.string().nullish(),
      state: z.string().nullish(),
      allow_failure: z.boolean().nullish(),
      started_at: z.string().nullish(),
      finished_at: z.string().nullish(),
      stage: z.object({ name: z.string().nullish() }).nullish(),
    }),
  ),
})
type Job = z.output<typeof jobsAnswer>['jobs'][number]

async function jobsOf({ api }: Place, build: TravisBuild, signal: AbortSignal): Promise<readonly Job[]> {
  return (await api.read(`/build/${build.id}/jobs`, jobsAnswer, signal))?.jobs ?? []
}

/** Of a job's log at most so much is shown. */
const LOG_MAX_BYTES = 2 * 1024 * 1024

interface News {
  readonly build: TravisBuild
  /** The jobs whose log was told. */
  readonly shown: Set<number>
  readonly tell: (text: string) => void
}

/** A job's log when it is over: Travis CI has no way to ask for what is new in one. */
async function news(place: Place, { build, shown, tell }: News, signal: AbortSignal): Promise<void> {
  if (build.kind === 'request') return
  for (const job of await jobsOf(place, build, signal)) {
    if (shown.has(job.id) || !FINISHED.has(job.state ?? '')) continue
    const log = await place.api.text(`/job/${job.id}/log.txt`, LOG_MAX_BYTES, signal)
    shown.add(job.id)
    tell(`Job ${job.number ?? job.id}: ${job.state}\n${log ?? ''}\n`)
  }
}

async function report(place: Place, build: TravisBuild, signal: AbortSignal): Promise<TestReport> {
  const jobs = await jobsOf(place, build, signal)
  return { kind: 'report', cases: jobs.map((job, index) => caseOf(job, index)) }
}

/** By its place in the build, since nothing else of a job is both stable and there for all. */
function caseOf(job: Job, index: number): TestCase {
  const stage = job.stage?.name ?? ''
  const name = ['travis', ...(stage === '' ? [] : [stage]), `job ${index + 1}`].join(' › ')
  const state = job.state ?? 'unknown'
  const seconds = (Date.parse(job.finished_at ?? '') - Date.parse(job.started_at ?? '')) / 1000
  const timed = Number.isFinite(seconds) && seconds >= 0 ? { seconds } : {}
  if (state === 'passed') return { name, result: 'passed', ...timed }
  // As in Travis CI's own verdict.
  if (job.allow_failure === true) return { name, result: 'skipped', ...timed }
  return { name, result: 'failed', message: `Job ${job.number ?? job.id} ended as ${state}.`, ...timed }
}

async function cancel(place: Place, build: TravisBuild, signal: AbortSignal): Promise<void> {
  const state = await look(place, build, signal)
  if (state.phase === 'ended') return
  if (state.build.kind === 'request') {
    throw new RemoteFault(
      `Travis CI has not made a build of request ${build.id} yet, and a request cannot be taken back.`,
    )
  }
  await place.api.post(`/build/${state.build.id}/cancel`, { body: {}, schema: z.unknown() }, signal)
}
