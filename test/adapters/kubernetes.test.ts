import { describe, expect, test } from 'vitest'
import { faultsOf, noAnswerOf } from '../../src/adapters/kubectl-faults.ts'
import type { Kubectl, KubectlEnd } from '../../src/adapters/kubectl.ts'
import { imagesOf, pinImages, repositoryOf } from '../../src/adapters/kubernetes-images.ts'
import type { KubernetesObject } from '../../src/adapters/kubernetes-object.ts'
import { rolloutOf } from '../../src/adapters/kubernetes-rollout.ts'
import { waitForRollouts, type Waited } from '../../src/adapters/kubernetes-wait.ts'
import { causesOf } from '../../src/adapters/kubernetes-why.ts'
import { manualClock } from '../support/manual-clock.ts'

const object = (kind: string, spec: object, status: object, metadata: object = {}): KubernetesObject => ({
  apiVersion: kind === 'Job' || kind === 'CronJob' ? 'batch/v1' : 'apps/v1',
  kind,
  metadata: { name: 'api', namespace: 'shop', uid: 'u', generation: 2, ...metadata },
  spec,
  status: { observedGeneration: 2, ...status },
})

describe('how far a rollout is, as kubectl rollout status has it', () => {
  const full = { replicas: 3, updatedReplicas: 3, availableReplicas: 3 }
  const deadline = {
    conditions: [{ type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded' }],
  }
  test.each<[string, KubernetesObject, object]>([
    ['all there', object('Deployment', { replicas: 3 }, full), { kind: 'done' }],
    ['none wanted', object('Deployment', { replicas: 0 }, {}), { kind: 'done' }],
    [
      'not seen yet',
      object('Deployment', { replicas: 3 }, full, { generation: 3 }),
      { kind: 'progressing', said: 'its controller has not seen it yet' },
    ],
    [
      'some new',
      object('Deployment', { replicas: 3 }, { ...full, updatedReplicas: 1 }),
      { kind: 'progressing', said: '3 of 3 pods available, 1 of them new' },
    ],
    [
      'old ones left',
      object('Deployment', { replicas: 3 }, { ...full, replicas: 5 }),
      { kind: 'progressing', said: '2 old pods are still ending' },
    ],
    [
      'stuck',
      object('Deployment', { replicas: 3, progressDeadlineSeconds: 60 }, { updatedReplicas: 1, ...deadline }),
      {
        kind: 'failed',
        said: '0 of 3 pods available, 1 of them new; no progress for 60 s (its progressDeadlineSeconds)',
      },
    ],
    [
      'one replica unless said',
      object('Deployment', {}, { replicas: 1, updatedReplicas: 1, availableReplicas: 1 }),
      { kind: 'done' },
    ],
    [
      'a StatefulSet that keeps some',
      object(
        'StatefulSet',
        { replicas: 3, updateStrategy: { rollingUpdate: { partition: 2 } } },
        { updatedReplicas: 1, readyReplicas: 3 },
      ),
      { kind: 'done' },
    ],
    [
      'a StatefulSet on its way',
      object('StatefulSet', { replicas: 3 }, { updatedReplicas: 1, readyReplicas: 2 }),
      { kind: 'progressing', said: '2 of 3 pods available, 1 of 3 new' },
    ],
    [
      'pods that change when they are deleted',
      object('DaemonSet', { updateStrategy: { type: 'OnDelete' } }, { desiredNumberScheduled: 3 }),
      { kind: 'done' },
    ],
    [
      'a DaemonSet on its way',
      object('DaemonSet', {}, { desiredNumberScheduled: 3, updatedNumberScheduled: 2, numberAvailable: 3 }),
      { kind: 'progressing', said: '3 of 3 pods available, 2 of them new' },
    ],
    [
      'a Job that is over',
      object('Job', {}, { conditions: [{ type: 'Complete', status: 'True' }] }),
      { kind: 'done' },
    ],
    [
      'a Job that failed',
      object('Job', {}, { conditions: [{ type: 'Failed', status: 'True', message: 'DeadlineExceeded' }] }),
      { kind: 'failed', said: 'it failed: DeadlineExceeded' },
    ],
    [
      'a Job that runs',
      object('Job', { completions: 3 }, { succeeded: 1 }),
      { kind: 'progressing', said: '1 of 3 pods have ended well' },
    ],
    ['a Job that somebody else starts', object('Job', { suspend: true }, {}), { kind: 'done' }],
    ['a CronJob', object('CronJob', {}, {}), { kind: 'done' }],
  ])('%s', (_, workload, rollout) => {
    expect(rolloutOf(workload)).toEqual(rollout)
  })
})

describe('what kubectl says', () => {
  test('a conflict with several managers, and with an autoscaler', () => {
    expect(
      faultsOf([
        'error: Apply failed with 3 conflicts: conflicts with "helm" using apps/v1:',
        '- .spec.replicas',
        '- .spec.paused',
        'conflicts with "kubectl-edit" using apps/v1:',
        '- .spec.minReadySeconds',
        'Please review the fields above--they currently have other managers. Here',
        '* If you intend to manage all of these fields, please re-run the apply',
        'error: Apply failed with 1 conflict: conflict with "kube-controller-manager" with subresource "scale" using apps/v1: .spec.replicas',
      ]),
    ).toEqual([
      {
        kind: 'conflict',
        managers: ['helm', 'kubectl-edit'],
        fields: ['.spec.replicas', '.spec.paused', '.spec.minReadySeconds'],
      },
      { kind: 'conflict', managers: ['kube-controller-manager'], fields: ['.spec.replicas'] },
    ])
  })

  test('S01 the whole specification of what was refused, with its environment, comes into no message', () => {
    const [fault] = faultsOf([
      'The StatefulSet "db" is invalid: spec: Invalid value: {"env":[{"value":"hunter2"}]}: field is immutable',
    ])
    expect(fault).toEqual({
      kind: 'other',
      said: 'The StatefulSet "db" is invalid: spec: field is immutable',
    })
  })

  test.each([
    ['Unable to connect to the server: dial tcp: lookup k8s.example: no such host', 'unreachable'],
    ['Unable to connect to the server: x509: certificate signed by unknown authority', 'unreachable'],
    [
      'Unable to connect to the server: getting credentials: exec: executable aws not found',
      'unauthenticated',
    ],
    ['error: You must be logged in to the server (Unauthorized)', 'unauthenticated'],
    [
      'The connection to the server localhost:8080 was refused - did you specify the right host or port?',
      'no_cluster',
    ],
    ['error: context "prod" does not exist', 'no_context'],
    ['Error from server (NotFound): namespaces "shop" not found', undefined],
  ])('%s', (line, kind) => {
    expect(noAnswerOf([line])?.kind).toBe(kind)
  })
})

describe('images', () => {
  test.each([
    ['nginx', 'nginx'],
    ['nginx:1.2', 'nginx'],
    ['registry:5000/shop/api', 'registry:5000/shop/api'],
    ['registry:5000/shop/api:1.2', 'registry:5000/shop/api'],
    ['registry:5000/shop/api:1.2@sha256:abc', 'registry:5000/shop/api'],
  ])('%s is of %s', (image, repository) => {
    expect(repositoryOf(image)).toBe(repository)
  })

  test('are named where containers are, and nowhere else', () => {
    const digest = `registry/api@sha256:${'0'.repeat(64)}`
    const built = imagesOf({ SEAMLESS_IMAGES: JSON.stringify({ 'registry/api': digest }) })
    const template = { spec: { containers: [{ image: 'registry/api:1' }] } }
    const job = object('CronJob', { jobTemplate: { spec: { template } } }, {})
    const settings = { ...object('Deployment', { template }, {}), apiVersion: 'v1', kind: 'ConfigMap' }
    const [pinned, same] = pinImages([job, settings], built)
    expect(JSON.stringify(pinned)).toContain(digest)
    expect(same).toEqual(settings)
    expect(imagesOf({})).toEqual({})
  })
})

describe('why pods do not get ready', () => {
  const pod = (name: string, status: object, metadata: object = {}) => ({
    kind: 'Pod',
    metadata: { name, uid: name, ownerReferences: [{ uid: 'new' }], ...metadata },
    status: status as never,
  })
  const set = (uid: string, revision: string) => ({
    kind: 'ReplicaSet',
    metadata: {
      name: uid,
      uid,
      ownerReferences: [{ uid: 'u' }],
      annotations: { 'deployment.kubernetes.io/revision': revision },
    },
    status: {},
  })
  const waiting = (reason: string, message?: string, restartCount = 0) => ({
    phase: 'Pending',
    containerStatuses: [
      { name: 'api', image: 'i:1', restartCount, state: { waiting: { reason, message } }, lastState: {} },
    ],
  })

  test('only pods of the revision that is rolled out count', () => {
    const old = pod('old', waiting('ImagePullBackOff', 'old'), { ownerReferences: [{ uid: 'old' }] })
    const gone = pod('gone', waiting('ImagePullBackOff', 'gone'), { deletionTimestamp: 'x' })
    const around = [set('old', '1'), set('new', '2'), old, gone, pod('new-1', waiting('InvalidImageName'))]
    expect(causesOf({ uid: 'u', revision: '2', around, events: [] })).toEqual([
      { kind: 'image_pull', said: 'pod new-1: cannot pull i:1: InvalidImageName' },
    ])
  })

  test('a container that was restarted once may only be unlucky; an init container counts too', () => {
    const lastState = { terminated: { exitCode: 1 } }
    const status = {
      phase: 'Pending',
      initContainerStatuses: [
        { name: 'init', restartCount: 1, state: { waiting: { reason: 'CrashLoopBackOff' } }, lastState },
      ],
    }
    expect(causesOf({ uid: 'new', around: [pod('p', status)], events: [] })).toEqual([
      { kind: 'pod_event', said: 'pod p: container init ended with exit code 1; it was restarted 1 times' },
    ])
  })

  test('what the last warning about a pod says, e.g. of a volume', () => {
    const events = [
      { reason: 'FailedMount', message: 'old', involvedObject: { uid: 'p' } },
      {
        reason: 'FailedMount',
        message: 'MountVolume.SetUp failed: secret "x" not found',
        involvedObject: { uid: 'p' },
      },
    ]
    expect(causesOf({ uid: 'new', around: [pod('p', { phase: 'Pending' })], events })).toEqual([
      { kind: 'pod_event', said: 'pod p: MountVolume.SetUp failed: secret "x" not found' },
    ])
  })
})

describe('waiting', () => {
  const well = { kind: 'done', stdout: '', truncated: false, output: '', said: [] } as const
  const failed = {
    ...well,
    kind: 'failed',
    failure: { why: 'exit', message: 'm', output: '' },
    said: ['refused'],
  } as const
  const json = (value: unknown): KubectlEnd => ({ ...well, stdout: JSON.stringify(value) })
  const deployment = (availableReplicas: number) =>
    object('Deployment', { replicas: 1 }, { replicas: 1, updatedReplicas: 1, availableReplicas })

  /** Answers each look at the workload by the next of `looks`, the last one for ever; and at its pods by `pods`. */
  async function wait(
    looks: readonly KubectlEnd[],
    pods: readonly unknown[] = [],
  ): Promise<[Waited, number, string[]]> {
    const clock = manualClock()
    const startMs = clock.now()
    const said: string[] = []
    let index = 0
    const kubectl: Kubectl = {
      namespace: 'shop',
      async run([, what = '']) {
        if (what.startsWith('pods')) return json({ items: pods })
        if (what === 'events') return json({ items: [] })
        return looks[Math.min(index++, looks.length - 1)] ?? failed
      },
    }
    const waited = await waitForRollouts(kubectl, [deployment(0)], {
      clock,
      signal: new AbortController().signal,
      timeoutMs: 600_000,
      say: (line) => said.push(line),
      isOwed: () => true,
    })
    return [waited, (clock.now() - startMs) / 1000, said]
  }
  const unpulled = (message: string) => ({
    kind: 'Pod',
    metadata: { name: 'p', uid: 'p', ownerReferences: [{ uid: 'u' }] },
    status: {
      containerStatuses: [
        { name: 'api', image: 'i:1', state: { waiting: { reason: 'ErrImagePull', message } } },
      ],
    },
  })

  test('ends when all is there, and says each change once', async () => {
    const [waited, seconds, said] = await wait([
      json(deployment(0)),
      json(deployment(0)),
      json(deployment(1)),
    ])
    expect(waited).toEqual({ kind: 'rolled_out' })
    expect(seconds).toBe(4)
    expect(said).toEqual(['Deployment shop/api: 0 of 1 pods available, 1 of them new'])
  })

  test('gives a registry a minute, not the whole timeout', async () => {
    const [waited, seconds] = await wait([json(deployment(0))], [unpulled('not found')])
    expect(waited).toMatchObject({
      why: 'exit',
      message: expect.stringMatching(/cannot pull i:1: not found\.$/),
    })
    expect(seconds).toBe(60)
  })

  test('a control plane that is away for a while is asked again', async () => {
    const away = Array.from({ length: 20 }, () => failed)
    const [waited] = await wait([json(deployment(0)), ...away, json(deployment(1))])
    expect(waited).toEqual({ kind: 'rolled_out' })
  })

  test('one that stays away ends it after a minute', async () => {
    const [waited, seconds] = await wait([json(deployment(0)), failed])
    expect(waited).toEqual({
      kind: 'failed',
      why: 'exit',
      message: 'the cluster stopped answering while it rolled out: refused',
    })
    expect(seconds).toBe(60)
  })

  test('what somebody deletes meanwhile will not come', async () => {
    const [waited] = await wait([json(deployment(0)), well])
    expect(waited).toMatchObject({ message: 'Deployment shop/api does not roll out: somebody deleted it.' })
  })

  test('without a cause it waits for the timeout, and says how long', async () => {
    const [waited, seconds] = await wait([json(deployment(0))])
    expect(waited).toEqual({
      kind: 'failed',
      why: 'timeout',
      message:
        'Deployment shop/api does not roll out: 0 of 1 pods available, 1 of them new. It was waited for 600 s ("timeout").',
    })
    expect(seconds).toBe(600)
  })
})
