import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Log } from '../../src/ports/log.ts'
import type { StepContext } from '../../src/ports/step.ts'
import type { TestRunner } from '../../src/ports/test-runner.ts'

/** What becomes of a build: its tests pass; one fails; it does not end by itself. */
export type Behaviour = 'passes' | 'fails' | 'hangs'

export interface RemoteBuildWorld {
  runner(behaviour: Behaviour, log: Log): TestRunner
  context(more?: Partial<StepContext>): StepContext
  /** How many builds were started so far. */
  started(): Promise<number>
  /** Whether the newest build was stopped. */
  isStopped(): Promise<boolean>
  close(): Promise<void>
}

/**
 * What every server that builds for us is held to. It runs against a stand-in, and against a real one where the
 * environment names it (docs/jenkins.md, docs/travis.md); so it asks for no more than any server can be made to do.
 */
export function remoteBuildContract(
  name: string,
  open: () => Promise<RemoteBuildWorld>,
  timeoutMs = 30_000,
): void {
  describe(`${name} builds for us`, { timeout: timeoutMs }, () => {
    let world: RemoteBuildWorld
    beforeEach(async () => {
      world = await open()
    })
    afterEach(() => world.close())

    test('a build that goes well is told test by test, with its output', async () => {
      const log = listening()
      const outcome = await world.runner('passes', log).test(world.context())
      expect(outcome).toMatchObject({ kind: 'ran' })
      const cases = outcome.kind === 'ran' ? outcome.cases : []
      expect(cases.map(({ result }) => result)).not.toContain('failed')
      expect(cases.map(({ result }) => result)).toContain('passed')
      expect(log.lines.length).toBeGreaterThan(0)
      expect(await world.started()).toBe(1)
    })

    test('a test that fails is told as failed', async () => {
      const outcome = await world.runner('fails', listening()).test(world.context())
      const cases = outcome.kind === 'ran' ? outcome.cases : []
      expect(cases.filter(({ result }) => result === 'failed')).toMatchObject([
        { name: expect.stringMatching(/./) },
      ])
    })

    test('its tests have the same names again, no two the same, and a second run is a second build', async () => {
      const runner = world.runner('fails', listening())
      const [one, two] = [await runner.test(world.context()), await runner.test(world.context())]
      const names = one.kind === 'ran' ? one.cases.map((found) => found.name) : []
      expect(new Set(names).size).toBe(names.length)
      expect(two).toMatchObject({ cases: names.map((found) => ({ name: found })) })
      expect(await world.started()).toBe(2)
    })

    test('a cancel stops the build there', async () => {
      const stop = new AbortController()
      const log = listening({ running: () => stop.abort() })
      const outcome = await world.runner('hangs', log).test(world.context({ signal: stop.signal }))
      expect(outcome).toMatchObject({
        failure: { why: 'cancelled', message: expect.stringContaining('was told to stop it') },
      })
      expect(await world.isStopped()).toBe(true)
    })

    test('a cancel from before starts nothing', async () => {
      const signal = AbortSignal.abort()
      const outcome = await world.runner('passes', listening()).test(world.context({ signal }))
      expect(outcome).toMatchObject({ failure: { why: 'cancelled' } })
      expect(await world.started()).toBe(0)
    })

    test('whoever asks for the same while it is under way follows it, and no other is started', async () => {
      const stop = new AbortController()
      let second: Promise<unknown> | undefined
      const first = world.runner(
        'hangs',
        listening({
          running: () => {
            const log = listening({ told: (text) => text.includes('followed') && stop.abort() })
            second ??= world.runner('hangs', log).test(world.context({ signal: stop.signal }))
          },
        }),
      )
      const outcome = await first.test(world.context())
      expect(outcome).toMatchObject({ failure: { message: expect.stringContaining('aborted') } })
      expect(await second).toMatchObject({ failure: { why: 'cancelled' } })
      expect(await world.started()).toBe(1)
    })
  })
}

/** Calls back when a build is seen to run: its page is told then. */
function listening(
  heard: { running?: () => void; told?: (text: string) => unknown } = {},
): Log & { lines: string[] } {
  const lines: string[] = []
  return {
    lines,
    info: (text) => {
      heard.told?.(text)
      if (!/ waits at |followed/.test(text)) heard.running?.()
    },
    warning: () => {},
    error: () => {},
    output: (_, line) => void lines.push(line),
  }
}
