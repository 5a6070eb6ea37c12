import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type ControlPlane, missingKube, startControlPlane } from '../support/kube/control-plane.ts'
import { configMap, done, failure, type KubeWorld, kubeWorld, workload } from '../support/kube/kube-world.ts'

const missing = missingKube()
if (missing !== undefined) {
  // CI must not pass without having asked a real one.
  if ((process.env['CI'] ?? '') !== '') throw new Error(missing)
  console.warn(`test/e2e/kubernetes.test.ts is skipped: ${missing}`)
}

describe.skipIf(missing !== undefined)('a real control plane', { timeout: 120_000 }, () => {
  let plane: ControlPlane
  let world: KubeWorld
  beforeAll(async () => {
    plane = await startControlPlane()
  }, 120_000)
  afterAll(() => plane.stop())
  beforeEach(() => {
    world = kubeWorld(plane)
  })
  afterEach(() => world.remove())

  describe('a release', () => {
    test('is applied with its own field manager, and all of its workloads are waited for', async () => {
      world.write('k8s/a.json', configMap('settings', { colour: 'blue' }))
      for (const kind of ['Deployment', 'StatefulSet', 'DaemonSet', 'Job'])
        world.write(`k8s/${kind}.json`, workload(kind, kind.toLowerCase()))
      const output = done(await world.deployer().deploy(world.version('1.0.0')))
      expect(output.split('\n')).toEqual([
        `ConfigMap ${world.namespace}/settings`,
        `DaemonSet ${world.namespace}/daemonset`,
        `Deployment ${world.namespace}/deployment`,
        `Job ${world.namespace}/job`,
        `StatefulSet ${world.namespace}/statefulset`,
      ])
      expect(world.get('deployment deployment', '{.status.availableReplicas}')).toBe('2')
      expect(world.get('statefulset statefulset', '{.status.availableReplicas}')).toBe('2')
      expect(world.get('daemonset daemonset', '{.status.numberAvailable}')).toBe('2')
      expect(world.get('job job', '{.status.succeeded}')).toBe('1')
      expect(world.get('cm settings --show-managed-fields', '{.metadata.managedFields[*].manager}')).toBe(
        'seamless',
      )
    })
  })
})
void failure
