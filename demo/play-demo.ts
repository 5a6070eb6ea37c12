import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort, startApp } from './app.ts'
import type { Aftermath, Played } from './facts.ts'
import { startLoad, type Load } from './load/load.ts'
import type { Outcome } from './load/outcome.ts'
import { startMachine, type Machine } from './machine.ts'
import { upgradeNaively } from './naive-upgrade.ts'
import { openOrdersOnGitHub, type Merged, type OrdersOnGitHub } from './orders-on-github.ts'
import type { Change } from './orders-repository.ts'
import { type Recorder, startRecorder } from './recorder.ts'
import type { Sandbox } from './sandbox.ts'
import { listenTo, type Told } from './told.ts'
import { runWorkflow, type WorkflowRun } from './workflow-run.ts'

/** Requests a second: enough for a verdict within seconds, few enough for two processors. */
const RATE = 400

/** How long the load goes on after the last upgrade: users who are still failed then would be seen. */
const AFTERMATH_MS = 1000

/** Nothing of the demo takes as long, however busy the machine. */
const LONG_MS = 300_000

/** Everything that happened, for the report and for judging the claims. */
export interface Story {
  readonly adopted: Played
  readonly good: Played
  readonly bad: Played
  readonly aftermath: Aftermath
  readonly late: Played
  readonly lateAftermath: Aftermath
  readonly naive: readonly Outcome[]
}

interface Stage {
  readonly sandbox: Sandbox
  readonly github: OrdersOnGitHub
  readonly machine: Machine
  readonly recorder: Recorder
  readonly told: Told
  /** In the order in which they ended. */
  readonly runs: readonly WorkflowRun[]
}

/** Plays the demo from the first version to the last; `say` gets what happens as it happens. */
export async function playDemo(sandbox: Sandbox, say: (line: string) => void): Promise<Story> {
  say(`\n1. A service runs at version 1. autocannon sends it ${RATE} requests a second from now on.`)
  say('   A GitHub of the demo’s own has its repository; the Seamless App is installed there, and starts.')
  const stage = await setUp(sandbox, say)
  const { github } = stage
  const load = await serveFirstVersion(stage)

  say('\n2. Its team adopts Seamless by a pull request: version 1 is watched, to be what one can return to.')
  const adopted = await upgrade(stage, 'adopt')

  say('\n3. Version 2 is good. Its pull request is merged: the workflow brings it to users, the App watches.')
  const good = await upgrade(stage, 'v2')

  say('\n4. Version 3 passes all its tests and is merged. It fails some of its users.')
  const bad = await upgrade(stage, 'v3')
  const aftermath = await lookAround(stage, bad.merged)

  say(
    '\n5. Version 4 passes its tests, and all its steps of traffic. It fails users once it has served for a while.',
  )
  const late = await upgrade(stage, 'v4')
  if (late.revert !== undefined) await mergeRevert(stage, late.revert.number, say)
  const lateAftermath = await lookAround(stage, late.merged)
  await sleep(AFTERMATH_MS)
  const outcomes = await load.stop()

  say('\n6. Version 2 once more, the usual way: examples/naive-deploy.sh stops, replaces, starts. Same load.')
  const repository = join(sandbox.folder, 'version-2')
  const { before: from, commit: to } = good.merged
  await github.checkOut(repository, to)
  const naive = await upgradeNaively(sandbox, { repository, from, to, rate: RATE })
  await stage.recorder.close()
  await github.close()
  return {
    adopted: during(adopted, outcomes),
    good: during(good, outcomes),
    bad: during(bad, outcomes),
    aftermath,
    late: during({ ...late, toMs: Infinity }, outcomes),
    lateAftermath,
    naive,
  }
}

