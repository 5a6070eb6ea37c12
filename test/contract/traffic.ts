import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { UsageError } from '../../src/errors.ts'
import type { Traffic } from '../../src/ports/traffic.ts'
import { stepFailureContract } from './step-failure.ts'
import type { StepWorldOfPort } from './step-failure.ts'

export interface TrafficWorld extends StepWorldOfPort {
  readonly traffic: Traffic
  /** The candidate's share as the traffic's own side has it, in percent; nothing before the first. */
  weight(): number | undefined
}

export function trafficContract(open: () => TrafficWorld): void {
  describe('Traffic', () => {
    stepFailureContract(open)
    let world: TrafficWorld
    beforeEach(() => {
      world = open()
    })
    afterEach(() => world.remove())

    test('the share is what was set last, from none to all, fractions too, and may go back', async () => {
      for (const percent of [0, 10, 0.5, 50, 100, 100, 0]) {
        expect((await world.traffic.setWeight(percent, world.context())).kind).toBe('done')
        expect(world.weight()).toBe(percent)
      }
    })

    test.each([-1, 100.1, Number.NaN, Number.POSITIVE_INFINITY])(
      '%d percent is no share',
      async (percent) => {
        await expect(world.traffic.setWeight(percent, world.context())).rejects.toBeInstanceOf(UsageError)
        expect(world.weight()).toBeUndefined()
      },
    )
  })
}
