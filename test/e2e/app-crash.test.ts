import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type CuttingProxy, cuttingProxy, type PassingCall } from '../support/app/cutting-proxy.ts'
import { type DrivenWorld, drivenWorld, until } from '../support/app/driven-world.ts'
import type { Runner } from '../support/github/workflow-runs.ts'
import type { WorkflowWorld } from '../support/workflow-world.ts'

let world: DrivenWorld
let proxy: CuttingProxy
let hubUrl = ''
const dispatched: string[] = []

/** What the Action says of its Deployment, without its work: what dies here is the App. */
function saying(of: WorkflowWorld): Runner {
  hubUrl = of.hub.url
  return async ({ inputs, runId }) => {
    dispatched.push(inputs['request-id'] ?? '')
    const token = of.hub.token({
      login: 'github-actions[bot]',
      permissions: { metadata: 'read', deployments: 'write' },
    })
    const say = async (state: string, description: string): Promise<void> => {
      const log_url = `${of.hub.url}/team/service/actions/runs/${runId}`
      const answer = await fetch(
        `${of.hub.apiUrl}/repos/team/service/deployments/${inputs['deployment-id']}/statuses`,
        {
          method: 'POST',
          headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
          body: JSON.stringify({ state, description, log_url }),
        },
      )
      if (!answer.ok) throw new Error(await answer.text())
    }
    await say('in_progress', 'A run works on it.')
    await wait(300)
    await say('success', 'not_watched: it is live')
    return { conclusion: 'success' }
  }
}

beforeAll(async () => {
  proxy = await cuttingProxy(() => hubUrl)
  world = await drivenWorld({
    runner: saying,
    environment: { GHE_HOST: proxy.url.replace('http://', '') },
  })
}, 120_000)
afterAll(async () => {
  await world.close()
  await proxy.close()
})

const post = (end: RegExp) => (call: PassingCall) => call.method === 'POST' && end.test(call.path)

type When = 'before' | 'after'

/** Around what the App writes to GitHub its journal moves on. (Every call, and both sides of each: test/command/serve-crash.test.ts.) */
const points: readonly [When, string, (call: PassingCall) => boolean][] = [
  ['after', 'the reaction that it was seen', post(/\/reactions$/)],
  ['before', 'the Deployment', post(/\/deployments$/)],
  ['after', 'the Deployment', post(/\/deployments$/)],
  ['before', 'the dispatch', post(/\/dispatches$/)],
  ['after', 'the dispatch', post(/\/dispatches$/)],
  ['after', 'the progress comment', post(/\/issues\/\d+\/comments$/)],
]

/** What is there of one /deploy once its last word was said. */
async function deployed(cut: () => Promise<void>): Promise<typeof ONCE> {
  const { number, sha } = await world.openPull({ VERSION: `1.${Date.now()}.0\n` })
  const comment = world.say(number, '/deploy production')
  await cut()
  const id = await comment
  const reactions = await until(
    async () => {
      const found = await world.reactions(id)
      return found.some((one) => one !== 'eyes') && found
    },
    'the last word',
    120_000,
  ).catch((error: unknown) => {
    throw new Error(`${String(error)}\n${world.process().output()}`)
  })
  const answers = await world.answers(number)
  return {
    reactions: reactions.toSorted(),
    deployments: (await world.deployments()).filter((one) => one.sha === sha).length,
    dispatches: dispatched.filter((key) => key === `comment-${id}`).length,
    ends: answers.filter((body) => body.startsWith('✅')).length,
    progress: answers.filter((body) => body.startsWith('### ✅')).length,
    comments: answers.length,
  }
}

const ONCE = {
  reactions: ['eyes', 'rocket'],
  deployments: 1,
  dispatches: 1,
  ends: 1,
  progress: 1,
  comments: 2,
}

/** `kill -9` at that call, then a start on the same data. */
function killedAt(when: 'before' | 'after', isIt: (call: PassingCall) => boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    proxy.cut(when, isIt, async () => {
      await world.killApp()
      world.startApp().then(() => resolve(), reject)
    })
  })
}

describe('kill -9 of the App', () => {
  it.each(points)(
    'L01 L08 %s GitHub does %s: once restarted, everything was done exactly once',
    async (when, _, isIt) => {
      expect(await deployed(async () => killedAt(when, isIt))).toEqual(ONCE)
    },
    180_000,
  )

  it('L01 after the last word was said, before anybody knows: it is said once', async () => {
    let comments = 0
    const isEnd = (call: PassingCall): boolean => {
      if (post(/\/issues\/\d+\/comments$/)(call)) comments += 1
      return comments === 2
    }
    expect(await deployed(async () => killedAt('after', isEnd))).toEqual(ONCE)
  }, 180_000)

  it('W07 while it was down: the delivery that never arrived is found in the list of GitHub', async () => {
    const { number, sha } = await world.openPull({ VERSION: '8.0.0\n' })
    await world.killApp()
    // What is younger than a minute may still be on its way, and is left to the next look.
    world.setLag(90_000)
    const comment = await world.say(number, '/deploy production')
    world.setLag(0)
    await world.hub.deliveries.idle()
    await world.startApp()
    await until(async () => (await world.reactions(comment)).includes('rocket'), 'done')
    expect((await world.deployments()).filter((one) => one.sha === sha)).toHaveLength(1)
  }, 180_000)

  it('W07 W08 a comment that waited for too long at GitHub is answered with a word, and not carried out', async () => {
    const { number, sha } = await world.openPull({ VERSION: '9.0.0\n' })
    await world.killApp()
    // In time when GitHub would have told it, and no more when it is found.
    world.setLag(15 * 60_000 - 3000)
    const comment = await world.say(number, '/deploy production')
    world.setLag(0)
    await world.hub.deliveries.idle()
    await wait(5000)
    await world.startApp()
    await until(async () => (await world.reactions(comment)).includes('-1'), 'expired')
    expect((await world.answers(number)).at(-1)).toContain('Please repeat it')
    expect((await world.deployments()).filter((one) => one.sha === sha)).toEqual([])
  }, 180_000)

  it('L15 SIGTERM in the middle: it stops in time, and goes on after a start', async () => {
    const cut = async (): Promise<void> =>
      new Promise((resolve, reject) => {
        proxy.cut('after', post(/\/deployments$/), async () => {
          world.process().process.kill('SIGTERM')
          expect(await world.process().ended()).toBe(0)
          world.startApp().then(() => resolve(), reject)
        })
      })
    expect(await deployed(cut)).toEqual(ONCE)
  }, 180_000)
})
