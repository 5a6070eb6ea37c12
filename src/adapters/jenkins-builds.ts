import { z } from 'zod'
import type { JenkinsTest } from '../config/jenkins.ts'
import type { BoundService } from '../config/service-binding.ts'
import { type JenkinsApi, jenkinsApi } from './jenkins-api.ts'
import { casesOf, REPORT_TREE, testReport } from './jenkins-report.ts'
import type { BuildState, FoundBuild, FoundBuilds, RemoteBuilds, TestReport } from './remote-builds.ts'
import { RemoteFault } from './remote-fault.ts'

/** A build that Jenkins was asked for: in its queue, and then by its number. */
export type JenkinsBuild =
  | { readonly kind: 'item'; readonly id: number; readonly key: string }
  | { readonly kind: 'build'; readonly number: number }

interface Job {
  readonly api: JenkinsApi
  readonly test: JenkinsTest
  /** `/job/team/job/shop` */
  readonly path: string
}

/** Builds of one job with these values; documented at https://www.jenkins.io/doc/book/using/remote-access-api/ and under `/api/` of each page of a Jenkins. */
export function jenkinsBuilds(
  test: JenkinsTest,
  values: Readonly<Record<string, string>>,
  service: BoundService,
): RemoteBuilds<JenkinsBuild> {
  const path = test.job
    .split('/')
    .map((part) => `/job/${encodeURIComponent(part)}`)
    .join('')
  const job: Job = { api: jenkinsApi(service, test.job), test, path }
  const log = { number: 0, start: 0 }
  return {
    service: 'Jenkins',
    what: `the job ${test.job}`,
    pollMs: 5000,
    settleMs: 15_000,
    check: async (signal) => check(job, signal),
    find: async (prefix, signal) => find(job, prefix, signal),
    trigger: async (key, signal) => trigger(job, { ...values, [test.requestParameter]: key }, signal),
    look: async (build, signal) => look(job, build, signal),
    news: async (build, tell, signal) => {
      if (build.kind === 'build') await news(job, { build, log, tell }, signal)
    },
    report: async (build, signal) => report(job, build, signal),
    cancel: async (build, signal) => cancel(job, build, signal),
  }
}

/** Encoded: servers differ in whether brackets may stand in a query. */
function asked(path: string, tree: string): string {
  return `${path}/api/json?tree=${encodeURIComponent(tree)}`
}

const jobAnswer = z.object({
  buildable: z.boolean().optional(),
  property: z
    .array(z.object({ parameterDefinitions: z.array(z.object({ name: z.string() })).optional() }))
    .optional(),
})

/** Jenkins drops a parameter that the job does not declare, without a word. */
async function check({ api, test, path }: Job, signal: AbortSignal): Promise<string> {
  const tree = 'buildable,property[parameterDefinitions[name]]'
  const found = await api.read(asked(path, tree), jobAnswer, signal)
  if (found === undefined) throw noJob(test)
  if (found.buildable === false)
    throw new RemoteFault(`The job ${test.job} is disabled at Jenkins: enable it there.`)
  const declared = (found.property ?? []).flatMap(({ parameterDefinitions }) => parameterDefinitions ?? [])
  const names = new Set(declared.map(({ name }) => name))
  const missing = [test.requestParameter, ...Object.keys(test.parameters)].filter((name) => !names.has(name))
  if (missing.length === 0) return `It has the job ${test.job} with its parameters.`
  throw new RemoteFault(
    `The job ${test.job} does not declare the parameter${missing.length === 1 ? '' : 's'} ${missing.join(', ')}: Jenkins would drop what is not declared. Declare each as a string parameter (a Jenkinsfile's own are known after its first build).`,
  )
}

function noJob({ job }: JenkinsTest): RemoteFault {
  return new RemoteFault(
    `Jenkins has no job ${job}, or does not show it to the user of SEAMLESS_JENKINS_USER (404): correct "job" of the step, folders included, or give the user Job/Read.`,
  )
}

const actions = z
  .array(
    z.object({
      parameters: z.array(z.object({ name: z.string(), value: z.unknown() })).optional(),
      causes: z.array(z.object({ shortDescription: z.string().nullish() })).optional(),
      _class: z.string().optional(),
    }),
  )
  .nullish()
const queueAnswer = z.object({ items: z.array(z.object({ id: z.number().int(), actions })) })
const buildsAnswer = z.object({
  builds: z.array(z.object({ number: z.number().int(), building: z.boolean().nullish(), actions })).nullish(),
})

/** The queue first: what leaves it meanwhile is among the builds then. */
async function find(
  { api, test, path }: Job,
  prefix: string,
  signal: AbortSignal,
): Promise<FoundBuilds<JenkinsBuild>> {
  const parameters = 'actions[parameters[name,value]]'
  const queue = await api.read(asked('/queue', `items[id,${parameters}]`), queueAnswer, signal)
  const tree = `builds[number,building,${parameters}]{0,100}`
  const done = await api.read(asked(path, tree), buildsAnswer, signal)
  if (done === undefined) throw noJob(test)
  const keyOf = (found: z.output<typeof actions>): string | undefined => {
    const given = (found ?? []).flatMap((action) => action.parameters ?? [])
    const key = given.find(({ name }) => name === test.requestParameter)?.value
    return typeof key === 'string' && key.startsWith(prefix) ? key : undefined
  }
  const requests = [
    ...(queue?.items ?? []).map((item): Partial<FoundBuild<JenkinsBuild>> => {
      const key = keyOf(item.actions)
      return key === undefined ? {} : { key, build: { kind: 'item', id: item.id, key }, isOver: false }
    }),
    ...(done.builds ?? []).map(({ number, building, actions: given }): Partial<FoundBuild<JenkinsBuild>> => {
      const key = keyOf(given)
      return key === undefined ? {} : { key, build: { kind: 'build', number }, isOver: building !== true }
    }),
  ]
  return { requests: requests.filter((one): one is FoundBuild<JenkinsBuild> => one.key !== undefined) }
}

