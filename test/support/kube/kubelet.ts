import { setTimeout as sleep } from 'node:timers/promises'
import type { KubeApi, Pod } from './kube-api.ts'

/** What the containers of an image do. */
export type Behaviour = 'run' | 'crash' | 'no_image' | 'not_ready' | 'no_config' | 'fail' | 'slow_job'

/** Runs the containers of pods for real. */
export interface ContainerRuntime {
  /** Starts it where it is not started; whether it takes requests. Does not wait until it does. */
  isReady(pod: Pod): Promise<boolean>
  /** Over when the pod's container has ended. */
  end(uid: string): Promise<void>
}

/** Stands in for the nodes: it says of each pod that the scheduler placed what a kubelet would say. */
export interface Kubelet {
  /** From now on what "runs" does run; without one it only says so. */
  runBy(runtime: ContainerRuntime): void
  /** What pods whose image contains `part` do from now on; the last word said counts. */
  behave(part: string, behaviour: Behaviour): void
  stop(): Promise<void>
}

const NODES = ['node-a', 'node-b']

export async function startKubelet(api: KubeApi): Promise<Kubelet> {
  for (const name of NODES) await addNode(api, name)
  const rules: [string, Behaviour][] = []
  const behaviourOf = (pod: Pod): Behaviour =>
    rules.findLast(([part]) => pod.spec.containers.some(({ image }) => image.includes(part)))?.[1] ?? 'run'
  const stopped = new AbortController()
  const told = new Map<string, string>()
  let runtime: ContainerRuntime | undefined
  const loop = (async () => {
    while (!stopped.signal.aborted) {
      await tick(api, { behaviourOf, told, runtime }).catch(() => undefined)
      await sleep(60)
    }
  })()
  return {
    behave: (part, behaviour) => void rules.push([part, behaviour]),
    runBy: (given) => void (runtime = given),
    async stop() {
      stopped.abort()
      await loop
    },
  }
}

async function addNode(api: KubeApi, name: string): Promise<void> {
  await api.ask('POST', '/api/v1/nodes', {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels: { 'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux' } },
  })
  const room = { cpu: '4', memory: '8Gi', pods: '110', 'ephemeral-storage': '20Gi' }
  await api.ask('PATCH', `/api/v1/nodes/${name}/status`, {
    status: {
      capacity: room,
      allocatable: room,
      conditions: [{ type: 'Ready', status: 'True', reason: 'KubeletReady', lastHeartbeatTime: now() }],
    },
  })
  // Admission taints a new node until its controller has seen it; ours has none.
  await api.ask('PATCH', `/api/v1/nodes/${name}`, { spec: { taints: null } })
}

interface Node {
  readonly behaviourOf: (pod: Pod) => Behaviour
  readonly told: Map<string, string>
  readonly runtime: ContainerRuntime | undefined
}

async function tick(api: KubeApi, { behaviourOf, told, runtime }: Node): Promise<void> {
  const { body } = await api.ask('GET', '/api/v1/pods?fieldSelector=spec.nodeName!=')
  const { items } = body as { items: Pod[] }
  for (const pod of items) {
    const { namespace, name, uid, deletionTimestamp } = pod.metadata
    const path = `/api/v1/namespaces/${namespace}/pods/${name}`
    if (deletionTimestamp !== undefined) {
      await runtime?.end(uid)
      await api.ask('DELETE', path, { gracePeriodSeconds: 0 })
      continue
    }
    const behaviour = behaviourOf(pod)
    if (told.get(uid) === behaviour || pod.status.phase === 'Succeeded' || pod.status.phase === 'Failed')
      continue
    if (runtime !== undefined && behaviour === 'run' && !(await runtime.isReady(pod))) continue
    await api.ask('PATCH', `${path}/status`, { status: statusOf(pod, behaviour) })
    await tellEvents(api, pod, behaviour)
    told.set(uid, behaviour)
  }
}

const isJob = (pod: Pod): boolean => pod.spec.restartPolicy !== 'Always'

function statusOf(pod: Pod, behaviour: Behaviour): object {
  const at = now()
  const ready = behaviour === 'run' && !isJob(pod)
  const phase = phaseOf(pod, behaviour)
  const condition = (type: string, is: boolean): object => ({
    type,
    status: is ? 'True' : 'False',
    lastTransitionTime: at,
    ...(!is && { reason: 'ContainersNotReady', message: 'containers with unready status' }),
  })
  return {
    phase,
    startTime: at,
    podIP: '10.1.0.1',
    conditions: [
      condition('Initialized', true),
      condition('Ready', ready),
      condition('ContainersReady', ready),
    ],
    containerStatuses: pod.spec.containers.map(({ name, image }) => ({
      name,
      image,
      imageID: '',
      ready,
      ...containerState(image, behaviour, { at, isJob: isJob(pod) }),
    })),
  }
}

function phaseOf(pod: Pod, behaviour: Behaviour): string {
  if (behaviour === 'no_image' || behaviour === 'no_config') return 'Pending'
  if (behaviour === 'fail') return 'Failed'
  return isJob(pod) && behaviour === 'run' ? 'Succeeded' : 'Running'
}

function containerState(
  image: string,
  behaviour: Behaviour,
  { at, isJob }: { at: string; isJob: boolean },
): object {
  const waiting = (reason: string, message: string): object => ({ state: { waiting: { reason, message } } })
  const ended = (exitCode: number, message?: string): object => ({
    terminated: {
      exitCode,
      reason: exitCode === 0 ? 'Completed' : 'Error',
      startedAt: at,
      finishedAt: at,
      message,
    },
  })
  switch (behaviour) {
    case 'run':
      return { restartCount: 0, started: true, state: isJob ? ended(0) : { running: { startedAt: at } } }
    case 'slow_job':
    case 'not_ready':
      return { restartCount: 0, started: true, state: { running: { startedAt: at } } }
    case 'fail':
      return { restartCount: 0, state: ended(1, 'relation "orders" does not exist') }
    case 'no_image': {
      const why = `failed to resolve reference "${image}": ${image}: not found`
      const message = `Back-off pulling image "${image}": ErrImagePull: ${why}`
      return { restartCount: 0, started: false, ...waiting('ImagePullBackOff', message) }
    }
    case 'no_config':
      return { restartCount: 0, ...waiting('CreateContainerConfigError', 'configmap "settings" not found') }
    case 'crash':
      return {
        restartCount: 4,
        started: false,
        ...waiting('CrashLoopBackOff', 'back-off 1m20s restarting failed container'),
        lastState: ended(3, 'cannot open /etc/shop/settings.json'),
      }
  }
}

async function tellEvents(api: KubeApi, pod: Pod, behaviour: Behaviour): Promise<void> {
  if (behaviour !== 'not_ready') return
  const { name, namespace, uid } = pod.metadata
  await api.ask('POST', `/api/v1/namespaces/${namespace}/events`, {
    metadata: { generateName: `${name}.`, namespace },
    involvedObject: {
      kind: 'Pod',
      apiVersion: 'v1',
      name,
      namespace,
      uid,
      fieldPath: 'spec.containers{api}',
    },
    type: 'Warning',
    reason: 'Unhealthy',
    message: 'Readiness probe failed: HTTP probe failed with statuscode: 503',
    source: { component: 'kubelet' },
    firstTimestamp: now(),
    lastTimestamp: now(),
    count: 3,
  })
}

function now(): string {
  return new Date().toISOString().replace(/\.\d+Z$/, 'Z')
}
