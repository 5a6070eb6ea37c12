import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { DeploymentMismatch, DeploymentUnknown } from '../../src/errors.ts'
import type { Deployments, NewDeployment } from '../../src/ports/deployments.ts'
import { verdictDetails } from '../../src/upgrade/verdict-details.ts'

/** A state of record, empty at first. */
export interface DeploymentsWorld {
  readonly deployments: Deployments
  /** The same record as another run opens it. */
  reopen(): Deployments
  /** Commits that can be deployed. */
  readonly commits: readonly [string, string, string]
  /** An id of the adapter's own form that no deployment has. */
  readonly unknownId: string
  close(): Promise<void>
}

/** What every state of record keeps: GitHub's, the file's, and any fake of theirs. */
export function deploymentsContract(name: string, open: () => Promise<DeploymentsWorld>): void {
  describe(`${name} keeps the contract of deployments`, () => {
    let world: DeploymentsWorld
    beforeEach(async () => {
      world = await open()
    })
    afterEach(() => world.close())

    const of = (at: 0 | 1 | 2, more: Partial<NewDeployment> = {}): NewDeployment => ({
      environment: 'production',
      sha: world.commits[at],
      version: `1.${at}.0`,
      key: `run-${at}`,
      ...more,
    })
    const begun = async (at: 0 | 1 | 2, more: Partial<NewDeployment> = {}) =>
      world.deployments.begin(of(at, more))
    const judged = async (
      at: 0 | 1 | 2,
      verdict: 'healthy' | 'unhealthy' | 'inconclusive',
      more: Partial<NewDeployment> = {},
    ) => {
      const deployed = await begun(at, more)
      await world.deployments.setState(deployed.id, 'success', 'live')
      await world.deployments.setVerdict(deployed.id, verdict, { title: verdict, text: 'Why.' })
      return deployed
    }

    test('an environment that nothing was deployed to has neither newest nor healthy', async () => {
      expect(await world.deployments.newest('production')).toBeUndefined()
      expect(await world.deployments.lastHealthy('production')).toBeUndefined()
    })

    test('a deployment is found again by another run, with its state and verdict as they come', async () => {
      const deployed = await begun(0)
      expect(deployed).toEqual({ id: deployed.id, sha: world.commits[0], version: '1.0.0' })
      const key = 'run-0'
      expect(await world.reopen().newest('production')).toEqual({ ...deployed, key, state: 'unknown' })

      await world.deployments.setState(deployed.id, 'in_progress', 'Deploying 1.0.0.')
      expect(await world.reopen().newest('production')).toEqual({ ...deployed, key, state: 'in_progress' })

      await world.reopen().setState(deployed.id, 'success', 'live')
      await world
        .reopen()
        .setVerdict(deployed.id, 'healthy', { title: 'Nobody noticed', text: 'Why.', details: '{}' })
      expect(await world.reopen().newest('production')).toEqual({
        ...deployed,
        key,
        state: 'success',
        verdict: 'healthy',
      })
    })

    test('what was deployed with a commit is known by digest to a machine that did not build it', async () => {
      const built = [
        { kind: 'image' as const, name: 'registry/shop', digest: `sha256:${'a'.repeat(64)}`, bytes: 7 },
      ]
      const first = await begun(0)
      const summary = { title: 'Nobody noticed', text: 'Why.' }
      await world.deployments.setVerdict(first.id, 'healthy', {
        ...summary,
        details: verdictDetails('u1', built),
      })
      // A rollback to it, by a run that built nothing.
      const again = await begun(0, { key: 'rollback' })
      await world.deployments.setVerdict(again.id, 'healthy', {
        ...summary,
        details: verdictDetails('u2', []),
      })

      const record = world.reopen()
      expect(await record.builtOf('production', world.commits[0])).toEqual(built)
      expect(await record.builtOf('staging', world.commits[0])).toEqual([])
      expect(await record.builtOf('production', world.commits[1])).toEqual([])
    })

    test.each(['in_progress', 'success', 'failure', 'error', 'inactive'] as const)(
      'the state %s is kept',
      async (state) => {
        const { id } = await begun(0)
        await world.deployments.setState(id, state, 'x'.repeat(500))
        expect(await world.deployments.newest('production')).toMatchObject({ id, state })
      },
    )

    test('one deployment is read with the words of its newest state', async () => {
      const deployed = await begun(0)
      const createdAtMs = expect.any(Number)
      const known = { ...deployed, environment: 'production', key: 'run-0', createdAtMs }
      expect(await world.reopen().read(deployed.id)).toEqual({ ...known, state: 'unknown' })

      await world.deployments.setState(deployed.id, 'in_progress', 'Deploying.')
      await world.deployments.setState(deployed.id, 'failure', 'tests_failed: 2 tests fail')
      await world.deployments.setVerdict(deployed.id, 'unhealthy', { title: 'Bad', text: 'Why.' })
      await begun(1)
      expect(await world.reopen().read(deployed.id)).toMatchObject({
        ...known,
        state: 'failure',
        verdict: 'unhealthy',
        description: 'tests_failed: 2 tests fail',
      })
    })

    test('the newest in a state is not the newest of all', async () => {
      const live = await begun(0)
      await world.deployments.setState(live.id, 'success', 'live')
      const failed = await begun(1)
      await world.deployments.setState(failed.id, 'failure', 'taken back')
      expect(await world.reopen().newest('production')).toMatchObject({ id: failed.id, state: 'failure' })
      expect(await world.reopen().newest('production', 'success')).toMatchObject({ id: live.id })
      expect(await world.deployments.newest('production', 'error')).toBeUndefined()
    })

    test('the newest but one that is named is what was there before it', async () => {
      const before = await begun(0)
      await world.deployments.setState(before.id, 'error', 'half done')
      const made = await begun(1)
      expect(await world.reopen().newest('production', undefined, made.id)).toMatchObject({
        id: before.id,
        state: 'error',
      })
      expect(await world.deployments.newest('production', 'error', before.id)).toBeUndefined()
    })

    test('live is not healthy: a deployment without a verdict is no target of a rollback', async () => {
      const { id } = await begun(0)
      await world.deployments.setState(id, 'success', 'live')
      expect(await world.deployments.lastHealthy('production')).toBeUndefined()
    })

    test('L08 the same key finds the first deployment, from any run', async () => {
      const first = await begun(0)
      expect(await begun(0)).toEqual(first)
      expect(await world.reopen().begin(of(0))).toEqual(first)
      expect((await begun(0, { key: 'another' })).id).not.toBe(first.id)
    })

    test('one key may name a deployment in each environment', async () => {
      const staging = await begun(0, { environment: 'staging' })
      const production = await begun(0)
      expect(production.id).not.toBe(staging.id)
      expect(await world.deployments.newest('staging')).toMatchObject({ id: staging.id })
    })

    test('R19 the last healthy one is the newest whose verdict is healthy, in that environment', async () => {
      await judged(0, 'healthy')
      const second = await judged(1, 'healthy')
      await judged(2, 'unhealthy')
      await judged(2, 'healthy', { environment: 'staging', key: 'staging' })
      expect(await world.reopen().lastHealthy('production')).toEqual(second)
      expect(await world.reopen().newest('production')).toMatchObject({
        sha: world.commits[2],
        verdict: 'unhealthy',
      })
    })

    test('R19 a rollback asks for a healthy one of another commit than the one it leaves', async () => {
      const first = await judged(0, 'healthy')
      await judged(1, 'healthy')
      expect(await world.deployments.lastHealthy('production', world.commits[1])).toEqual(first)
      await judged(1, 'healthy', { key: 'the same again' })
      expect(await world.deployments.lastHealthy('production', world.commits[1])).toEqual(first)
    })

    test('inconclusive is not healthy', async () => {
      await judged(0, 'inconclusive')
      expect(await world.deployments.lastHealthy('production')).toBeUndefined()
    })

    test('a later verdict replaces the earlier one', async () => {
      const { id } = await judged(0, 'healthy')
      await world.reopen().setVerdict(id, 'unhealthy', { title: 'Worse', text: 'Later.' })
      expect(await world.deployments.lastHealthy('production')).toBeUndefined()
      expect(await world.deployments.newest('production')).toMatchObject({ verdict: 'unhealthy' })
    })

    test('a commit deployed twice has a verdict for each time', async () => {
      const first = await judged(0, 'healthy')
      const again = await begun(0, { key: 'again' })
      expect(await world.deployments.newest('production')).toMatchObject({ ...again, state: 'unknown' })
      await world.deployments.setVerdict(again.id, 'unhealthy', { title: 'Worse', text: 'This time.' })
      expect(await world.deployments.lastHealthy('production')).toEqual(first)
    })

    test('the past is there newest first, with times and verdicts, at most so many, of this environment only', async () => {
      expect(await world.deployments.past('production', 10)).toEqual([])
      const first = await judged(0, 'healthy')
      const second = await judged(1, 'unhealthy')
      const third = await begun(2)
      await begun(0, { environment: 'staging', key: 'elsewhere' })
      const atMs = expect.any(Number)
      expect(await world.reopen().past('production', 10)).toEqual([
        { ...third, atMs },
        { ...second, atMs, verdict: 'unhealthy' },
        { ...first, atMs, verdict: 'healthy' },
      ])
      const [newest, before] = await world.deployments.past('production', 2)
      expect([newest?.id, before?.id]).toEqual([third.id, second.id])
      expect(newest?.atMs).toBeGreaterThanOrEqual(before?.atMs ?? Infinity)
      expect(await world.deployments.past('production', 2)).toHaveLength(2)
    })

    test('a given deployment is taken over, whatever its key', async () => {
      const made = await begun(0, { key: 'made by somebody' })
      expect(await world.reopen().begin(of(0, { key: 'mine', adopt: made.id }))).toEqual(made)
    })

    test('T06 a given deployment of another commit or environment is refused and left alone', async () => {
      const made = await begun(0)
      await world.deployments.setState(made.id, 'success', 'live')
      await expect(begun(1, { adopt: made.id })).rejects.toThrow(DeploymentMismatch)
      await expect(begun(0, { environment: 'staging', adopt: made.id })).rejects.toThrow(DeploymentMismatch)
      expect(await world.deployments.newest('production')).toMatchObject({ id: made.id, state: 'success' })
    })

    test('an id that nobody has is named in the error', async () => {
      const { unknownId } = world
      const { deployments } = world
      const attempts = [
        () => begun(0, { adopt: unknownId }),
        () => deployments.setState(unknownId, 'success', ''),
        () => deployments.read(unknownId),
        () => deployments.setVerdict(unknownId, 'healthy', { title: '', text: '' }),
        () => begun(0, { adopt: '../../etc' }),
      ]
      for (const attempt of attempts) await expect(attempt()).rejects.toThrow(DeploymentUnknown)
      await expect(begun(0, { adopt: unknownId })).rejects.toThrow(unknownId)
    })
  })
}
