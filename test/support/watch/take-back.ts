import { expect } from 'vitest'
import { until } from '../app/driven-world.ts'
import type { MergeMethod } from '../github/entities.ts'
import { badChange, inThreeCommits, laterWork } from './changes.ts'
import { delaysOf } from './delays.ts'
import { FIRST_VERSION } from './orders-place.ts'
import type { Merged, WatchedWorld } from './watched-world.ts'

/** A version that users notice is merged, other work after it: all of what must come of that, by itself. Answers how long it took, in lines. */
export async function showTakenBack(
  world: WatchedWorld,
  { method, version, back = FIRST_VERSION }: { method: MergeMethod; version: string; back?: string },
): Promise<string> {
  const from = world.hub.requests.length
  const bad = badChange(version)
  const merged = await world.merge({ steps: method === 'rebase' ? inThreeCommits(bad) : [bad], method })
  await world.merge({ steps: [laterWork(method)] })
  await expectTakenBack(world, merged, { back, later: [`A docs/${method}.md`] })
  return delaysOf(world, from, version)
}

/** The environment is back, the merge reverted, later work kept, and people were told once that users are well. */
export async function expectTakenBack(
  world: WatchedWorld,
  merged: Merged,
  { back, later, rollbacks = 1 }: { back: string; later: readonly string[]; rollbacks?: number },
): Promise<void> {
  expect(await world.verdictOf(merged.sha)).toMatchObject({
    name: 'seamless/production',
    conclusion: 'failure',
    app: { id: world.app.id },
  })
  expect(await until(async () => (await world.place.served()) === back, `${back} is back`, 300_000)).toBe(
    true,
  )
  const end = await world.endOf(merged.number)
  const title = `↩️ \`production\` is back on \`${back}\`, users are well, and #${merged.number} is reverted`
  expect(end).toContain(title)
  expect(await world.receiptSaying(merged.number, title)).toContain('#### Health')
  // The receipt, that the environment is back, and that users are well: each said once.
  const said = await world.answers(merged.number)
  expect(said).toHaveLength(3)
  expect(said.some((body) => body.includes('@ada'))).toBe(true)
  // The tree before the merge, and what came after it.
  expect(await world.changedSince(merged.before)).toEqual(later)
  const [revert, ...others] = await world.reverts()
  expect(revert).toMatchObject({ merged_at: expect.any(String), user: { login: 'seamless[bot]' } })
  expect(others).toEqual([])
  expect(await world.rollbacks()).toHaveLength(rollbacks)
  expect(await world.issues()).toEqual([])
}
