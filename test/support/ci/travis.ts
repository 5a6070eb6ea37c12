import { type Answer, type Asked, type StandIn, startStandIn } from './stand-in.ts'
import { build, errors, job, pending, repository, request } from './travis-answers.ts'

export const TOKEN = 'kT3xq9ZbW0aPvL7mYc2RfA'

export interface AskedRequest {
  readonly sha: string
  readonly branch?: string
  readonly message: string
  readonly merge_mode: string
  readonly config: { readonly env: { readonly global: readonly string[] } }
}

interface Made {
  readonly id: number
  readonly asked: AskedRequest
  /** How often the request is still looked at before it is a build. */
  waits: number
  looks: number
  state: 'none' | 'created' | 'started' | 'passed' | 'failed' | 'errored' | 'canceled'
}

export interface TravisStandIn extends StandIn {
  readonly made: Made[]
  waits: number
  isActive: boolean
  mayRequest: boolean
  /** The request is refused when it is looked at. */
  rejects: string | undefined
  /** Older installations do not say which request they made. */
  namesRequests: boolean
  jobs: { stage?: string; allow_failure?: boolean; fails?: boolean; isEarly?: boolean }[]
}

/** A Travis CI with one repository, as its API is documented (`travis-answers.ts`). */
export async function startTravis(): Promise<TravisStandIn> {
  const world = {
    made: [] as Made[],
    waits: 1,
    isActive: true,
    mayRequest: true,
    rejects: undefined,
    namesRequests: true,
    jobs: [{ stage: 'Test' }, { stage: 'Test', fails: true }],
  }
  const server = await startStandIn((asked) => answer(travis, asked))
  const travis = Object.defineProperties(
    world,
    Object.getOwnPropertyDescriptors(server),
  ) as unknown as TravisStandIn
  return travis
}

const BUILDS_FROM = 1000

function answer(travis: TravisStandIn, asked: Asked): Answer {
  const { method, path, headers } = asked
  if (headers['travis-api-version'] !== '3') return { status: 404, body: 'Sinatra does not know this ditty' }
  if (headers.authorization !== `token ${TOKEN}`) return { status: 403, body: errors.noLogin }
  if (path === '/repo/acme%2Fshop') return ok(repository(travis))
  if (path === '/repo/acme%2Fshop/requests') {
    if (method === 'POST') return requested(travis, asked.body)
    const requests = travis.made.map((one) => requestOf(travis, one))
    // It works them off by itself, whoever looks.
    for (const one of travis.made) workOff(travis, one)
    return ok({ '@type': 'requests', requests })
  }
  if (path === '/repo/acme%2Fshop/builds') {
    const begun = travis.made.filter(({ state }) => state !== 'none').toReversed()
    return ok({ '@type': 'builds', builds: begun.map(buildOf) })
  }
  const [, id] = /^\/repo\/acme%2Fshop\/request\/(\d+)$/.exec(path) ?? []
  const one = travis.made.find((found) => found.id === Number(id))
  if (one !== undefined) {
    workOff(travis, one)
    return ok(requestOf(travis, one))
  }
  return ofBuild(travis, asked)
}

function workOff(travis: TravisStandIn, one: Made): void {
  if (one.state === 'none' && one.waits-- <= 0 && travis.rejects === undefined) one.state = 'created'
}

function ok(body: object): Answer {
  return { status: 200, body }
}

function requested(travis: TravisStandIn, body: string): Answer {
  const { request: asked } = JSON.parse(body) as { request: AskedRequest }
  const id = 205_729 + travis.made.length
  travis.made.push({ id, asked, waits: travis.waits, looks: 0, state: 'none' })
  const said = pending({ id, sha: asked.sha, message: asked.message, branch: asked.branch ?? 'master' })
  if (travis.namesRequests) return { status: 202, body: said }
  const { request: named, ...rest } = said as { request: object }
  return { status: 202, body: { ...rest, request: { ...named, id: undefined } } }
}

function requestOf(travis: TravisStandIn, { id, state, waits }: Made): object {
  const isRejected = travis.rejects !== undefined && waits < 0
  const isOver = isRejected || state !== 'none'
  return request({
    id,
    state: isOver ? 'finished' : 'pending',
    result: isOver ? (isRejected ? 'rejected' : 'approved') : null,
    message: isRejected ? (travis.rejects ?? null) : null,
    builds: state === 'none' ? [] : [{ id: BUILDS_FROM + id, state }],
  })
}

function buildOf({ id, state, asked }: Made): object {
  return build({ id: BUILDS_FROM + id, state, sha: asked.sha, message: asked.message })
}

/** What becomes of a build, by its variable `BEHAVIOUR`. */
function behaviourOf({ asked }: Made): string {
  const found = asked.config.env.global.find((text) => text.startsWith('BEHAVIOUR='))
  return found?.slice('BEHAVIOUR='.length) ?? 'passes'
}

function ofBuild(travis: TravisStandIn, { method, path }: Asked): Answer {
  const [, log] = /^\/job\/(\d+)\/log\.txt$/.exec(path) ?? []
  if (log !== undefined) return { status: 200, body: `$ npm test\nwhat job ${log} printed\n` }
  const [, id, rest = ''] = /^\/build\/(\d+)(\/\w+)?$/.exec(path) ?? []
  const one = travis.made.find((found) => BUILDS_FROM + found.id === Number(id))
  if (one === undefined) return { status: 404, body: errors.noBuild }
  if (method === 'POST' && rest === '/cancel') {
    one.state = 'canceled'
    return { status: 202, body: { '@type': 'pending', build: { id: Number(id) }, state_change: 'cancel' } }
  }
  if (rest === '/jobs')
    return ok({ '@type': 'jobs', jobs: travis.jobs.map((_, index) => jobOf(travis, one, index)) })
  one.looks += 1
  if (one.state === 'created' && one.looks > 1) one.state = 'started'
  const behaviour = behaviourOf(one)
  if (one.state === 'started' && one.looks > 3 && behaviour !== 'hangs') {
    one.state = behaviour === 'fails' ? 'failed' : 'passed'
  }
  return ok(buildOf(one))
}

function jobOf(travis: TravisStandIn, one: Made, index: number): object {
  const { fails, isEarly, ...shown } = travis.jobs[index]!
  const isOver = isEarly === true && one.state === 'started'
  const state = isOver ? 'passed' : one.state === 'failed' && fails !== true ? 'passed' : one.state
  return job({ id: 10 * one.id + index, number: `12.${index + 1}`, state, ...shown })
}
