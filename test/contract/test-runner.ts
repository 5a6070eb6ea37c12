import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import type { TestRunner } from '../../src/ports/test-runner.ts'
import { stepFailureContract } from './step-failure.ts'
import type { StepWorldOfPort } from './step-failure.ts'

export interface Going {
  readonly name: string
  readonly result: 'passed' | 'failed' | 'skipped'
}

export interface TestRunnerWorld extends StepWorldOfPort {
  /** A runner whose tests go like this; `ok` is what it says as a whole. */
  going(cases: readonly Going[], ok: boolean): TestRunner
}

export function testRunnerContract(open: () => TestRunnerWorld): void {
  describe('TestRunner', () => {
    stepFailureContract(open)
    let world: TestRunnerWorld
    beforeEach(() => {
      world = open()
    })
    afterEach(() => world.remove())

    const mixed: Going[] = [
      { name: 'adds', result: 'passed' },
      { name: 'divides', result: 'failed' },
      { name: 'prints', result: 'skipped' },
    ]

    test('each test is told as it went', async () => {
      const outcome = await world.going(mixed, false).test(world.context())
      expect(outcome.kind).toBe('ran')
      const cases = outcome.kind === 'ran' ? outcome.cases : []
      expect(cases.map(({ name, result }) => [name.replace(/^.* › /, ''), result])).toEqual(
        mixed.map(({ name, result }) => [name, result]),
      )
    })

    test('a failed test counts although the whole says well', async () => {
      const outcome = await world.going(mixed, true).test(world.context())
      expect(outcome).toMatchObject({ kind: 'ran', cases: [{}, { result: 'failed' }, {}] })
    })

    test('a whole that says ill is a failure although each test passed', async () => {
      const outcome = await world.going([{ name: 'adds', result: 'passed' }], false).test(world.context())
      expect(outcome.kind).toBe('failed')
    })

    test('names are stable: the same tests have the same names again, and no two the same', async () => {
      const twins: Going[] = [1, 2, 3].map(() => ({ name: 'each value', result: 'passed' }))
      const runner = world.going(twins, true)
      const [one, two] = [await runner.test(world.context()), await runner.test(world.context())]
      const names = one.kind === 'ran' ? one.cases.map(({ name }) => name) : []
      expect(new Set(names).size).toBe(3)
      expect(two).toMatchObject({ cases: names.map((name) => ({ name })) })
    })
  })
}
