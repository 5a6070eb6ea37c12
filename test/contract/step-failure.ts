import { afterEach, beforeEach, expect, test } from 'vitest'

import type { StepContext, StepFailure } from '../../src/ports/step.ts'

/** How an adapter's step is made to fail; each gives the failure that the port's caller got, or nothing if it went well. */
export interface StepWorldOfPort {
  /** A step whose command fails with this exit code, having printed this line. */
  exits(code: number, line: string, context: StepContext): Promise<StepFailure | undefined>
  /** A step whose command does not end by itself. */
  hangs(context: StepContext): Promise<StepFailure | undefined>
  /** A step that prints this variable of its environment and fails. */
  prints(variable: string, context: StepContext): Promise<StepFailure | undefined>
  readonly context: (more?: Partial<StepContext>) => StepContext
  readonly remove: () => void
}

/** What every port that runs steps of the user keeps: a failure is an answer, with what and where; a cancel ends it. */
export function stepFailureContract(open: () => StepWorldOfPort): void {
  let world: StepWorldOfPort
  beforeEach(() => {
    world = open()
  })
  afterEach(() => world.remove())

  test('a command that fails is an answer that names the step, the exit code and its last words', async () => {
    const failure = await world.exits(3, 'no space left', world.context({ step: 'stage/the-step' }))
    expect(failure?.why).toBe('exit')
    expect(failure?.message).toMatch(/^stage\/the-step: .*exit 3/s)
    expect(failure?.output).toMatch(/no space left$/m)
  })

  test('a cancel ends a command under way, and one from before starts none', async () => {
    const late = new AbortController()
    setTimeout(() => late.abort(), 200)
    expect((await world.hangs(world.context({ signal: late.signal })))?.why).toBe('cancelled')
    expect((await world.hangs(world.context({ signal: AbortSignal.abort() })))?.why).toBe('cancelled')
  })

  test('a folder that does not exist is an answer too', async () => {
    const failure = await world.exits(0, '', world.context({ directory: '/no/such/folder' }))
    expect(failure?.message).toContain('/no/such/folder')
  })

  test('I01 values arrive as environment variables, whatever is in them', async () => {
    const value = '$(touch pwn)`touch pwn`;"\' | x'
    const failure = await world.prints(
      'SEAMLESS_BRANCH',
      world.context({ values: { SEAMLESS_BRANCH: value } }),
    )
    expect(failure?.output).toContain(value)
  })

  test('I11 a value under a name that means something to programs is refused', async () => {
    const failure = await world.prints('X', world.context({ values: { LD_PRELOAD: '/evil.so' } }))
    expect(failure).toMatchObject({ why: 'spawn', message: expect.stringContaining('LD_PRELOAD') })
  })
}
