import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import type { Escalated, Escalation } from '../../src/ports/escalation.ts'

/** A repository in which people can be called. */
export interface EscalationWorld {
  readonly escalation: Escalation
  /** The same in another process. */
  reopen(): Escalation
  /** Our issues, oldest first: what people see of them. */
  issues(): Promise<readonly { readonly title: string; readonly text: string; readonly isOpen: boolean }[]>
  close(): Promise<void>
}

const stuck: Escalated = { environment: 'production', title: 'production is stuck', text: 'Look at it.' }

export function escalationContract(name: string, open: () => Promise<EscalationWorld>): void {
  describe(`${name} keeps the contract of an escalation`, () => {
    let world: EscalationWorld
    let escalation: Escalation
    beforeEach(async () => {
      world = await open()
      escalation = world.escalation
    })
    afterEach(() => world.close())

    test('the same key a second time tells nobody again', async () => {
      await escalation.raise('watch-end/1', stuck)
      await escalation.raise('watch-end/1', stuck)
      await world.reopen().raise('watch-end/1', stuck)
      expect(await world.issues()).toEqual([
        { title: stuck.title, text: expect.stringContaining('Look at it.'), isOpen: true },
      ])
    })

    test('what comes next in the environment is told in the same issue while it is open', async () => {
      await escalation.raise('watch-end/1', stuck)
      await world.reopen().raise('watch-end/2', { ...stuck, title: 'It is stuck again', text: 'Now this.' })
      expect(await world.issues()).toEqual([
        { title: 'It is stuck again', text: expect.stringContaining('Now this.'), isOpen: true },
      ])
    })

    test('each environment has its own, however their names are alike', async () => {
      await escalation.raise('watch-end/1', stuck)
      await escalation.raise('watch-end/2', { ...stuck, environment: 'production-eu', title: 'EU' })
      await escalation.raise('watch-end/3', { ...stuck, environment: 'prod--', title: 'Odd' })
      await escalation.settle('production', 'Well again.')
      expect((await world.issues()).map(({ title, isOpen }) => [title, isOpen])).toEqual([
        ['production is stuck', false],
        ['EU', true],
        ['Odd', true],
      ])
    })

    test('it is closed with a sentence, once; what comes later is told anew', async () => {
      await escalation.settle('production', 'There was none.')
      expect(await world.issues()).toEqual([])
      await escalation.raise('watch-end/1', stuck)
      await world.reopen().settle('production', '1.4.1 is healthy.')
      await escalation.settle('production', 'Something else.')
      const closed = {
        title: stuck.title,
        text: expect.stringMatching(/^1\.4\.1 is healthy\./),
        isOpen: false,
      }
      expect(await world.issues()).toEqual([closed])
      await escalation.raise('watch-end/2', { ...stuck, title: 'Again' })
      expect(await world.issues()).toEqual([
        closed,
        expect.objectContaining({ title: 'Again', isOpen: true }),
      ])
    })
  })
}
