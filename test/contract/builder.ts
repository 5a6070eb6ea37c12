import { createHash } from 'node:crypto'

import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import type { Builder } from '../../src/ports/builder.ts'
import { stepFailureContract } from './step-failure.ts'
import type { StepWorldOfPort } from './step-failure.ts'

export interface BuilderWorld extends StepWorldOfPort {
  /** A builder that makes these artefacts, by name and content. */
  making(artifacts: Readonly<Record<string, string>>): Builder
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
      const made = { 'dist/b.js': 'b\n', 'dist/a.js': 'aaa\n', 'dist/sub/c.js': '' }
      const outcome = await world.making(made).build(world.context())
      expect(outcome).toEqual({
        kind: 'built',
        artifacts: [
          { name: 'dist/a.js', digest: digest('aaa\n'), bytes: 4 },
          { name: 'dist/b.js', digest: digest('b\n'), bytes: 2 },
          { name: 'dist/sub/c.js', digest: digest(''), bytes: 0 },
        ],
      })
    })

    test('the same content has the same digest in another build', async () => {
      const [one, two] = [
        await world.making({ a: 'x' }).build(world.context()),
        await world.making({ a: 'x' }).build(world.context()),
      ]
      expect(one).toEqual(two)
    })
  })
}

function digest(text: string): string {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`
}
