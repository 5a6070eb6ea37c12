import { build, crumb, noCrumb, parameterProperty, queueItem, testReport } from './jenkins-answers.ts'
import { type Answer, type Asked, type StandIn, startStandIn } from './stand-in.ts'

export const USER = 'seamless'
export const TOKEN = '11d0f7ec4a2b3c5d6e7f8091a2b3c4d5e6'
export const JOB = 'team/shop'

/** What becomes of a build. */
type Behaviour = 'passes' | 'fails' | 'hangs'

interface Item {
  readonly id: number
  readonly parameters: Record<string, string>
  /** How often it is still looked at in the queue. */
  waits: number
  cancelled: boolean
  build?: Build
}

interface Build {
  readonly number: number
  readonly parameters: Record<string, string>
  looks: number
  result: string | null
  abortedBy?: string
}

export interface JenkinsStandIn extends StandIn {
  readonly items: Item[]
  readonly builds: Build[]
  /** The parameters that the job declares. */
  declared: string[]
  why: string
  /** Looks at the queue until a build begins. */
  waits: number
  isStuck: boolean
  isDisabled: boolean
  result: { passes: string; fails: string }
  /** Nothing: the job publishes no report. */
  report: ((behaviour: Behaviour) => object) | undefined
  log: string
  /** By its parameter `BEHAVIOUR`, unless said otherwise. */
  behave: (parameters: Readonly<Record<string, string>>) => Behaviour
  /** As a person does it in the browser. */
  abort(build: Build, by: string): void
}

/** A Jenkins with one job, as its remote access API is documented (`jenkins-answers.ts`). */
export async function startJenkins(): Promise<JenkinsStandIn> {
  const world = {
    items: [] as Item[],
    builds: [] as Build[],
    declared: ['SEAMLESS_REQUEST', 'COMMIT', 'VERSION', 'BEHAVIOUR'],
    why: 'Waiting for next available executor on ‘linux’',
    waits: 1,
    isStuck: false,
    isDisabled: false,
    result: { passes: 'SUCCESS', fails: 'UNSTABLE' },
    report: reportOf as JenkinsStandIn['report'],
    log: 'Started by user Seamless\nRunning on linux\n',
    behave: (parameters: Readonly<Record<string, string>>) =>
      (parameters['BEHAVIOUR'] || 'passes') as Behaviour,
    abort: (one: Build, by: string) => void Object.assign(one, { result: 'ABORTED', abortedBy: by }),
  }
  const server = await startStandIn((asked) => answer(jenkins, asked))
  const jenkins: JenkinsStandIn = Object.defineProperties(
    world,
    Object.getOwnPropertyDescriptors(server),
  ) as unknown as JenkinsStandIn
  return jenkins
}

function reportOf(behaviour: Behaviour): object {
  return behaviour === 'fails'
    ? testReport([
        ['lists orders', 'PASSED'],
        ['adds an order', 'REGRESSION', 'expected 201, got 500'],
        ['prints', 'SKIPPED'],
      ])
    : testReport([
        ['lists orders', 'PASSED'],
        ['adds an order', 'FIXED'],
      ])
}

const AUTHORIZATION = `Basic ${Buffer.from(`${USER}:${TOKEN}`).toString('base64')}`
const PATH = '/job/team/job/shop'

function answer(jenkins: JenkinsStandIn, asked: Asked): Answer {
  const { method, path, headers } = asked
  if (headers.authorization !== AUTHORIZATION) {
    return { status: 401, body: '<html><body><h2>HTTP ERROR 401 Unauthorized</h2></body></html>' }
  }
  if (path === '/crumbIssuer/api/json') {
    return { status: 200, body: crumb, headers: { 'set-cookie': 'JSESSIONID.1=node01abc; Path=/; HttpOnly' } }
  }
  if (method === 'POST') return posted(jenkins, asked)
  if (path === '/queue/api/json') {
    const items = jenkins.items.filter((item) => !item.cancelled && item.build === undefined)
    return ok({ _class: 'hudson.model.Queue', items: items.map((item) => itemJson(jenkins, item)) })
  }
  const [, id] = /^\/queue\/item\/(\d+)\/api\/json$/.exec(path) ?? []
  if (id !== undefined) return itemAnswer(jenkins, Number(id))
  if (path === `${PATH}/api/json`) {
    return ok({
      _class: 'org.jenkinsci.plugins.workflow.job.WorkflowJob',
      buildable: !jenkins.isDisabled,
      property: [{ _class: 'jenkins.model.BuildDiscarderProperty' }, parameterProperty(jenkins.declared)],
      builds: jenkins.builds.toReversed().map((one) => buildJson(jenkins, one)),
    })
  }
  const [, number, rest] = new RegExp(`^${PATH}/(\\d+)/(.*)$`).exec(path) ?? []
  const one = jenkins.builds.find((found) => found.number === Number(number))
  return one === undefined
    ? { status: 404, body: 'Not Found' }
    : ofBuild(jenkins, one, { ...asked, path: rest! })
}

