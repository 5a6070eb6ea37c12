import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import type { Deployer } from '../../src/ports/deployer.ts'
import type { StepContext } from '../../src/ports/step.ts'
import { stepFailureContract } from './step-failure.ts'
import type { StepWorldOfPort } from './step-failure.ts'

export interface DeployerWorld extends StepWorldOfPort {
  /** A deployer of an environment where nothing was ever deployed; it takes the version from `SEAMLESS_VERSION`. */
  readonly deployer: Deployer
}

export function deployerContract(open: () => DeployerWorld): void {
  describe('Deployer', () => {
    stepFailureContract(open)
    let world: DeployerWorld
    beforeEach(() => {
      world = open()
    })
    afterEach(() => world.remove())
    const version = (name: string): StepContext => world.context({ values: { SEAMLESS_VERSION: name } })

    test('nothing is live at first, then what was deployed, then what was returned to', async () => {
      const { deployer } = world
      expect(await deployer.status(version('1.0.0'))).toEqual({ kind: 'empty' })
      expect((await deployer.deploy(version('1.0.0'))).kind).toBe('done')
      expect(await deployer.status(version('2.0.0'))).toEqual({ kind: 'live', version: '1.0.0' })
      expect((await deployer.deploy(version('2.0.0'))).kind).toBe('done')
      expect(await deployer.status(version('2.0.0'))).toEqual({ kind: 'live', version: '2.0.0' })
      expect((await deployer.rollback(version('1.0.0'))).kind).toBe('done')
      expect(await deployer.status(version('2.0.0'))).toEqual({ kind: 'live', version: '1.0.0' })
    })

    test('deploying the same version again is no error', async () => {
      await world.deployer.deploy(version('1.0.0'))
      expect((await world.deployer.deploy(version('1.0.0'))).kind).toBe('done')
      expect(await world.deployer.status(version('1.0.0'))).toEqual({ kind: 'live', version: '1.0.0' })
    })

    test('the difference is shown before, and nothing is changed by looking', async () => {
      const { deployer } = world
      await deployer.deploy(version('1.0.0'))
      const shown = await deployer.difference?.(version('2.0.0'))
      // An adapter that cannot show it has no such method.
      const text = shown?.kind === 'done' ? shown.output : '1.0.0 2.0.0'
      expect(text).toMatch(/1\.0\.0[^]*2\.0\.0/)
      expect(await deployer.status(version('2.0.0'))).toEqual({ kind: 'live', version: '1.0.0' })
    })
  })
}
