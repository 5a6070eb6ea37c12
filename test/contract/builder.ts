import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import type { Artifact, Builder } from '../../src/ports/builder.ts'
import { stepFailureContract } from './step-failure.ts'
import type { StepWorldOfPort } from './step-failure.ts'

export interface BuilderWorld extends StepWorldOfPort {
  /** A builder that makes these artefacts, by name and content. */
  making(artifacts: Readonly<Record<string, string>>): Builder
  /** What it can make at once. */
  readonly sample: Readonly<Record<string, string>>
  /** The artefacts that a sample is, as others than the builder see them: digested here, or asked of who has them. */
  found(artifacts: Readonly<Record<string, string>>): Promise<readonly Artifact[]>
}

export function builderContract(open: () => BuilderWorld): void {
  describe('Builder', () => {
    stepFailureContract(open)
    let world: BuilderWorld
    beforeEach(() => {
      world = open()
    })
    afterEach(() => world.remove())

    test('what was built is named, digested and measured, in the order of names', async () => {
      const outcome = await world.making(world.sample).build(world.context())
      const artifacts = await world.found(world.sample)
      expect(artifacts).toHaveLength(Object.keys(world.sample).length)
      expect(artifacts.every(({ digest }) => /^sha256:[0-9a-f]{64}$/.test(digest))).toBe(true)
      expect(outcome).toEqual({
        kind: 'built',
        artifacts: artifacts.toSorted((one, other) => (one.name < other.name ? -1 : 1)),
      })
    })

    test('the same content has the same digest in another build', async () => {
      const [one, two] = [
        await world.making({ a: 'x' }).build(world.context()),
        await world.making({ a: 'x' }).build(world.context()),
      ]
      expect(one.kind).toBe('built')
      expect(one).toEqual(two)
    })
  })
}
