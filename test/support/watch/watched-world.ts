import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { Load } from '../../../demo/load/load.ts'
import { type DrivenWorld, drivenWorld, until } from '../app/driven-world.ts'
import type { MergeMethod } from '../github/entities.ts'
import type { Runner } from '../github/workflow-runs.ts'
import type { ActionResult } from '../run-action.ts'
import type { WorkflowWorld } from '../workflow-world.ts'
import type { Step } from './changes.ts'
import { openOrdersPlace, ordersFiles, type OrdersPlace } from './orders-place.ts'
import { pushRunner } from './push-runner.ts'
import { WATCHED_CONFIG } from './watched-config.ts'

/** A merged pull request. */
export interface Merged {
  readonly number: number
  /** What is on the default branch for it: the last of its commits there. */
  readonly sha: string
  /** What the default branch was at before. */
  readonly before: string
}

export interface Change {
  readonly title?: string
  readonly steps: readonly Step[]
  readonly method?: MergeMethod
}

export interface VerdictCheck {
  readonly id: number
  readonly name: string
  readonly status: string
  readonly conclusion: string | null
  readonly app: { readonly id: number }
  readonly output: { readonly title: string | null; readonly summary: string | null }
}

/**
 * The sample service under load, whose default branch deploys by the bundled Action when it is pushed to; a Prometheus that
 * remembers two hours of it; and the App, a process of its own, that watches.
 */
export interface WatchedWorld extends DrivenWorld {
  readonly place: OrdersPlace
  readonly load: Load
  /** Ada's pull request, not merged yet. */
  open(change: Change): Promise<{ readonly number: number; readonly sha: string }>
  /** … merged by her through GitHub's API. */
  merge(change: Change): Promise<Merged>
  /** The checks of a commit that the App itself made, by name. */
  verdicts(sha: string): Promise<readonly VerdictCheck[]>
  /** Waits until the App's verdict on a commit is completed. */
  verdictOf(sha: string, timeoutMs?: number): Promise<VerdictCheck>
  /** What the App says on a pull request, once there are so many comments. */
  said(pull: number, atLeast: number): Promise<readonly string[]>
  /** Its first comment there, which is kept up to date, once it says this: it is edited after the new one is written. */
  receiptSaying(pull: number, words: string): Promise<string>
  /** Its comment there that tells people how it ended, once it does. */
  endOf(pull: number): Promise<string>
  /** Pull requests of the App itself, oldest first. */
  reverts(): Promise<readonly { number: number; merged_at: string | null; user: { login: string } }[]>
  /** The Deployments that bring an environment back. */
  rollbacks(): Promise<readonly { id: number; sha: string }[]>
  /** What differs on the default branch from an earlier commit: `A docs/a.md`. */
  changedSince(sha: string): Promise<readonly string[]>
  /** Waits until the App has asked GitHub nothing for three seconds. */
  quiet(): Promise<void>
  /** The issues that are no pull requests, oldest first. */
  issues(): Promise<readonly { number: number; title: string; body: string; state: string }[]>
  /** All that helps to find out why: the App's log, those of the runs, what was said. */
  story(): Promise<string>
}

export interface WatchedOptions {
  readonly config?: string
  /** Of the App. */
  readonly environment?: Readonly<Record<string, string>>
  /** Is told where GitHub is, before the App starts. */
  readonly onHub?: (url: string) => void
}

export async function watchedWorld(options: WatchedOptions = {}): Promise<WatchedWorld> {
  const place = await openOrdersPlace()
  const results: ActionResult[] = []
  const bound = { SEAMLESS_SOURCE_MAIN_URL: place.prometheus.url }
  const late: { world?: DrivenWorld } = {}
  const environmentOfRuns = (): Record<string, string> => ({
    ...place.machine.env,
    ...bound,
    SEAMLESS_CHECKS_APP_ID: String(late.world?.app.id ?? ''),
  })
  const world = await drivenWorld({
    files: { ...ordersFiles(), '.github/seamless.yml': options.config ?? WATCHED_CONFIG },
    runner(of) {
      options.onHub?.(of.hub.url)
      return dispatchRunner(of, results, environmentOfRuns)
    },
    environment: { ...bound, SEAMLESS_SOURCES_FOR: 'team/service', ...options.environment },
  })
  late.world = world
  world.hub.onPush(pushRunner(world, results, environmentOfRuns))
  const [reading, main] = [world.hub.token({ login: 'ada' }), await world.repository.shaOf('main')]
  const load = await place.serveFirst(world.hub.cloneUrl(world.repository, reading), main ?? '')
  return {
    ...world,
    ...asPeople(world),
    place,
    results,
    load,
    story: async () => story(world, results),
    async close() {
      try {
        await world.close()
      } finally {
        await place.close()
      }
    },
  }
}

/** Never synchronous: the stand-in answers from this process. */
const execute = promisify(execFile)

/** The first version, watched by the App and found healthy: from now on there is one to go back to. */
export async function adopt(world: WatchedWorld): Promise<Merged> {
  const readme = 'Orders. Upgraded by Seamless.\n'
  const merged = await world.merge({ steps: [{ message: 'Adopt Seamless', files: { 'README.md': readme } }] })
  const { conclusion } = await world.verdictOf(merged.sha).catch(async (error: unknown) => {
    throw new Error(`${String(error)}\n${await world.story()}`)
  })
  if (conclusion !== 'success') throw new Error(`the first version is not healthy:\n${await world.story()}`)
  return merged
}

