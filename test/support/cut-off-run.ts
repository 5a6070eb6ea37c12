import { composePorts } from '../../src/composition.ts'
import type { UpgradeEvent } from '../../src/upgrade/event.ts'
import { preparePlan } from '../../src/upgrade/prepare-plan.ts'
import { journaled, runUpgrade } from '../../src/upgrade/run-upgrade.ts'
import type { UpgradeWorld } from './upgrade-world.ts'

/** A run that dies right after the first journal entry with such an event: from then on nothing of it reaches the disk. */
export async function cutOffAfter(
  world: UpgradeWorld,
  isLast: (event: UpgradeEvent) => boolean,
): Promise<void> {
  await cutOff(world, isLast, 'after')
}

/** … or right before it is written: what was done outside just before is not on record. */
export async function cutOffBefore(
  world: UpgradeWorld,
  isFirst: (event: UpgradeEvent) => boolean,
): Promise<void> {
  await cutOff(world, isFirst, 'before')
}

async function cutOff(
  world: UpgradeWorld,
  matches: (event: UpgradeEvent) => boolean,
  side: 'before' | 'after',
): Promise<void> {
  const { opened, loaded } = await world.request()
  const ports = await composePorts(opened, loaded.config)
  let dead = false
  const journal: typeof ports.journal = {
    read: ports.journal.read,
    async append(events) {
      const isHere = events.some(matches)
      if (isHere && side === 'before') dead = true
      if (!dead) await ports.journal.append(events)
      if (isHere) dead = true
      if (dead) throw new Error('The process died.')
    },
  }
  const before = await journaled(ports)
  const plan = await preparePlan({
    config: loaded.config,
    configDigest: loaded.digest,
    repository: opened.repository.name,
    stage: 'all',
    defaultBranch: async () => 'main',
    directory: '.',
    ports,
    ...(before && { before }),
  })
  const signal = new AbortController().signal
  await runUpgrade({
    plan,
    config: loaded.config,
    ports: { ...ports, journal },
    signal,
    directory: '.',
  }).catch(() => undefined)
  if (!dead) throw new Error('The run ended before it could be cut off.')
}
