import { type WatchWorld, SHA, stepOnce, watchedConfig, watchLive, watchWorld } from './watch-world.ts'

/** How often the kept comment is edited over a watch of half an hour that ends well, by the clock of a test and the code of life. */
export async function editsOfHalfAnHour(): Promise<number> {
  const world = watchWorld(watchedConfig({ health: HALF_AN_HOUR }))
  const edits = countEdits(world)
  let record = await watchLive(world, world.deploy(SHA).id)
  while (record.nextMs !== undefined) record = await stepOnce(world, record)
  if (record.outcome?.verdict !== 'healthy') throw new Error(`it ended ${record.outcome?.reason}`)
  return edits()
}

const HALF_AN_HOUR = `
      source: main
      watch: 30m
      baseline: { before: 2h }
      checks:
        errors: { bad: 'requests{code=~"5.."}', total: requests }
        latency: { histogram: latency_bucket }
`

/** The first one, too: after `/deploy` the comment is there already. */
function countEdits({ ports }: WatchWorld): () => number {
  let count = 0
  const { keep } = ports.conversation
  Object.assign(ports.conversation, {
    keep: async (...args: Parameters<typeof keep>) => {
      count += 1
      return keep(...args)
    },
  })
  return () => count
}