function dispatchRunner(
  of: WorkflowWorld,
  results: ActionResult[],
  environment: () => Record<string, string>,
): Runner {
  return async ({ event, inputs, sha, runId }) => {
    const asked = { event, inputs, sha, runId, wholeHistory: true, environment: environment() }
    const result = await of.run(asked)
    results.push(result)
    return { conclusion: result.exitCode === 0 ? 'success' : 'failure' }
  }
}

type AsPeople = Pick<
  WatchedWorld,
  | 'open'
  | 'merge'
  | 'verdicts'
  | 'verdictOf'
  | 'said'
  | 'endOf'
  | 'receiptSaying'
  | 'reverts'
  | 'rollbacks'
  | 'changedSince'
  | 'quiet'
  | 'issues'
>

/** Only something broken takes as long, or a machine that does ten things at once. */
const LONG_MS = 300_000

/** What people do there, and see. */
function asPeople(world: DrivenWorld): AsPeople {
  const { repository, app } = world
  let changes = 0
  const open: WatchedWorld['open'] = async ({ title, steps }) => {
    changes += 1
    const branch = `change-${changes}`
    let sha = ''
    for (const { message, files } of steps)
      sha = await repository.commit({ branch, files, message, by: 'ada' })
    const body = { head: branch, base: 'main', title: title ?? steps[0]?.message ?? branch }
    const { number } = await world.api<{ number: number }>('POST', '/pulls', { body })
    return { number, sha }
  }
  const verdicts: WatchedWorld['verdicts'] = async (sha) => {
    const path = `/commits/${sha}/check-runs?per_page=100&filter=all&app_id=${app.id}`
    return (await world.api<{ check_runs: VerdictCheck[] }>('GET', path)).check_runs
  }
  return {
    open,
    verdicts,
    async merge({ method = 'squash', ...change }) {
      const { number, sha: head } = await open(change)
      const before = (await repository.shaOf('main')) ?? ''
      const last = change.steps.at(-1)?.message ?? ''
      const named = method === 'rebase' ? {} : { commit_title: `${change.title ?? last} (#${number})` }
      const body = { merge_method: method, sha: head, ...named }
      const { sha } = await world.api<{ sha: string }>('PUT', `/pulls/${number}/merge`, { body })
      return { number, sha, before }
    },
    async said(pull, atLeast) {
      const enough = async (): Promise<readonly string[] | false> => {
        const all = await world.answers(pull)
        return all.length >= atLeast && all
      }
      return until(enough, `${atLeast} comments on #${pull}`, LONG_MS)
    },
    async receiptSaying(pull, words) {
      const said = async (): Promise<string | false> => {
        const [receipt] = await world.answers(pull)
        return receipt?.includes(words) === true && receipt
      }
      return until(said, `the receipt of #${pull} that says ${words}`, LONG_MS)
    },
    async endOf(pull) {
      const end = async (): Promise<string | undefined> =>
        (await world.answers(pull)).findLast((body) => body.includes('<!-- seamless:watch-end/'))
      return until(end, `the end of the watch on #${pull}`, LONG_MS)
    },
    async reverts() {
      const path = '/pulls?state=all&per_page=100&direction=asc'
      const all = await world.api<{ number: number; merged_at: string; user: { login: string } }[]>(
        'GET',
        path,
      )
      return all.filter(({ user }) => user.login.endsWith('[bot]'))
    },
    async rollbacks() {
      const all = await world.api<{ id: number; sha: string; payload: { operation?: string } }[]>(
        'GET',
        '/deployments?per_page=100',
      )
      return all.filter(({ payload }) => payload.operation === 'rollback')
    },
    async changedSince(sha) {
      const args = ['--git-dir', repository.bareDir, 'diff', '--name-status', '--no-renames', sha, 'main']
      const { stdout } = await execute('git', args)
      return stdout.split('\n').flatMap((line) => (line === '' ? [] : [line.replace('\t', ' ')]))
    },
    async verdictOf(sha, timeoutMs = LONG_MS) {
      const completed = async (): Promise<VerdictCheck | undefined> =>
        (await verdicts(sha)).find(({ status }) => status === 'completed')
      return until(completed, `a verdict on ${sha}`, timeoutMs)
    },
    async quiet() {
      const isQuiet = (): boolean =>
        Date.now() - (world.callsSince(0).findLast(({ by }) => by === 'app')?.at ?? 0) > 3000
      await until(isQuiet, 'a moment without calls')
    },
    async issues() {
      const path = '/issues?state=all&per_page=100&direction=asc'
      const all = await world.api<{ number: number; title: string; body: string; state: string }[]>(
        'GET',
        path,
      )
      return all.filter((one) => !('pull_request' in one))
    },
  }
}

async function story(world: DrivenWorld, results: readonly ActionResult[]): Promise<string> {
  const runs = results.map(({ log, exitCode }, index) => `── run ${index + 1} (exit ${exitCode})\n${log}`)
  const deployments = await world.deployments()
  const states = await Promise.all(
    deployments.map(
      async ({ id, sha }) => `${id} ${sha}\n  ${(await world.statesOf(String(id))).join('\n  ')}`,
    ),
  )
  const pulls = await world.api<{ number: number; title: string }[]>('GET', '/pulls?state=all&per_page=100')
  const said = await Promise.all(
    pulls.map(
      async ({ number, title }) => `── #${number} ${title}\n${(await world.answers(number)).join('\n\n')}`,
    ),
  )
  return [world.process().output(), ...runs, '── Deployments', ...states, ...said].join('\n')
}
