import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Upgrade } from '../../src/upgrade/receipt.ts'
import { hasDocker } from '../support/docker/engine.ts'
import { type ControlPlane, missingKube, startControlPlane } from '../support/kube/control-plane.ts'
import { podRuntime } from '../support/mission/containers.ts'
import { type Ground, missionFiles, openPlace, type Place, startGround } from '../support/mission/ground.ts'
import { hasPrometheus } from '../support/prometheus-server.ts'
import { type UpgradeWorld, upgradeWorld } from '../support/upgrade-world.ts'

const isHere = hasDocker() && hasPrometheus() && missingKube() === undefined

/* A service whose API changes, from the branch to the receipt; every tool is the real one, only the nodes of the cluster are ours. */
describe.skipIf(!isHere)('the way of an upgrade', { timeout: 300_000 }, () => {
  let ground: Ground
  let place: Place
  beforeAll(async () => {
    ground = await startGround()
  }, 240_000)
  afterAll(() => ground?.remove(), 60_000)
  beforeEach(async () => {
    place = await openPlace()
  }, 60_000)
  afterEach(() => place?.close(), 60_000)

  /** The one image of an upgrade, as deployers are told it; it is what the registry serves for the commit. */
  const imageOf = async ({ artifacts, candidate }: Upgrade): Promise<string> => {
    expect(artifacts).toMatchObject([{ kind: 'image', name: `${ground.registry.host}/shop/prices` }])
    const [{ name, digest } = { name: '', digest: '' }] = artifacts
    expect(await ground.registry.digestOf('shop/prices', candidate!.sha!)).toBe(digest)
    return `${name}@${digest}`
  }

  /** The images that the engine runs, each once. */
  const running = (): string[] => [
    ...new Set(ground.docker('ps', '--no-trunc', '--format', '{{.Image}}').trim().split('\n')),
  ]

  const upgraded = {
    decision: 'promoted',
    reason: 'healthy',
    branch: 'upgrade_api',
    base: { name: '1.0.0' },
    candidate: { name: '1.1.0' },
    code: {
      commits: [
        { subject: 'Upgrade the API from 1.0.0 to 1.1.0', author: 'Seamless <seamless@example.org>' },
      ],
      files: [
        { path: 'VERSION', added: 1, removed: 1 },
        { path: 'openapi.yaml', added: 3, removed: 3 },
        { path: 'src/prices.ts', added: 2, removed: 2 },
        { path: 'test/api.test.ts', added: 2, removed: 2 },
      ],
    },
    tests: [
      {
        suite: 'test/upgraded',
        kind: 'own',
        passed: 3,
        failed: 0,
        against: 'receipt',
        added: ['prices api › GET /v1/prices/{article} tells the currency'],
        removed: ['prices api › GET /v1/prices/{article} tells the unit'],
      },
      {
        suite: 'test/original',
        kind: 'previous',
        passed: 2,
        failed: 1,
        newlyFailing: [],
        accepted: ['prices api › GET /v1/prices/{article} tells the unit'],
      },
      {
        suite: 'test/openapi',
        kind: 'previous',
        newlyFailing: [],
        accepted: ['openapi › GET /v1/prices/{article}: response property "unit" removed'],
      },
    ],
    environments: [
      {
        name: 'production',
        state: 'promoted',
        previous: { name: '1.0.0' },
        judged: [
          {
            verdict: 'healthy',
            checks: [
              { name: 'errors', verdict: 'healthy', reason: 'within_limit' },
              { name: 'price', verdict: 'healthy', reason: 'within_limit' },
            ],
          },
        ],
      },
    ],
  }

  const takenBack = {
    decision: 'rolled_back',
    reason: 'unhealthy',
    base: { name: '1.1.0' },
    candidate: { name: '1.2.0' },
    environments: [{ name: 'production', state: 'rolled_back', previous: { name: '1.1.0' } }],
  }

  /** Only this version answers, and it answers well. */
  const servesOnly = async (version: string): Promise<void> => {
    place.users.forget()
    await expect.poll(() => place.users.answers.get(version) ?? 0, { timeout: 30_000 }).toBeGreaterThan(20)
    expect([...place.users.answers.keys()]).toEqual([version])
    expect(place.users.troubles).toEqual([])
  }

  describe('by Kubernetes', () => {
    let plane: ControlPlane
    let world: UpgradeWorld
    beforeAll(async () => {
      plane = await startControlPlane()
    }, 120_000)
    afterAll(() => plane?.stop(), 60_000)
    afterEach(() => world?.remove())

    const deployed = (): string =>
      plane.kubectl([
        'get',
        'deployment',
        'prices',
        '--namespace=shop',
        '-o',
        'jsonpath={.spec.template.spec.containers[0].image}',
      ])

    test('from git: nobody notices the new API; the version that fails is taken back to the digest before it', async () => {
      plane.kubectl(['create', 'namespace', 'shop'])
      plane.kubelet.runBy(podRuntime(place.ports, ground.environment))
      const files = missionFiles(ground)
      world = await upgradeWorld({
        config: files['seamless.yml']!,
        files,
        environment: {
          ...ground.environment,
          ...place.environment,
          PATH: plane.path,
          KUBECONFIG: plane.kubeconfig,
        },
      })
      const first = await world.run({ sha: world.repository.git(['rev-parse', 'HEAD']) })
      expect(first, first.message).toMatchObject({ decision: 'promoted', candidate: { name: '1.0.0' } })
      await servesOnly('1.0.0')

      const second = await world.run()
      expect(second, second.message).toMatchObject(upgraded)
      expect(place.users.troubles).toEqual([])
      const image = await imageOf(second)
      const [production] = second.environments
      expect(production!.difference).toMatch(new RegExp(`^\\+ .*image: ${image}$`, 'm'))
      expect(production!.difference).toMatch(new RegExp(`^- .*image: ${await imageOf(first)}$`, 'm'))
      expect(deployed()).toBe(image)
      expect(running()).toEqual([image])
      await servesOnly('1.1.0')

      world.repository.git(['pull', '--quiet', '--ff-only', 'origin', 'upgrade_api'])
      world.repository.git(['push', '--quiet', 'origin', 'HEAD', ':upgrade_api'])
      const third = await world.run()
      expect(third, third.message).toMatchObject(takenBack)
      expect(third.environments[0]!.judged).toMatchObject([{ verdict: 'unhealthy' }])
      expect(third.message).toContain('1.1.0')
      expect(await imageOf(third)).not.toBe(image)
      expect(deployed()).toBe(image)
      expect(running()).toEqual([image])
      await servesOnly('1.1.0')
    })
  })
})
