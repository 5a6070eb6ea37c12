import { describe, expect, it } from 'vitest'
import { takesOrder } from '../../src/watch/take-order.ts'
import {
  LIVE_MS,
  SHA,
  stepOnce,
  stepUntil,
  watchedConfig,
  watchLive,
  watchWorld,
} from '../support/watch/watch-world.ts'

const ada = { id: 7, login: 'ada' }
const UNSEEN = watchedConfig().replace(
  'source: main',
  `source: main\n      live: 'app_build_info{commit="{sha}"}'`,
)

describe('a paused watch whose version never shows', () => {
  it('is held for people like any other: a pause keeps nobody from being asked, and nothing from being decided', async () => {
    const world = watchWorld(UNSEEN)
    const begun = await watchLive(world, world.deploy(SHA).id)
    expect(begun.phase).toBe('awaiting')
    const titles: string[] = []
    const { setVerdict } = world.deployments
    world.deployments.setVerdict = async (id, verdict, summary) => {
      titles.push(summary.title)
      await setVerdict(id, verdict, summary)
    }
    const order = { kind: 'pause', by: ada, atMs: LIVE_MS } as const
    const paused = await stepOnce(world, { ...begun, nextMs: LIVE_MS, order })
    const held = await stepUntil(world, paused, 'held', 'ended')
    expect(held).toMatchObject({ phase: 'held', outcome: { verdict: 'inconclusive', reason: 'not_live' } })
    expect(world.conversation.textOf(12, `watch-end/${begun.deployment.id}`)).toContain('@ada')
    expect(titles).toEqual([expect.stringContaining('never seen running, it is held')])
    expect(takesOrder(held, 'promote')).toBe(true)
  })
})
