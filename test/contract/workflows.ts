import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import type { DispatchRequest, Workflows } from '../../src/ports/workflows.ts'

/** A repository whose default branch has the workflow; runs stay queued until they are moved. */
export interface WorkflowsWorld {
  readonly workflows: Workflows
  readonly sha: string
  /** GitHub's time, ms. */
  now(): number
  advance(ms: number): void
  /** The inputs of every run there is, oldest first. */
  started(): Promise<readonly Readonly<Record<string, string>>[]>
  become(runId: number, status: 'waiting' | 'in_progress' | 'success' | 'failure'): Promise<void>
  close(): Promise<void>
}

export function workflowsContract(name: string, open: () => Promise<WorkflowsWorld>): void {
  describe(`${name} keeps the contract of workflows`, () => {
    let world: WorkflowsWorld
    let workflows: Workflows
    beforeEach(async () => {
      world = await open()
      workflows = world.workflows
    })
    afterEach(() => world.close())

    const request = (more: Partial<DispatchRequest> = {}): DispatchRequest => ({
      operation: 'run',
      environment: 'production',
      sha: world.sha,
      key: 'comment-12',
      deploymentId: '77',
      ...more,
    })
    const started = async (more: Partial<DispatchRequest> = {}): Promise<number> => {
      const sinceMs = world.now()
      const run = (await workflows.dispatch(request(more))) ?? (await workflows.find('comment-12', sinceMs))
      if (run === undefined) throw new Error('no run was found')
      return run.id
    }

    test('a run is started with what it is to do, and found by its key', async () => {
      const sinceMs = world.now()
      await workflows.dispatch(request())
      expect(await world.started()).toEqual([
        {
          operation: 'run',
          environment: 'production',
          sha: world.sha,
          'request-id': 'comment-12',
          'deployment-id': '77',
          'plan-digest': '',
        },
      ])
      const found = await workflows.find('comment-12', sinceMs)
      expect(found).toEqual({
        id: expect.any(Number),
        url: expect.stringMatching(/^https?:/),
        status: 'queued',
      })
      expect(await workflows.state(found?.id ?? 0)).toEqual(found)
    })

    test('another key finds nothing, though one ends with the other', async () => {
      const sinceMs = world.now()
      await workflows.dispatch(request({ key: 'comment-112' }))
      expect(await workflows.find('comment-12', sinceMs)).toBeUndefined()
      expect(await workflows.find('12', sinceMs)).toBeUndefined()
      expect(await workflows.find('comment-1', sinceMs)).toBeUndefined()
    })

    test('of several the newest is found, and none from before', async () => {
      const first = await started()
      world.advance(60_000)
      const sinceMs = world.now()
      expect(await workflows.find('comment-12', sinceMs)).toBeUndefined()
      const second = await started()
      expect(second).not.toBe(first)
      expect(await workflows.find('comment-12', 0)).toMatchObject({ id: second })
      expect(await workflows.find('comment-12', sinceMs)).toMatchObject({ id: second })
    })

    test.each([
      ['waiting', { status: 'waiting' }],
      ['in_progress', { status: 'in_progress' }],
      ['success', { status: 'completed', conclusion: 'success' }],
      ['failure', { status: 'completed', conclusion: 'failure' }],
    ] as const)('a run that is %s says so', async (moved, state) => {
      const id = await started()
      await world.become(id, moved)
      expect(await workflows.state(id)).toEqual({ id, url: expect.any(String), ...state })
    })

    test('L16 a cancelled run is over; cancelling what is over changes nothing', async () => {
      const id = await started()
      await workflows.cancel(id)
      expect(await workflows.state(id)).toMatchObject({ status: 'completed', conclusion: 'cancelled' })
      await workflows.cancel(id)
      const done = await started()
      await world.become(done, 'success')
      await workflows.cancel(done)
      expect(await workflows.state(done)).toMatchObject({ conclusion: 'success' })
    })

    test('a run that there is not has no state', async () => {
      expect(await workflows.state(123_456)).toBeUndefined()
    })
  })
}