async function setUp(sandbox: Sandbox, say: (line: string) => void): Promise<Stage> {
  const [machine, port] = [await startMachine(sandbox, 'machine'), await freePort()]
  const recorder = await startRecorder(machine.slots, RATE)
  const secret = randomUUID()
  const github = await openOrdersOnGitHub(sandbox, { port, secret })
  const sources = { SEAMLESS_SOURCE_RECORDER_URL: recorder.url }
  const { apiUrl, serverUrl, app, octokit, owner, repo } = github
  const runs: WorkflowRun[] = []
  const runner = {
    sandbox,
    machine,
    apiUrl,
    serverUrl,
    checkOut: github.checkOut,
    variables: { ...sources, SEAMLESS_CHECKS_APP_ID: String(app.id) },
    say,
  }
  github.onRun(async (dispatch) => {
    // What a revert by the App leaves on main is live already.
    if (dispatch.actor.endsWith('[bot]') && dispatch.event === 'push') return { conclusion: 'skipped' }
    const run = await runWorkflow(runner, dispatch)
    runs.push(run)
    return { conclusion: run.exitCode === 0 ? 'success' : 'failure' }
  })
  const variables = { ...sources, SEAMLESS_SOURCES_FOR: github.name }
  await startApp(sandbox, { credentials: app, webhookSecret: secret, port, serverUrl, variables })
  const told = listenTo({ octokit, owner, repo, say })
  return { sandbox, github, machine, recorder, told, runs }
}

/** Version 1 is there before Seamless is: the team's own script started it. */
async function serveFirstVersion({ sandbox, github, machine }: Stage): Promise<Load> {
  const checkout = join(sandbox.folder, 'version-1')
  const sha = await github.main()
  await github.checkOut(checkout, sha)
  const env = { ...machine.env, SEAMLESS_VERSION: '1.0.0', SEAMLESS_SHA: sha }
  for (const script of ['build', 'deploy']) {
    await sandbox.run({ file: `./ops/${script}.sh`, cwd: checkout, env })
  }
  return startLoad(sandbox, machine.users, RATE)
}

interface Timed {
  readonly merged: Merged
  readonly run: WorkflowRun
  readonly verdict: string
  /** What the App says on the pull request in the end. */
  readonly comments: readonly string[]
  readonly revert: Awaited<ReturnType<OrdersOnGitHub['revertOf']>>
  readonly fromMs: number
  readonly toMs: number
}

/** A change is merged; what follows is the workflow's and the App's, until the App has said its last word on the pull request. */
async function upgrade({ github, told, runs }: Stage, change: Change): Promise<Timed> {
  const fromMs = Date.now()
  const merged = await github.merge(change)
  const deadline = fromMs + LONG_MS
  for (;;) {
    await told.look([merged.number])
    const run = runs.find(({ event, sha }) => event === 'push' && sha === merged.commit)
    const verdict = await github.verdict(merged.commit)
    const comments = await told.comments(merged.number)
    // The receipt is edited; how it ended is a comment of its own, and of what was taken back there are two: that, and how users are since.
    const needed = verdict === 'failure' ? 3 : 2
    if (run !== undefined && verdict !== undefined && comments.length >= needed) {
      const revert = await github.revertOf(merged.number)
      return { merged, run, verdict, comments, revert, fromMs, toMs: Date.now() }
    }
    if (Date.now() > deadline)
      throw new Error(
        `#${merged.number} was not decided: the run ended with ${run?.exitCode}, the check is ${verdict}, the App said\n${comments.join('\n\n')}`,
      )
    await sleep(300)
  }
}

/** A person decides what the App only proposes, since more was merged since version 2: version 3 and its revert. */
async function mergeRevert({ github }: Stage, number: number, say: (line: string) => void): Promise<void> {
  const { owner, repo, octokit } = github
  await octokit.rest.pulls.merge({ owner, repo, pull_number: number })
  say(`  Ada merges #${number}.`)
}

async function lookAround({ github, machine }: Stage, bad: Merged): Promise<Aftermath> {
  const answer = await fetch(`${machine.users}/healthz`)
  return {
    live: answer.headers.get('x-version') ?? '',
    tree: await github.tree('main'),
    treeBefore: await github.tree(bad.before),
    history: await github.history(),
  }
}

function during(timed: Timed, outcomes: readonly Outcome[]): Played {
  const { fromMs, toMs } = timed
  return { ...timed, outcomes: outcomes.filter(({ atMs }) => atMs >= fromMs && atMs < toMs) }
}