async function trigger(
  { api, test, path }: Job,
  form: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<JenkinsBuild | undefined> {
  const { status, location } = await api.post(`${path}/buildWithParameters`, form, signal)
  if (status === 404) throw noJob(test)
  const id = /\/queue\/item\/(\d+)\/?$/.exec(location ?? '')?.[1]
  // Its host is what Jenkins believes of itself; only the number counts.
  if (id !== undefined) return { kind: 'item', id: Number(id), key: form[test.requestParameter] ?? '' }
  return undefined
}

const itemAnswer = z.object({
  why: z.string().nullish(),
  stuck: z.boolean().nullish(),
  cancelled: z.boolean().nullish(),
  executable: z.object({ number: z.number().int() }).nullish(),
})

const buildAnswer = z.object({
  building: z.boolean(),
  result: z.string().nullish(),
  url: z.string(),
  actions,
})

async function look(job: Job, build: JenkinsBuild, signal: AbortSignal): Promise<BuildState<JenkinsBuild>> {
  if (build.kind === 'build') return lookAtBuild(job, build, signal)
  const { api } = job
  const item = await api.read(`/queue/item/${build.id}/api/json`, itemAnswer, signal)
  if (item === undefined) {
    // Jenkins forgets items five minutes after they left the queue.
    const { requests } = await find(job, build.key, signal)
    const left = requests.find(({ key, build: found }) => key === build.key && found.kind === 'build')
    if (left !== undefined) return look(job, left.build, signal)
    throw new RemoteFault(
      `Jenkins knows nothing of its queue item ${build.id} any more, and has no build of it.`,
    )
  }
  if (item.executable) return look(job, { kind: 'build', number: item.executable.number }, signal)
  if (item.cancelled === true) {
    const url = `queue item ${build.id}`
    return { phase: 'ended', build, url, result: 'aborted', said: 'somebody took it out of the queue' }
  }
  const stuck = item.stuck === true ? ' (Jenkins calls it stuck)' : ''
  return { phase: 'waiting', build, why: `${item.why ?? 'in the queue'}${stuck}` }
}

async function lookAtBuild(
  { api, test, path }: Job,
  build: Extract<JenkinsBuild, { kind: 'build' }>,
  signal: AbortSignal,
): Promise<BuildState<JenkinsBuild>> {
  const tree = 'building,result,url,actions[_class,causes[shortDescription]]'
  const found = await api.read(asked(`${path}/${build.number}`, tree), buildAnswer, signal)
  if (found === undefined)
    throw new RemoteFault(`Build ${build.number} of ${test.job} is not there any more: somebody deleted it.`)
  const { building, result, url } = found
  if (building || typeof result !== 'string') return { phase: 'running', build, url }
  const by = (found.actions ?? [])
    .filter(({ _class = '' }) => _class.includes('InterruptedBuildAction'))
    .flatMap(({ causes = [] }) => causes.map(({ shortDescription }) => shortDescription ?? ''))
  if (result === 'ABORTED')
    return { phase: 'ended', build, url, result: 'aborted', said: by.join(', ') || result }
  return { phase: 'ended', build, url, result: result === 'SUCCESS' ? 'passed' : 'failed', said: result }
}

/** Of what was printed since the last question at most so much is shown. */
const LOG_MAX_BYTES = 2 * 1024 * 1024

interface News {
  readonly build: Extract<JenkinsBuild, { kind: 'build' }>
  /** How far its log was read. */
  readonly log: { number: number; start: number }
  readonly tell: (text: string) => void
}

async function news({ api, path }: Job, { build, log, tell }: News, signal: AbortSignal): Promise<void> {
  if (log.number !== build.number) Object.assign(log, { number: build.number, start: 0 })
  const url = `${path}/${build.number}/logText/progressiveText?start=${log.start}`
  const answer = await api.text(url, LOG_MAX_BYTES, signal)
  tell(answer.body)
  if (answer.isCut) tell('\n(Seamless leaves out what follows here; Jenkins has it all.)\n')
  const size = Number(answer.headers['x-text-size'])
  log.start = Number.isSafeInteger(size) ? size : log.start + Buffer.byteLength(answer.body)
}

async function report(
  { api, test, path }: Job,
  build: JenkinsBuild,
  signal: AbortSignal,
): Promise<TestReport> {
  if (!test.junit) return { kind: 'none' }
  if (build.kind === 'item') return { kind: 'missing', why: 'it never began.' }
  const place = asked(`${path}/${build.number}/testReport`, REPORT_TREE)
  const found = await api.read(place, testReport, signal)
  if (found !== undefined) return { kind: 'report', cases: casesOf(found) }
  const why = 'it has no JUnit report. Let the job publish one (junit), or set "junit: false".'
  return { kind: 'missing', why }
}

async function cancel(job: Job, build: JenkinsBuild, signal: AbortSignal): Promise<void> {
  const state = await look(job, build, signal)
  if (state.phase === 'ended') return
  const { api, path } = job
  if (state.build.kind === 'item') await api.post('/queue/cancelItem', { id: String(state.build.id) }, signal)
  else await api.post(`${path}/${state.build.number}/stop`, {}, signal)
}
