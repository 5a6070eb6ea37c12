import { chmodSync, mkdirSync, rmSync } from 'node:fs'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { kubernetesRows } from '../../src/cli/doctor/kubernetes-rows.ts'
import { parseConfig } from '../../src/config/parse.ts'
import type { StepOutcome } from '../../src/ports/deployer.ts'
import type { StepContext, StepFailure } from '../../src/ports/step.ts'
import { deployerContract } from '../contract/deployer.ts'
import { type ControlPlane, freePort, missingKube, startControlPlane } from '../support/kube/control-plane.ts'
import { configMap, done, failure, type KubeWorld, kubeWorld, workload } from '../support/kube/kube-world.ts'

const missing = missingKube()
if (missing !== undefined) {
  // CI must not pass without having asked a real one.
  if ((process.env['CI'] ?? '') !== '') throw new Error(missing)
  console.warn(`test/e2e/kubernetes.test.ts is skipped: ${missing}`)
}

const STEP = 'deploy/production/apply'
const DIGEST = `sha256:${'a'.repeat(64)}`

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

  const api = (image: string, more: Parameters<typeof workload>[2] = {}): void =>
    world.write('k8s/api.json', workload('Deployment', 'api', { image, ...more }))
  const deployed = (version: string, more?: Readonly<Record<string, unknown>>): Promise<StepOutcome> =>
    world.deployer(more).deploy(world.version(version))
  const imageOf = (what: string): string => world.get(what, '{.spec.template.spec.containers[0].image}')

  deployerContract(() => {
    const world = kubeWorld(plane)
    world.write('k8s/api.json', workload('Deployment', 'api'))
    const failing = async (script: string, context: StepContext): Promise<StepFailure | undefined> => {
      fakeKubectl(world, script)
      const outcome = await world.deployer({}, pathOf(world)).deploy(context)
      return outcome.kind === 'failed' ? outcome.failure : undefined
    }
    return {
      deployer: world.deployer(),
      context: world.context,
      remove: world.remove,
      exits: (code, line, context) => failing(`echo '${line}' >&2; exit ${code}`, context),
      hangs: (context) => failing('sleep 60', context),
      prints: (name, context) => failing(`printenv ${name}; exit 1`, context),
    }
  })

  describe('a release', () => {
    test('is applied with its own field manager, and all of its workloads are waited for', async () => {
      world.write('k8s/a.json', configMap('settings', { colour: 'blue' }))
      for (const kind of ['Deployment', 'StatefulSet', 'DaemonSet', 'Job'])
        world.write(`k8s/${kind}.json`, workload(kind, kind.toLowerCase()))
      const output = done(await deployed('1.0.0'))
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
      const managers = '{.metadata.managedFields[*].manager}'
      expect(world.get('cm settings --show-managed-fields', managers)).toBe('seamless')
    })

    test('has the images that were built, by their digests, whatever tag the manifests give them', async () => {
      const sidecar = { initContainers: [{ name: 'init', image: 'registry:5000/shop/api' }] }
      const container = { name: 'other', image: 'registry:5000/shop/api-2:1' }
      const template = JSON.parse(workload('Deployment', 'api', { image: 'registry:5000/shop/api:latest' }))
      Object.assign(template.spec.template.spec, sidecar).containers.push(container)
      world.write('k8s/api.json', JSON.stringify(template))
      const images = JSON.stringify({
        'registry:5000/shop/api': `registry:5000/shop/api@${DIGEST}`,
        'registry:5000/shop/other': `registry:5000/shop/other@${DIGEST}`,
      })
      const context = world.version('1.0.0', { values: { SEAMLESS_IMAGES: images } })
      done(await world.deployer().deploy(context))
      const path = '{.spec.template.spec.initContainers[*].image} {.spec.template.spec.containers[*].image}'
      expect(world.get('deployment api', path)).toBe(
        `registry:5000/shop/api@${DIGEST} registry:5000/shop/api@${DIGEST} registry:5000/shop/api-2:1`,
      )
      expect(world.log.lines).toContain(
        `warning ${STEP}: the image registry:5000/shop/other was built, and no workload of the manifests names it.`,
      )
    })

    test('may be a kustomization', async () => {
      world.write('base/api.yaml', workload('Deployment', 'api'))
      world.write('base/kustomization.yaml', 'resources: [api.yaml]\n')
      world.write(
        'overlays/production/kustomization.yaml',
        'resources: [../../base]\nnameSuffix: -eu\nreplicas: [{ name: api, count: 3 }]\n',
      )
      const kustomize = { manifests: undefined, kustomize: 'overlays/production' }
      done(await deployed('1.0.0', kustomize))
      expect(world.get('deployment api-eu', '{.status.availableReplicas}')).toBe('3')
      expect(await world.deployer(kustomize).status(world.version('2.0.0'))).toEqual({
        kind: 'live',
        version: '1.0.0',
      })
    })

    test('reads YAML as Kubernetes does: octal modes, several documents, lists', async () => {
      world.write(
        'k8s/all.yaml',
        `apiVersion: v1
kind: List
items:
  - { apiVersion: v1, kind: ConfigMap, metadata: { name: one }, data: { a: "yes" } }
---
# nothing here
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: api }
spec:
  paused: no
  selector: { matchLabels: { app: api } }
  template:
    metadata: { labels: { app: api } }
    spec:
      containers: [{ name: api, image: registry.example/shop/api:1 }]
      volumes: [{ name: v, configMap: { name: one, defaultMode: 0644 } }]
`,
      )
      done(await deployed('1.0.0'))
      expect(world.get('deployment api', '{.spec.template.spec.volumes[0].configMap.defaultMode}')).toBe(
        '420',
      )
    })

    test('brings its own namespace and its own kinds', async () => {
      const own = `${world.namespace}-own`
      world.write(
        'k8s/0.json',
        JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: own } }),
      )
      const names = { kind: 'Widget', plural: 'widgets', singular: 'widget' }
      const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } }
      const group = `${world.namespace}.example.com`
      const definition = {
        apiVersion: 'apiextensions.k8s.io/v1',
        kind: 'CustomResourceDefinition',
        metadata: { name: `widgets.${group}` },
        spec: {
          group,
          names,
          scope: 'Namespaced',
          versions: [{ name: 'v1', served: true, storage: true, schema }],
        },
      }
      world.write(
        'k8s/1.json',
        JSON.stringify({ apiVersion: `${group}/v1`, kind: 'Widget', metadata: { name: 'w' } }),
      )
      world.write('k8s/2.json', JSON.stringify(definition))
      api('registry.example/shop/api:1')
      const difference = await world.deployer({ namespace: own }).difference?.(world.version('1.0.0'))
      expect(done(difference)).toContain(`new: Deployment ${own}/api`)
      done(await deployed('1.0.0', { namespace: own }))
      expect(plane.kubectl(['get', 'widgets', '-n', own, '-o', 'name'])).toContain('/w')
    })

    test('with a Job that ran before runs it again, when it runs something else', async () => {
      world.write('k8s/job.json', workload('Job', 'migrate', { image: 'registry.example/shop/migrate:1' }))
      api('registry.example/shop/api:1')
      done(await deployed('1.0.0'))
      const first = world.get('job migrate', '{.metadata.uid}')
      done(await deployed('1.0.1'))
      expect(world.get('job migrate', '{.metadata.uid}')).toBe(first)
      world.write('k8s/job.json', workload('Job', 'migrate', { image: 'registry.example/shop/migrate:2' }))
      const difference = done(await world.deployer().difference?.(world.version('2.0.0')))
      expect(difference).toContain(`Job ${world.namespace}/migrate: is run anew, what it runs has changed`)
      done(await deployed('2.0.0'))
      expect(world.get('job migrate', '{.metadata.uid}')).not.toBe(first)
      expect(imageOf('job migrate')).toBe('registry.example/shop/migrate:2')
    })

    test('with a Job that still runs, or is not of Seamless, is refused before anything is changed', async () => {
      plane.kubelet.behave('migrate-slow', 'slow_job')
      api('registry.example/shop/api:1')
      done(await deployed('1.0.0'))
      const slow = (tag: number): string =>
        workload('Job', 'migrate', { image: `registry.example/shop/migrate-slow:${tag}` })
      const ours = ['--server-side', '--field-manager=seamless', `--namespace=${world.namespace}`]
      plane.kubectl(['apply', '--filename=-', ...ours], slow(1))
      world.write('k8s/job.json', slow(2))
      api('registry.example/shop/api:2')
      const refused = failure(await deployed('2.0.0'))
      expect(refused.isUntouched).toBe(true)
      expect(refused.message).toBe(
        `${STEP}: the cluster refuses the release. Job ${world.namespace}/migrate: what it runs has changed, and a Job cannot be changed. A Job that Seamless applied is run anew when it is over. Wait for it, or delete it, then run again. Nothing was changed.`,
      )
      expect(imageOf('deployment api')).toBe('registry.example/shop/api:1')
    })
  })

  describe('the difference', () => {
    const secret = (password: string): void =>
      world.write(
        'k8s/secret.json',
        JSON.stringify({
          apiVersion: 'v1',
          kind: 'Secret',
          metadata: { name: 'db' },
          stringData: { password, user: 'shop' },
        }),
      )

    test('is that of kubectl, without temporary names; of a Secret only which keys change', async () => {
      secret('the-first-password')
      api('registry.example/shop/api:1')
      done(await deployed('1.0.0'))
      // As `kubectl apply` leaves it: the whole Secret in an annotation.
      world.kubectl(
        'annotate',
        'secret',
        'db',
        'kubectl.kubernetes.io/last-applied-configuration=dGhlLWZpcnN0LXBhc3N3b3Jk',
      )
      secret('another-password')
      world.write('k8s/c.json', configMap('settings', { colour: 'blue' }))
      api('registry.example/shop/api:2')
      const shown = done(await world.deployer().difference?.(world.version('2.0.0')))
      expect(shown).toContain(`--- apps.v1.Deployment.${world.namespace}.api`)
      expect(shown).toContain(
        '-      - image: registry.example/shop/api:1\n+      - image: registry.example/shop/api:2',
      )
      expect(shown).toContain('-    seamless/version: 1.0.0\n+    seamless/version: 2.0.0')
      expect(shown).toContain('+  colour: blue')
      expect(shown).toContain(`Secret ${world.namespace}/db: password changes (values hidden)`)
      const base64 = Buffer.from('another-password').toString('base64')
      expect(shown).not.toMatch(/first-password|another-password|dGhlLWZpcnN0|\/tmp|LIVE-|MERGED-/)
      expect(shown).not.toContain(base64)
      expect(imageOf('deployment api')).toBe('registry.example/shop/api:1')
    })

    test('S01 of what a Secret holds, nothing shows where something else has it too', async () => {
      secret('the-first-password')
      world.write('k8s/c.json', configMap('settings', { colour: 'the-first-password' }))
      const shown = done(await world.deployer().difference?.(world.version('1.0.0')))
      expect(shown).toContain('colour: ***')
      done(await deployed('1.0.0'))
      expect(world.log.lines.join('\n')).not.toContain('the-first-password')
    })

    test('of a namespace that is not there yet says what is new', async () => {
      api('registry.example/shop/api:1')
      const shown = await world.deployer({ namespace: 'nowhere' }).difference?.(world.version('1.0.0'))
      expect(done(shown)).toBe('new: Deployment nowhere/api')
    })

    test('that is none is empty', async () => {
      api('registry.example/shop/api:1')
      done(await deployed('1.0.0'))
      expect(done(await world.deployer().difference?.(world.version('1.0.0')))).toBe('')
    })
  })

  describe('what is live', () => {
    const status = () => world.deployer().status(world.version('2.0.0'))

    test('is unknown where somebody else deployed', async () => {
      api('registry.example/shop/api:1')
      world.kubectl('create', 'deployment', 'api', '--image=registry.example/shop/api:1')
      expect(await status()).toEqual({
        kind: 'unknown',
        why: `Deployment ${world.namespace}/api does not say its version: it was not deployed by Seamless (no annotation seamless/version).`,
      })
    })

    test('is unknown where the workloads do not agree, and says which is what', async () => {
      api('registry.example/shop/api:1')
      world.write('k8s/worker.json', workload('Deployment', 'worker'))
      done(await deployed('1.0.0'))
      world.kubectl('annotate', '--overwrite', 'deployment', 'worker', 'seamless/version=2.0.0')
      expect(await status()).toEqual({
        kind: 'unknown',
        why: `The workloads do not agree: Deployment ${world.namespace}/api is of 1.0.0; Deployment ${world.namespace}/worker is of 2.0.0.`,
      })
    })

    test('is unknown while it is not rolled out', async () => {
      plane.kubelet.behave('never-ready', 'not_ready')
      api('registry.example/shop/api:1')
      done(await deployed('1.0.0'))
      api('registry.example/shop/never-ready:2')
      failure(await deployed('2.0.0', { timeout: '1m' }))
      expect(await status()).toMatchObject({
        kind: 'unknown',
        why: expect.stringMatching(
          /^2\.0\.0 is applied and not rolled out: Deployment \S+\/api \(2 of 2 pods available, 1 of them new\)\.$/,
        ),
      })
    })

    test('is told without workloads too', async () => {
      world.write('k8s/c.json', configMap('settings', { colour: 'blue' }))
      expect(await status()).toEqual({ kind: 'empty' })
      done(await deployed('1.0.0'))
      expect(await status()).toEqual({ kind: 'live', version: '1.0.0' })
    })
  })

  describe('a rollout that hangs says why', () => {
    const hangs = async (
      version = '2.0.0',
      more: Readonly<Record<string, unknown>> = {},
    ): Promise<string> => {
      const failed = failure(await deployed(version, more))
      expect(failed.isUntouched).toBeUndefined()
      return failed.message.replaceAll(
        /\b(api|worker|agent|db|migrate)-[a-z0-9]{5,10}(?:-[a-z0-9]{5})?\b/g,
        '$1-xyz',
      )
    }
    const deployment = (): string => `${STEP}: Deployment ${world.namespace}/api does not roll out:`

    test('an image that cannot be pulled', async () => {
      plane.kubelet.behave('no-such', 'no_image')
      api('registry.example/shop/no-such:2')
      expect(await hangs()).toBe(
        `${deployment()} 0 of 2 pods available, 2 of them new. Why: pod api-xyz and 1 more: cannot pull registry.example/shop/no-such:2: ErrImagePull: failed to resolve reference "registry.example/shop/no-such:2": registry.example/shop/no-such:2: not found.`,
      )
    })

    test('containers that crash, and where their log is', async () => {
      plane.kubelet.behave('crashing', 'crash')
      api('registry.example/shop/crashing:2')
      expect(await hangs()).toMatch(
        /Why: pod api-xyz and 1 more: container api crashes: it was restarted 4 times and last ended with exit code 3: cannot open \/etc\/shop\/settings\.json \(its log: kubectl logs api-xyz -c api --previous\)/,
      )
    })

    test('configuration that is not there', async () => {
      plane.kubelet.behave('unconfigured', 'no_config')
      api('registry.example/shop/unconfigured:2')
      expect(await hangs()).toMatch(/container api cannot be made: configmap "settings" not found\.$/)
    })

    test('no node that has room, by the word of the real scheduler', async () => {
      api('registry.example/shop/api:2', { container: { resources: { requests: { cpu: '64' } } } })
      expect(await hangs('2.0.0', { timeout: '2m' })).toMatch(
        /Why: pod api-xyz and 1 more: no node takes it: 0\/2 nodes are available: 2 Insufficient cpu.* It was waited for 120 s \("timeout"\)\.$/,
      )
    })

    test('a quota, by the word of the API server', async () => {
      world.kubectl('create', 'quota', 'small', '--hard=pods=1')
      await until(() => world.get('quota small', '{.status.hard.pods}') === '1')
      api('registry.example/shop/api:2')
      expect(await hangs('2.0.0', { timeout: '2m' })).toMatch(
        /1 of 2 pods available, 1 of them new\. Why: not every pod can be created: the pod is forbidden: exceeded quota: small, requested: pods=1, used: pods=1, limited: pods=1\. It was waited/,
      )
    })

    test('a probe that does not succeed', async () => {
      plane.kubelet.behave('unready', 'not_ready')
      api('registry.example/shop/unready:2')
      expect(await hangs('2.0.0', { timeout: '1m' })).toBe(
        `${deployment()} 0 of 2 pods available, 2 of them new. Why: pod api-xyz and 1 more: Readiness probe failed: HTTP probe failed with statuscode: 503. It was waited for 60 s ("timeout").`,
      )
    })

    test("a Deployment's own deadline ends it before the timeout", async () => {
      plane.kubelet.behave('unready', 'not_ready')
      api('registry.example/shop/unready:3', { spec: { progressDeadlineSeconds: 3 } })
      expect(await hangs('2.0.0', { timeout: '1h' })).toContain(
        'no progress for 3 s (its progressDeadlineSeconds)',
      )
    })

    test('a paused Deployment', async () => {
      api('registry.example/shop/api:2', { spec: { paused: true } })
      expect(await hangs()).toBe(
        `${deployment()} it is paused; nothing is rolled out until "kubectl rollout resume".`,
      )
    })

    test('a StatefulSet, a DaemonSet and a Job, all of them in one sentence each', async () => {
      plane.kubelet.behave('no-such', 'no_image')
      plane.kubelet.behave('bad-migration', 'fail')
      const image = 'registry.example/shop/no-such:2'
      world.write('k8s/db.json', workload('StatefulSet', 'db', { image }))
      world.write('k8s/agent.json', workload('DaemonSet', 'agent', { image }))
      world.write(
        'k8s/job.json',
        workload('Job', 'migrate', { image: 'registry.example/shop/bad-migration:2' }),
      )
      const said = await hangs()
      expect(said).toMatch(
        /Job \S+\/migrate does not roll out: it failed: Job has reached the specified backoff limit\. Why: pod migrate-xyz: container api ended with exit code 1: relation "orders" does not exist\./,
      )
      expect(said).toMatch(/StatefulSet \S+\/db does not roll out: 0 of 2 pods available/)
      expect(said).toMatch(/DaemonSet \S+\/agent does not roll out: \d of 2 pods available/)
    })

    test('a cancel ends the waiting', async () => {
      plane.kubelet.behave('unready', 'not_ready')
      api('registry.example/shop/unready:2')
      const cancel = new AbortController()
      const outcome = world
        .deployer({ timeout: '5h' })
        .deploy(world.version('2.0.0', { signal: cancel.signal }))
      await until(() => world.kubectl('get', 'deployments', '-o', 'name').includes('api'))
      cancel.abort()
      expect(failure(await outcome).why).toBe('cancelled')
    })

    test('what it did not change and what did not run before is not its fault', async () => {
      plane.kubelet.behave('flaky-worker', 'run')
      world.write(
        'k8s/worker.json',
        workload('Deployment', 'worker', { image: 'registry.example/flaky-worker:1' }),
      )
      api('registry.example/shop/api:1')
      done(await deployed('1.0.0'))
      plane.kubelet.behave('flaky-worker', 'not_ready')
      await until(() => world.get('deployment worker', '{.status.availableReplicas}') === '')
      api('registry.example/shop/api:2')
      done(await deployed('2.0.0'))
      expect(imageOf('deployment api')).toBe('registry.example/shop/api:2')
    })
  })

  describe('a rollback', () => {
    const back = (version = '1.0.0', more: Parameters<KubeWorld['version']>[1] = {}, config = {}) =>
      world.deployer(config).rollback(world.version(version, { step: 'rollback/production', ...more }))

    test('applies what was recorded: configuration, removed fields, digests, whatever the checkout says now', async () => {
      const images = JSON.stringify({ 'registry.example/shop/api': `registry.example/shop/api@${DIGEST}` })
      world.write('k8s/c.json', configMap('settings', { colour: 'blue', shape: 'round' }))
      world.write('k8s/job.json', workload('Job', 'migrate', { image: 'registry.example/shop/migrate:1' }))
      api('registry.example/shop/api:latest', { container: { env: [{ name: 'OLD', value: '1' }] } })
      done(await world.deployer().deploy(world.version('1.0.0', { values: { SEAMLESS_IMAGES: images } })))
      world.write('k8s/c.json', configMap('settings', { colour: 'red' }))
      world.write('k8s/job.json', workload('Job', 'migrate', { image: 'registry.example/shop/migrate:2' }))
      api('registry.example/shop/api:2')
      done(await deployed('2.0.0'))
      const job = world.get('job migrate', '{.metadata.uid}')
      rmSync(`${world.directory}/k8s`, { recursive: true })
      done(await back())
      expect(imageOf('deployment api')).toBe(`registry.example/shop/api@${DIGEST}`)
      expect(world.get('deployment api', '{.spec.template.spec.containers[0].env[0].name}')).toBe('OLD')
      expect(world.get('cm settings', '{.data}')).toBe('{"colour":"blue","shape":"round"}')
      // A Job is not run again, and stays what it was.
      expect(world.get('job migrate', '{.metadata.uid}')).toBe(job)
    })

    test('takes over what somebody set by hand meanwhile, and says so', async () => {
      api('registry.example/shop/api:1')
      done(await deployed('1.0.0'))
      api('registry.example/shop/api:2')
      done(await deployed('2.0.0'))
      world.kubectl('set', 'image', 'deployment/api', 'api=registry.example/shop/api:hotfix')
      done(await back())
      expect(imageOf('deployment api')).toBe('registry.example/shop/api:1')
      expect(world.log.lines.join('\n')).toContain(
        `Deployment ${world.namespace}/api: .spec.template.spec.containers[name="api"].image is set by kubectl-set.`,
      )
    })

    test("without a record applies its commit's manifests, but never a tag where a digest runs", async () => {
      api('registry.example/shop/api:1')
      done(await deployed('1.0.0', { history: 0 }))
      api('registry.example/shop/api:2')
      done(await deployed('2.0.0', { history: 0 }))
      expect(world.kubectl('get', 'secrets', '-o', 'name')).toBe('')
      api('registry.example/shop/api:1')
      done(await back('1.0.0', {}, { history: 0 }))
      expect(imageOf('deployment api')).toBe('registry.example/shop/api:1')

      const images = JSON.stringify({ 'registry.example/shop/api': `registry.example/shop/api@${DIGEST}` })
      done(await world.deployer().deploy(world.version('3.0.0', { values: { SEAMLESS_IMAGES: images } })))
      const refused = failure(await back('2.0.0'))
      expect(refused.message).toBe(
        'rollback/production: nobody knows any more which registry.example/shop/api:1 2.0.0 was: the cluster has no record of it, and its receipt is not here; the manifests name a tag, which may have moved. Roll back by hand ("kubectl rollout undo"), or name digests in the manifests. Nothing was changed.',
      )
      expect(imageOf('deployment api')).toBe(`registry.example/shop/api@${DIGEST}`)
    })

    test("never applies another commit's manifests under the old version's name", async () => {
      api('registry.example/shop/api:2')
      done(await deployed('2.0.0'))
      const commit = 'b'.repeat(40)
      const refused = failure(await back('1.0.0', { commit, values: { SEAMLESS_SHA: 'c'.repeat(40) } }))
      expect(refused.message).toBe(
        'rollback/production: there is nothing to go back to 1.0.0 by: the cluster has no record of it, and this is no checkout of it. Nothing was changed.',
      )
      expect(refused.isUntouched).toBe(true)
    })

    test('a version whose name two commits had is gone back to by its commit', async () => {
      const ofCommit = (letter: string) => ({ values: { SEAMLESS_SHA: letter.repeat(40) } })
      api('registry.example/shop/api:1')
      done(await world.deployer().deploy(world.version('1.0.0', ofCommit('b'))))
      const refused = failure(await back('1.0.0', { commit: 'd'.repeat(40), ...ofCommit('c') }))
      expect(refused.message).toContain("the cluster's record of it is of another commit (bbbbbbbbbbbb)")
    })

    test('keeps as many releases as the config says, the newest', async () => {
      api('registry.example/shop/api:1')
      for (const version of ['1.0.0', '2.0.0', '3.0.0']) done(await deployed(version, { history: 2 }))
      const path = '{range .items[*]}{.metadata.annotations.seamless/version} {end}'
      const kept = (): string[] => world.get('secrets', path).trim().split(' ').sort()
      expect(kept()).toEqual(['2.0.0', '3.0.0'])
      done(await back('2.0.0', {}, { history: 2 }))
      done(await deployed('4.0.0', { history: 2 }))
      expect(kept()).toEqual(['2.0.0', '4.0.0'])
    })
  })

  describe('pruning', () => {
    const labels = { 'app.kubernetes.io/part-of': 'shop' }
    const prune = { prune: 'app.kubernetes.io/part-of=shop' }

    test('takes away only what Seamless applied, with the labels, and only when asked', async () => {
      world.write('k8s/old.json', configMap('old', {}, labels))
      world.write('k8s/other.json', configMap('other', {}, { 'app.kubernetes.io/part-of': 'blog' }))
      world.write('k8s/worker.json', workload('Deployment', 'worker', { labels }))
      const claim = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } }
      world.write(
        'k8s/claim.json',
        JSON.stringify({
          apiVersion: 'v1',
          kind: 'PersistentVolumeClaim',
          metadata: { name: 'data', labels },
          spec: claim,
        }),
      )
      api('registry.example/shop/api:1', { labels })
      done(await deployed('1.0.0'))
      world.kubectl('create', 'configmap', 'foreign')
      world.kubectl('label', 'configmap', 'foreign', 'app.kubernetes.io/part-of=shop')
      for (const name of ['old', 'other', 'worker', 'claim']) rmSync(`${world.directory}/k8s/${name}.json`)
      done(await deployed('2.0.0'))
      expect(world.kubectl('get', 'cm,deploy', '-o', 'name')).toContain('configmap/old')

      const shown = done(await world.deployer(prune).difference?.(world.version('3.0.0')))
      expect(shown.split('\n').filter((line) => line.startsWith('deleted'))).toEqual([
        `deleted after the rollout: Deployment ${world.namespace}/worker`,
        `deleted after the rollout: ConfigMap ${world.namespace}/old`,
      ])
      expect(world.kubectl('get', 'cm', 'old', '-o', 'name')).toContain('old')
      done(await deployed('3.0.0', prune))
      await until(() => !world.kubectl('get', 'deploy', '-o', 'name').includes('worker'))
      const left = world.kubectl('get', 'cm,deploy,pvc', '-o', 'name').trim().split('\n').sort()
      expect(left.filter((name) => !name.includes('kube-root-ca'))).toEqual([
        'configmap/foreign',
        'configmap/other',
        'deployment.apps/api',
        'persistentvolumeclaim/data',
      ])
    })

    test('takes away what a failed version brought, on the way back', async () => {
      api('registry.example/shop/api:1', { labels })
      done(await deployed('1.0.0', prune))
      world.write('k8s/new.json', configMap('new', {}, labels))
      done(await deployed('2.0.0', prune))
      done(await world.deployer(prune).rollback(world.version('1.0.0')))
      expect(world.kubectl('get', 'cm', '-o', 'name')).not.toContain('configmap/new')
    })
  })

  describe('who else has a word', () => {
    test('a conflict with another manager is refused and names it; "take" takes over', async () => {
      world.kubectl('create', 'deployment', 'api', '--image=registry.example/shop/api:0', '--replicas=1')
      api('registry.example/shop/api:1')
      const refused = failure(await deployed('1.0.0'))
      expect(refused).toMatchObject({ why: 'exit', isUntouched: true })
      expect(refused.message).toBe(
        `${STEP}: the cluster refuses the release. Deployment ${world.namespace}/api: .spec.replicas, .spec.template.spec.terminationGracePeriodSeconds, .spec.template.spec.containers[name="api"].image are set by kubectl-create. Take these fields out of the manifests where somebody else is to keep them (an autoscaler its replicas), or take them over with "conflicts: take" under environments.production.deploy.kubernetes. Nothing was changed.`,
      )
      expect(await world.deployer().difference?.(world.version('1.0.0'))).toMatchObject({
        kind: 'failed',
        failure: { message: expect.stringContaining('the difference cannot be shown. ') },
      })
      // "api" from `kubectl create` and ours select by the same label.
      done(await deployed('1.0.0', { conflicts: 'take' }))
      expect(imageOf('deployment api')).toBe('registry.example/shop/api:1')
    })

    test('an autoscaler keeps its replicas where the manifests name none', async () => {
      const manifest = JSON.parse(workload('Deployment', 'api')) as { spec: { replicas?: number } }
      delete manifest.spec.replicas
      world.write('k8s/api.json', JSON.stringify(manifest))
      done(await deployed('1.0.0'))
      world.kubectl('scale', 'deployment', 'api', '--replicas=3')
      done(await deployed('2.0.0'))
      expect(world.get('deployment api', '{.spec.replicas}')).toBe('3')
    })

    test('access rules refuse before anything is changed, and say which right is missing', async () => {
      world.write('k8s/c.json', configMap('settings', {}))
      api('registry.example/shop/api:1')
      world.kubectl('create', 'serviceaccount', 'ci')
      world.kubectl('create', 'role', 'ci', '--verb=get,list,patch,create', '--resource=configmaps,secrets')
      world.kubectl('create', 'rolebinding', 'ci', '--role=ci', `--serviceaccount=${world.namespace}:ci`)
      const token = world.kubectl('create', 'token', 'ci').trim()
      const as = { KUBECONFIG: plane.kubeconfigOf(token) }
      const user = `system:serviceaccount:${world.namespace}:ci`
      const refused = failure(await world.deployer({}, as).deploy(world.version('1.0.0')))
      expect(refused).toMatchObject({ why: 'exit', isUntouched: true })
      expect(refused.message).toBe(
        `${STEP}: the cluster refuses the release. ${user} may not get deployments.apps in ${world.namespace}. Grant it by a Role; "kubectl auth can-i get deployments.apps -n ${world.namespace} --as=${user}" says when it is there. Nothing was changed.`,
      )
      world.kubectl('create', 'role', 'more', '--verb=get', '--resource=deployments.apps')
      world.kubectl('create', 'rolebinding', 'more', '--role=more', `--serviceaccount=${world.namespace}:ci`)
      const second = failure(await world.deployer({}, as).deploy(world.version('1.0.0')))
      expect(second.message).toContain(
        `Deployment ${world.namespace}/api: ${user} may not patch deployments.apps in ${world.namespace}.`,
      )
      expect(world.kubectl('get', 'cm', '-o', 'name')).not.toContain('settings')
      expect(await world.deployer({ namespace: 'default' }, as).status(world.version('1.0.0'))).toMatchObject(
        {
          kind: 'unknown',
          why: expect.stringContaining('may not get deployments.apps in default'),
        },
      )
    })

    test('who may not look at pods still learns that it hangs, and why no more', async () => {
      plane.kubelet.behave('unready', 'not_ready')
      api('registry.example/shop/unready:1')
      world.kubectl('create', 'serviceaccount', 'ci')
      const rights = ['--verb=get,list,patch,create', '--resource=deployments.apps,secrets']
      world.kubectl('create', 'role', 'ci', ...rights)
      world.kubectl('create', 'rolebinding', 'ci', '--role=ci', `--serviceaccount=${world.namespace}:ci`)
      const as = { KUBECONFIG: plane.kubeconfigOf(world.kubectl('create', 'token', 'ci').trim()) }
      const hanging = failure(await world.deployer({ timeout: '30s' }, as).deploy(world.version('1.0.0')))
      expect(hanging.message).toMatch(
        /Why: more cannot be seen, system:serviceaccount:\S+:ci may not list pods in \S+, system:\S+ may not list events in \S+\. It was/,
      )
    })

    test('a release that is refused half way says what is new and what is old; nothing after it is applied', async () => {
      world.kubectl('create', 'quota', 'one', '--hard=services=1')
      await until(() => world.get('quota one', '{.status.hard.services}') === '1')
      const service = (name: string): string =>
        JSON.stringify({
          apiVersion: 'v1',
          kind: 'Service',
          metadata: { name },
          spec: { ports: [{ port: 80 }] },
        })
      api('registry.example/shop/api:1')
      world.write('k8s/b.json', service('front'))
      world.write('k8s/c.json', service('back'))
      const half = failure(await deployed('1.0.0'))
      expect(half.isUntouched).toBeUndefined()
      expect(half.message).toBe(
        `${STEP}: Service ${world.namespace}/back: services "back" is forbidden: exceeded quota: one, requested: services=1, used: services=1, limited: services=1. The release is half applied: 1 of 3 objects are the new ones (Service ${world.namespace}/front), the others are as before.`,
      )
      expect(world.kubectl('get', 'deployments', '-o', 'name')).toBe('')
    })

    test.each([
      ['a misspelt field', { spec: { replicass: 3 } }, /unknown field "(?:spec\.)?replicass"/],
      [
        'a kind that nobody knows',
        { apiVersion: 'apps/v9' },
        /no matches for kind "Deployment" in version "apps\/v9"/,
      ],
    ])('%s is refused before anything is changed', async (_, change, said) => {
      const manifest = JSON.parse(workload('Deployment', 'api')) as { spec: object; apiVersion: string }
      world.write(
        'k8s/api.json',
        JSON.stringify({
          ...manifest,
          ...change,
          spec: { ...manifest.spec, ...('spec' in change && change.spec) },
        }),
      )
      const refused = failure(await deployed('1.0.0'))
      expect(refused.message).toMatch(said)
      expect(refused.message).toMatch(/ Nothing was changed\.$/)
      expect(refused.isUntouched).toBe(true)
    })
  })

  describe('a cluster that cannot be asked', () => {
    const refusedWith = async (environment: Record<string, string>, more = {}): Promise<string> => {
      api('registry.example/shop/api:1')
      const refused = failure(await world.deployer(more, environment).deploy(world.version('1.0.0')))
      expect(refused.isUntouched).toBe(true)
      const live = await world.deployer(more, environment).status(world.version('1.0.0'))
      expect(live).toMatchObject({ kind: 'unknown' })
      return refused.message
    }

    test('no kubectl', async () => {
      expect(await refusedWith({ PATH: '/nonexistent' })).toBe(
        `${STEP}: kubectl patch could not be started: kubectl is not installed or not on the PATH. Install it where Seamless runs (https://kubernetes.io/docs/tasks/tools/).`,
      )
    })

    test('no kubeconfig', async () => {
      expect(await refusedWith({ KUBECONFIG: `${world.directory}/none` })).toBe(
        `${STEP}: kubectl knows no cluster here: there is no kubeconfig, or it names no current context. Set KUBECONFIG to its path before Seamless runs, and "context" in the config. Nothing was changed.`,
      )
    })

    test('a context that is not there', async () => {
      expect(await refusedWith({}, { context: 'prod' })).toBe(
        `${STEP}: the kubeconfig has no context of this name. Correct "context" under environments.production.deploy.kubernetes; "kubectl config get-contexts" lists what there is. Nothing was changed.`,
      )
    })

    test('credentials that the cluster does not know', async () => {
      expect(await refusedWith({ KUBECONFIG: plane.kubeconfigOf('not-a-token-of-anybody') })).toMatch(
        /^deploy\/production\/apply: the cluster does not know who asks: the kubeconfig's credentials are missing, wrong or expired \(.*\)\. Renew them; what its login program reads from the environment is declared under "secrets" under environments\.production\.deploy\.kubernetes\. Nothing was changed\.$/,
      )
    })

    test('nothing that listens', async () => {
      const at = plane.kubeconfigOf('any-token-at-all', `https://127.0.0.1:${await freePort()}`)
      expect(await refusedWith({ KUBECONFIG: at })).toMatch(
        /^deploy\/production\/apply: the cluster does not answer: .*127\.0\.0\.1:\d+.*refused\. See that the address in the kubeconfig is right and reachable from here, then run again\. Nothing was changed\.$/,
      )
    })

    test('M05 an API server that takes the connection and says nothing', async () => {
      plane.freeze()
      try {
        expect(await refusedWith({}, { timeout: '2s' })).toMatch(
          /^deploy\/production\/apply: the cluster does not answer: .*(?:Client\.Timeout|timeout|deadline).* Nothing was changed\.$/,
        )
      } finally {
        plane.thaw()
      }
    })

    test('one that answers half', async () => {
      const server = createServer((_, answer) => {
        answer.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' })
        answer.write('{"kind":"APIVer')
        setImmediate(() => answer.destroy())
      }).listen(0, '127.0.0.1')
      await once(server, 'listening')
      try {
        const { port } = server.address() as AddressInfo
        const at = plane.kubeconfigOf('any-token-at-all', `http://127.0.0.1:${port}`)
        expect(await refusedWith({ KUBECONFIG: at })).toMatch(
          /^deploy\/production\/apply: the cluster does not answer: .*unexpected EOF.* Nothing was changed\.$/,
        )
      } finally {
        server.close()
      }
    })
  })

  describe('manifests that cannot be used', () => {
    const refused = async (more = {}): Promise<string> => {
      const failed = failure(await world.deployer(more).deploy(world.version('1.0.0')))
      expect(failed.isUntouched).toBe(true)
      return failed.message.replaceAll(world.directory, '<tree>')
    }

    test('I14 a link that leads out of the checkout', async () => {
      mkdirSync(`${world.directory}/k8s`)
      world.kubectl('version', '--client')
      const { symlinkSync } = await import('node:fs')
      symlinkSync(plane.kubeconfig, `${world.directory}/k8s/a.yaml`)
      expect(await refused()).toBe(`${STEP}: "k8s/a.yaml" is a link that leads out of <tree>.`)
    })

    test('a folder that is not there, one without manifests, one with a kustomization', async () => {
      expect(await refused()).toBe(`${STEP}: "k8s" does not exist below <tree>.`)
      world.write('k8s/readme.txt', '')
      expect(await refused()).toBe(
        `${STEP}: k8s has no .yaml, .yml or .json file. Folders within it are not looked into: name each under "manifests".`,
      )
      world.write('k8s/kustomization.yaml', '')
      expect(await refused()).toBe(
        `${STEP}: k8s has a kustomization. Name it as "kustomize: k8s" instead of under "manifests".`,
      )
    })

    test('what is no YAML, what is no object, what has no name of its own', async () => {
      world.write('k8s/a.yaml', 'a: [')
      expect(await refused()).toContain('did not find expected node content')
      world.write('k8s/a.yaml', 'a: 1')
      expect(await refused()).toContain("Object 'Kind' is missing")
      world.write('k8s/a.yaml', 'apiVersion: v1\nkind: ConfigMap\nmetadata: { generateName: a- }\n')
      expect(await refused()).toMatch(
        /a manifest of kind "ConfigMap" cannot be used: metadata\.name: .* Each needs a metadata\.name of its own/,
      )
      for (const file of ['a', 'b']) world.write(`k8s/${file}.yaml`, configMap('a', {}))
      expect(await refused()).toBe(`${STEP}: the manifests have configmap/a twice. Remove one of them.`)
    })

    test.each(['../../secrets/x', '--kubeconfig=/x', '-n', 'a/b', 'a b'])(
      'I08 the name %j, which is a path or a flag',
      async (name) => {
        world.write('k8s/a.json', configMap(name, {}))
        expect(await refused()).toContain(
          `has the name ${JSON.stringify(name)}, which Kubernetes does not take`,
        )
        world.write(
          'k8s/a.json',
          JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: name } }),
        )
        expect(await refused()).toContain(`has the namespace ${JSON.stringify(name)}, which`)
      },
    )

    test('a kustomization that does not build', async () => {
      world.write('overlay/kustomization.yaml', 'resources: [missing.yaml]\n')
      expect(await refused({ manifests: undefined, kustomize: 'overlay' })).toContain('missing.yaml')
    })

    test('I13 building them sees no credentials, and the cluster those that are declared only', async () => {
      fakeKubectl(world, 'env >&2; exit 9')
      const environment = {
        ...pathOf(world),
        CLUSTER_TOKEN: 'the-cluster-token',
        GITHUB_TOKEN: 'the-github-token',
      }
      world.write('k8s/a.json', configMap('a', {}))
      const seen = failure(
        await world.deployer({ secrets: ['CLUSTER_TOKEN'] }, environment).deploy(world.version('1.0.0')),
      )
      expect(seen.output).toContain('SEAMLESS_VERSION=1.0.0')
      expect(seen.output).not.toMatch(/CLUSTER_TOKEN|GITHUB_TOKEN/)
      fakeKubectl(
        world,
        `case "$1" in patch) exec ${plane.path.split(':')[0]}/kubectl "$@";; esac; env >&2; exit 9`,
      )
      const second = failure(
        await world.deployer({ secrets: ['CLUSTER_TOKEN'] }, environment).deploy(world.version('1.0.0')),
      )
      expect(second.output).toContain('CLUSTER_TOKEN=***')
      expect(second.output).not.toMatch(/GITHUB_TOKEN|the-cluster-token/)
    })
  })

  describe('doctor', () => {
    const rows = (environment: Record<string, string> = {}) => {
      const section = `{ manifests: [k8s], namespace: ${world.namespace} }`
      const read = parseConfig(
        `driver: action\nenvironments:\n  production:\n    deploy:\n      kubernetes: ${section}\n`,
        'seamless.yml',
      )
      if (!read.ok) throw new Error('config')
      return kubernetesRows(read.config, {
        run: world.shell.run,
        folder: world.directory,
        environment: { ...world.shell.environment, HOME: plane.home, ...environment },
        signal: new AbortController().signal,
      })
    }

    test('a cluster that lets a release in, one that does not, and one that cannot be asked', async () => {
      expect(await rows()).toEqual([
        {
          what: 'cluster of production',
          state: 'ok',
          why: `A release may be applied in ${world.namespace}.`,
        },
      ])
      world.kubectl('create', 'serviceaccount', 'ci')
      world.kubectl('create', 'role', 'ci', '--verb=get,create', '--resource=deployments.apps,secrets')
      world.kubectl('create', 'rolebinding', 'ci', '--role=ci', `--serviceaccount=${world.namespace}:ci`)
      const token = world.kubectl('create', 'token', 'ci').trim()
      expect(await rows({ KUBECONFIG: plane.kubeconfigOf(token) })).toEqual([
        {
          what: 'cluster of production',
          state: 'missing',
          why: `It may not patch deployments.apps, patch secrets in ${world.namespace}.`,
          todo: 'Grant it to whoever the kubeconfig names: docs/kubernetes.md has the Role.',
        },
      ])
      expect(await rows({ KUBECONFIG: '/nonexistent' })).toMatchObject([
        { state: 'warning', why: expect.stringContaining('kubectl knows no cluster here') },
      ])
      expect(await rows({ PATH: '/nonexistent' })).toMatchObject([{ what: 'kubectl', state: 'missing' }])
    })
  })
})

/** Stands in for kubectl where it itself fails, hangs, or tells what it sees. */
function fakeKubectl(world: KubeWorld, script: string): void {
  world.write('../bin/kubectl', `#!/usr/bin/env bash\n${script}\n`)
  chmodSync(`${world.directory}/../bin/kubectl`, 0o755)
}

function pathOf(world: KubeWorld): { PATH: string } {
  return { PATH: `${world.directory}/../bin:${process.env['PATH']}` }
}

async function until(is: () => boolean): Promise<void> {
  await expect.poll(is, { timeout: 60_000, interval: 200 }).toBe(true)
}