function ok(body: object): Answer {
  return { status: 200, body }
}

function posted(jenkins: JenkinsStandIn, { path, body, headers }: Asked): Answer {
  const isOfSession = headers['jenkins-crumb'] === crumb.crumb && headers.cookie === 'JSESSIONID.1=node01abc'
  if (!isOfSession) return { status: 403, body: noCrumb }
  const form = Object.fromEntries(new URLSearchParams(body))
  if (path === `${PATH}/buildWithParameters`) {
    // Jenkins takes what the job declares and drops the rest.
    const parameters = Object.fromEntries(jenkins.declared.map((name) => [name, form[name] ?? '']))
    const item: Item = { id: 39 + jenkins.items.length, parameters, waits: jenkins.waits, cancelled: false }
    jenkins.items.push(item)
    // Its own idea of its address, as behind a proxy.
    return { status: 201, headers: { location: `http://jenkins.internal:8080/queue/item/${item.id}/` } }
  }
  if (path === '/queue/cancelItem') {
    const item = jenkins.items.find(({ id }) => id === Number(form['id']))
    if (item) item.cancelled = true
    return { status: 204 }
  }
  const [, number] = new RegExp(`^${PATH}/(\\d+)/stop$`).exec(path) ?? []
  const one = jenkins.builds.find((found) => found.number === Number(number))
  if (one === undefined) return { status: 404, body: 'Not Found' }
  jenkins.abort(one, 'Seamless')
  return { status: 302, headers: { location: `${jenkins.url}${PATH}/${one.number}/` } }
}

function itemJson(jenkins: JenkinsStandIn, item: Item): object {
  const { id, parameters, build: begun } = item
  const why = begun === undefined && !item.cancelled ? jenkins.why : null
  return queueItem({ id, url: `${jenkins.url}${PATH}/`, parameters, why, stuck: jenkins.isStuck })
}

function itemAnswer(jenkins: JenkinsStandIn, id: number): Answer {
  const item = jenkins.items.find((found) => found.id === id)
  if (item === undefined) return { status: 404, body: 'Not Found' }
  if (item.build === undefined && !item.cancelled && item.waits-- <= 0) {
    const number = jenkins.builds.length + 1
    item.build = { number, parameters: item.parameters, looks: 0, result: null }
    jenkins.builds.push(item.build)
  }
  const json = itemJson(jenkins, item)
  if (item.cancelled) return ok({ ...json, cancelled: true })
  if (item.build === undefined) return ok(json)
  const { number } = item.build
  return ok({ ...json, cancelled: false, executable: { number, url: `${jenkins.url}${PATH}/${number}/` } })
}

function buildJson(jenkins: JenkinsStandIn, one: Build): object {
  return build({ ...one, url: `${jenkins.url}${PATH}/${one.number}/` })
}

function ofBuild(jenkins: JenkinsStandIn, one: Build, { path, query }: Asked): Answer {
  const behaviour = jenkins.behave(one.parameters)
  if (path === 'api/json') {
    one.looks += 1
    if (one.looks > 2 && one.result === null && behaviour !== 'hangs') one.result = jenkins.result[behaviour]
    return ok(buildJson(jenkins, one))
  }
  if (path === 'logText/progressiveText') {
    const whole = one.result === null ? jenkins.log : `${jenkins.log}Finished: ${one.result}\n`
    const isMore = one.result === null
    // The size is of the log as it is stored, with the notes that the text has not.
    const size = String(whole.length + 100)
    const start = Number(query.get('start'))
    const body = start === 0 ? whole : whole.slice(start - 100)
    return { status: 200, body, headers: { 'x-text-size': size, ...(isMore && { 'x-more-data': 'true' }) } }
  }
  if (path === 'testReport/api/json' && jenkins.report !== undefined) return ok(jenkins.report(behaviour))
  return { status: 404, body: 'Not Found' }
}
