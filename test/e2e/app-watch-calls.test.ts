import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type Call, until } from '../support/app/driven-world.ts'
import { hasPrometheus } from '../support/prometheus-server.ts'
import { editsOfHalfAnHour } from '../support/watch/edits.ts'
import { adopt, type WatchedWorld, watchedWorld } from '../support/watch/watched-world.ts'

/** Measured 44 and 19; two events that come at once may have the run looked at twice. */
const MAX_OF_APP = 50
const MAX_OF_ACTION = 22
const EDIT = 'PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}'

/*
 * What a whole upgrade asks of GitHub. Its watch takes sixteen seconds here and half an hour in life: what that adds is counted by
 * the same code on a clock that a test moves. A tick asks GitHub nothing (shown here: there are four of them); the kept comment is
 * edited at its marks.
 */
describe.runIf(hasPrometheus())('GitHub’s calls of a whole upgrade', { timeout: 600_000 }, () => {
  let world: WatchedWorld
  beforeAll(async () => {
    world = await watchedWorld()
    const { number } = await adopt(world)
    await world.said(number, 2)
    await world.hub.runsIdle()
    await world.quiet()
  }, 400_000)
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') console.log(await world.story())
  })
  afterAll(() => world?.close(), 60_000)

  it('from /deploy to promoted, of the App and of the Action', async () => {
    const { number, sha } = await world.openPull({ VERSION: '1.1.0\n' })
    const from = world.hub.requests.length
    const comment = await world.say(number, '/deploy production')
    await until(async () => (await world.reactions(comment)).includes('rocket'), 'live', 300_000)
    expect(await world.verdictOf(sha)).toMatchObject({ conclusion: 'success' })
    await until(
      async () => (await world.answers(number)).some((body) => body.includes(`seamless:watch-end/`)),
      'the last word',
    )
    await world.hub.runsIdle()
    await world.quiet()

    const calls = world.callsSince(from)
    const of = (by: Call['by']): readonly Call[] =>
      calls.filter((call) => call.by === by && isOfUpgrade(call))
    const [app, action] = [of('app'), of('action')]
    const edits = app.filter(({ what, at }) => what === EDIT && at > calls.liveAtMs).length
    const inLife = await editsOfHalfAnHour()
    const halfAnHour = app.length - edits + inLife
    console.log(
      [
        `a whole upgrade: ${app.length} calls of the App, ${action.length} of the Action;`,
        `with a watch of half an hour, which edits its comment ${inLife} times and not ${edits}: ${halfAnHour} of the App`,
        'of the App:',
        ...listed(app, calls.liveAtMs),
        'of the Action:',
        ...listed(action, calls.liveAtMs),
      ].join('\n'),
    )
    expect(halfAnHour).toBeLessThanOrEqual(MAX_OF_APP)
    expect(action.length).toBeLessThanOrEqual(MAX_OF_ACTION)
    // A tick asks GitHub nothing: after the first words of the watch there are only its edits and its end.
    expect(app.filter(({ what }) => what === EDIT).length).toBeLessThanOrEqual(inLife)
  })
})

/** What the App does for all its repositories, every few minutes, is not of this one. */
function isOfUpgrade({ what }: Call): boolean {
  return !what.includes('/app/hook/') && what !== 'GET /app/installations'
}

function listed(calls: readonly Call[], liveAtMs: number): string[] {
  return calls.map(({ what, at }) => `  ${at > liveAtMs ? 'after live ' : 'before live'} ${what}`)
}
