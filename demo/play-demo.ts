import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Aftermath, Played } from './facts.ts'
import { startLoad, type Load } from './load/load.ts'
import type { Outcome } from './load/outcome.ts'
import { startMachine } from './machine.ts'
import { upgradeNaively } from './naive-upgrade.ts'
import { openOrdersOnGitHub, type Merged } from './orders-on-github.ts'
import type { Sandbox } from './sandbox.ts'
import { runSeamless, type SeamlessRun, type Workplace } from './seamless-run.ts'

/** Requests a second: enough for a verdict within seconds, few enough for two processors. */
const RATE = 400

/** How long the load goes on after the last upgrade: users who are still failed then would be seen. */
const AFTERMATH_MS = 1000

/** Everything that happened, for the report and for judging the claims. */
export interface Story {
  readonly adopted: Played
  readonly good: Played
  readonly bad: Played
  readonly aftermath: Aftermath
  readonly naive: readonly Outcome[]
}

/** Plays the demo from the first version to the last; `say` gets what happens as it happens. */
export async function playDemo(sandbox: Sandbox, say: (line: string) => void): Promise<Story> {
  const github = await openOrdersOnGitHub(sandbox)
  const place: Workplace = { sandbox, github, machine: await startMachine(sandbox, 'machine'), say }

  say(`\n1. A service runs at version 1. autocannon sends it ${RATE} requests a second from now on.`)
  const load = await serveFirstVersion(place)

  say('\n2. Its team adopts Seamless: version 1 is watched and recorded as healthy, to return to.')
  const adopted = await upgrade(place, 'adoption')

  say('\n3. Version 2 is good. Its pull request is merged, and Seamless brings it to users.')
  const two = await github.merge('v2')
  const good = await upgrade(place, 'version-2')

  say('\n4. Version 3 passes all its tests and is merged. It fails some of its users.')
  const three = await github.merge('v3')
  const bad = await upgrade(place, 'version-3')
  const aftermath = await lookAround(place, three)
  await sleep(AFTERMATH_MS)
  const outcomes = await load.stop()

  say('\n5. Version 2 once more, the usual way: examples/naive-deploy.sh stops, replaces, starts. Same load.')
  const repository = join(sandbox.folder, 'version-2')
  const naive = await upgradeNaively(sandbox, { repository, from: two.before, to: two.commit, rate: RATE })
  await github.close()
  return {
    adopted: during(adopted, outcomes),
    good: during(good, outcomes),
    bad: during({ ...bad, toMs: Infinity }, outcomes),
    aftermath,
    naive,
  }
}

/** Version 1 is there before Seamless is: the team's own script started it. */
async function serveFirstVersion({ sandbox, github, machine }: Workplace): Promise<Load> {
  const checkout = join(sandbox.folder, 'version-1')
  await github.checkOut(checkout)
  const env = { ...machine.env, SEAMLESS_VERSION: '1.0.0', SEAMLESS_SHA: await github.main() }
  for (const script of ['build', 'deploy']) {
    await sandbox.run({ file: `./ops/${script}.sh`, cwd: checkout, env })
  }
  return startLoad(sandbox, machine.users, RATE)
}

interface Timed {
  readonly run: SeamlessRun
  readonly fromMs: number
  readonly toMs: number
}

/** What is on main is brought to users, from a fresh checkout. */
async function upgrade(place: Workplace, folder: string): Promise<Timed> {
  const checkout = join(place.sandbox.folder, folder)
  await place.github.checkOut(checkout)
  const fromMs = Date.now()
  const run = await runSeamless(place, checkout)
  return { run, fromMs, toMs: Date.now() }
}

async function lookAround({ github, machine }: Workplace, bad: Merged): Promise<Aftermath> {
  const answer = await fetch(`${machine.users}/healthz`)
  return {
    live: answer.headers.get('x-version') ?? '',
    tree: await github.tree('main'),
    treeBefore: await github.tree(bad.before),
    history: await github.history(),
  }
}

function during({ run, fromMs, toMs }: Timed, outcomes: readonly Outcome[]): Played {
  return { run, outcomes: outcomes.filter(({ atMs }) => atMs >= fromMs && atMs < toMs) }
}
