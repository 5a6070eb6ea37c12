import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type ControlPlane, missingKube, startControlPlane } from '../support/kube/control-plane.ts'
import { type UpgradeWorld, upgradeWorld } from '../support/upgrade-world.ts'

const missing = missingKube()
if (missing !== undefined) {
  // CI must not pass without having asked a real one.
  if ((process.env['CI'] ?? '') !== '') throw new Error(missing)
  console.warn(`test/e2e/kubernetes-upgrade.test.ts is skipped: ${missing}`)
}

const EXAMPLE = join(import.meta.dirname, '../../examples/kubernetes')

/** As it stands in the example: its config, its manifests, and the rights that it asks for. */
function exampleFiles(): Record<string, string> {
  const files = readdirSync(join(EXAMPLE, 'k8s'), { recursive: true, withFileTypes: true })
  const paths = files.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  return Object.fromEntries(paths.map((path) => [relative(EXAMPLE, path), readFileSync(path, 'utf8')]))
}

describe.skipIf(missing !== undefined)(
  'the example, upgraded on a real control plane',
  { timeout: 240_000 },
  () => {
    let shops = 0
    let shop: string
    let plane: ControlPlane
    let world: UpgradeWorld
    beforeAll(async () => {
      plane = await startControlPlane()
      plane.kubelet.behave('shop/api:2.0.0', 'crash')
    }, 120_000)
    afterAll(() => plane.stop())
    beforeEach(async () => {
      // One for each test: to delete a namespace takes Kubernetes longer than all of them.
      shop = `shop-${++shops}`
      plane.kubectl(['create', 'namespace', shop])
      plane.kubectl(['apply', `--namespace=${shop}`, `--filename=${join(EXAMPLE, 'access.yaml')}`])
      const token = plane.kubectl(['create', 'token', 'seamless', `--namespace=${shop}`]).trim()
      const config = readFileSync(join(EXAMPLE, 'seamless.yml'), 'utf8')
      world = await upgradeWorld({
        config: config.replace('namespace: shop', `namespace: ${shop}`),
        files: exampleFiles(),
        environment: { KUBECONFIG: plane.kubeconfigOf(token), PATH: plane.path },
      })
    })
    afterEach(() => world.remove())

    const get = (what: string, path: string): string =>
      plane.kubectl(['get', ...what.split(' '), `--namespace=${shop}`, '-o', `jsonpath=${path}`])
    const image = (): string => get('deployment api', '{.spec.template.spec.containers[0].image}')
    const commit = (
      version: string,
      change: (files: Record<string, string>) => Record<string, string> = (f) => f,
    ): void => {
      const files = exampleFiles()
      const overlay = 'k8s/production/kustomization.yaml'
      const tagged = { ...files, [overlay]: files[overlay]!.replace('1.0.0', version) }
      world.repository.commit({ VERSION: `${version}\n`, ...change(tagged) }, `Version ${version}`)
    }

    test('a version that rolls out is live; one that crashes is taken back to what was recorded of it', async () => {
      const first = await world.run()
      expect(first, first.message).toMatchObject({ decision: 'completed', reason: 'not_watched' })
      expect(image()).toBe('registry.example/shop/api:1.0.0')
      expect(get('deployment api', '{.status.availableReplicas}')).toBe('3')

      commit('1.1.0', (files) => ({ ...files, 'k8s/base/settings.json': '{ "currency": "CHF" }\n' }))
      const second = await world.run()
      expect(second, second.message).toMatchObject({ decision: 'completed', reason: 'not_watched' })
      expect(second.environments[0]).toMatchObject({ state: 'live', previous: { name: '1.0.0' } })
      expect(second.environments[0]?.difference).toContain('image: registry.example/shop/api:1.1.0')
      expect(get('deployment api', '{.metadata.annotations.seamless/version}')).toBe('1.1.0')
      // The settings of version 1.0.0 have another name, and are pruned.
      const settings = (): string[] =>
        get('cm -l app.kubernetes.io/part-of=shop', '{.items[*].data.settings\\.json}').trim().split('\n')
      expect(settings()).toEqual(['{ "currency": "CHF" }'])

      commit('2.0.0', (files) => ({ ...files, 'k8s/base/settings.json': '{ "currency": "XXX" }\n' }))
      const third = await world.run()
      expect(third, third.message).toMatchObject({ decision: 'rolled_back', reason: 'deploy_failed' })
      expect(third.message).toMatch(
        /^The deployment to production failed: deploy\/production\/apply: Deployment shop-1\/api does not roll out: 3 of 3 pods available, 1 of them new\. Why: pod api-\S+: container api crashes: it was restarted 4 times and last ended with exit code 3: cannot open \/etc\/shop\/settings\.json \(its log: kubectl logs api-\S+ -c api --previous\)\. production is back on 1\.1\.0\.$/,
      )
      expect(image()).toBe('registry.example/shop/api:1.1.0')
      expect(get('deployment api', '{.status.availableReplicas}')).toBe('3')
      expect(settings()).toEqual(['{ "currency": "CHF" }'])
    })

    test('a release that the access rules refuse changes nothing, takes nothing back, and says so', async () => {
      await world.run()
      commit('1.1.0', (files) => ({
        ...files,
        'k8s/base/service.yaml': `${files['k8s/base/service.yaml']}---\napiVersion: v1\nkind: ServiceAccount\nmetadata: { name: api }\n`,
      }))
      const refused = await world.run()
      expect(refused).toMatchObject({ decision: 'failed', reason: 'deploy_refused' })
      expect(refused.message).toMatch(
        /^production is as it was\. deploy\/production\/apply: the cluster refuses the release\. system:serviceaccount:shop-2:seamless may not get serviceaccounts in shop-2\. .* Nothing was changed\.$/,
      )
      expect(refused.environments[0]?.state).toBe('untouched')
      expect(refused.steps.map(({ step }) => step)).not.toContain('rollback/production')
      expect(image()).toBe('registry.example/shop/api:1.0.0')
      // The next one is not stopped by it.
      commit('1.2.0', (files) => ({
        ...files,
        'k8s/base/service.yaml': exampleFiles()['k8s/base/service.yaml']!,
      }))
      expect(await world.run()).toMatchObject({ decision: 'completed' })
    })

    test('"seamless rollback" brings the last good version back', async () => {
      await world.run()
      commit('1.1.0')
      await world.run()
      expect(image()).toBe('registry.example/shop/api:1.1.0')
    })
  },
)
