import { z } from 'zod'
import { condition } from './kubernetes-condition.ts'

/** Why a workload's pods do not get ready, from its own words and those of its pods and their events. */
export interface Cause {
  readonly kind:
    | 'image_pull'
    | 'crash_loop'
    | 'container_config'
    | 'job_pod'
    | 'unschedulable'
    | 'pods_refused'
    | 'not_ready'
    | 'pod_event'
  /** A clause: `pod api-1 cannot pull …`. */
  readonly said: string
}

const containerStatus = z.looseObject({
  name: z.string(),
  image: z.string().optional(),
  ready: z.boolean().optional(),
  restartCount: z.int().prefault(0),
  state: z
    .looseObject({
      waiting: z.looseObject({ reason: z.string().optional(), message: z.string().optional() }).optional(),
      terminated: z.looseObject({ exitCode: z.int(), message: z.string().optional() }).optional(),
    })
    .prefault({}),
  lastState: z
    .looseObject({
      terminated: z.looseObject({ exitCode: z.int(), message: z.string().optional() }).optional(),
    })
    .prefault({}),
})

const owner = z.looseObject({ uid: z.string() })

export const podOrReplicaSet = z.looseObject({
  kind: z.string(),
  metadata: z.looseObject({
    name: z.string(),
    uid: z.string(),
    deletionTimestamp: z.string().optional(),
    labels: z.record(z.string(), z.string()).optional(),
    annotations: z.record(z.string(), z.string()).optional(),
    ownerReferences: z.array(owner).optional(),
  }),
  spec: z
    .looseObject({ containers: z.array(z.looseObject({ image: z.string().optional() })).optional() })
    .optional(),
  status: z
    .looseObject({
      phase: z.string().optional(),
      conditions: z.array(condition).optional(),
      containerStatuses: z.array(containerStatus).optional(),
      initContainerStatuses: z.array(containerStatus).optional(),
    })
    .prefault({}),
})

export const warningEvent = z.looseObject({
  reason: z.string().optional(),
  message: z.string().optional(),
  involvedObject: z.looseObject({ uid: z.string().optional() }),
})

export type PodOrReplicaSet = z.infer<typeof podOrReplicaSet>
export type WarningEvent = z.infer<typeof warningEvent>

/** What there is to know of one workload. */
export interface Evidence {
  readonly uid: string
  /** The revision that a Deployment rolls out now; of others all pods count. */
  readonly revision?: string | undefined
  /** Its own pods and ReplicaSets, and maybe those of others. */
  readonly around: readonly PodOrReplicaSet[]
  /** Warnings of the namespace, oldest first. */
  readonly events: readonly WarningEvent[]
}

/** The causes, each once with the pods that have it, the most telling kind first. */
export function causesOf(evidence: Evidence): Cause[] {
  const sets = evidence.around.filter((one) => one.kind === 'ReplicaSet' && isOwn(one, evidence))
  const owners = new Set([evidence.uid, ...sets.map(({ metadata }) => metadata.uid)])
  const isOfIts = ({ metadata }: PodOrReplicaSet): boolean =>
    metadata.ownerReferences?.some(({ uid }) => owners.has(uid)) === true
  const pods = evidence.around.filter(
    (one) => one.kind === 'Pod' && isOfIts(one) && one.metadata.deletionTimestamp === undefined,
  )
  const found = pods.flatMap((pod) => {
    const cause = causeOf(pod, evidence.events)
    return cause === undefined ? [] : [{ ...cause, pod: pod.metadata.name }]
  })
  return [...refusals(owners, evidence.events, pods.length), ...joined(found)]
}

function isOwn({ metadata }: PodOrReplicaSet, { uid, revision }: Evidence): boolean {
  const number = metadata.annotations?.['deployment.kubernetes.io/revision']
  return (
    metadata.ownerReferences?.some((owner) => owner.uid === uid) === true &&
    (revision === undefined || number === undefined || number === revision)
  )
}

/** Quotas and admission refuse pods before there are any; only events tell. */
function refusals(owners: ReadonlySet<string>, events: readonly WarningEvent[], pods: number): Cause[] {
  const last = events.findLast(
    ({ reason, involvedObject }) => reason === 'FailedCreate' && owners.has(involvedObject.uid ?? ''),
  )
  if (last?.message === undefined) return []
  const message = last.message
    .replace(/^(?:\(combined from similar events\): )?Error creating: /, '')
    .replace(/^pods "[^"]*" is /, 'the pod is ')
  return [
    {
      kind: 'pods_refused',
      said: `${pods === 0 ? 'no' : 'not every'} pod can be created: ${short(message)}`,
    },
  ]
}

function causeOf(pod: PodOrReplicaSet, events: readonly WarningEvent[]): Cause | undefined {
  const { status } = pod
  const containers = [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])]
  for (const container of containers) {
    const cause = containerCause(container, pod)
    if (cause !== undefined) return cause
  }
  const unscheduled = status.conditions?.find(
    ({ type, status, reason }) => type === 'PodScheduled' && status === 'False' && reason === 'Unschedulable',
  )
  if (unscheduled !== undefined)
    return { kind: 'unschedulable', said: `no node takes it: ${short(unscheduled.message ?? '')}` }
  const isReady =
    status.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') === true
  if (isReady || status.phase === 'Succeeded') return undefined
  const last = events.findLast(({ involvedObject }) => involvedObject.uid === pod.metadata.uid)
  if (last?.message !== undefined) {
    const kind = last.reason === 'Unhealthy' ? 'not_ready' : 'pod_event'
    return { kind, said: short(last.message) }
  }
  return status.phase === 'Running'
    ? { kind: 'not_ready', said: 'it runs, and its readiness probe has not succeeded yet' }
    : undefined
}

type ContainerStatus = z.infer<typeof containerStatus>

function containerCause(container: ContainerStatus, pod: PodOrReplicaSet): Cause | undefined {
  const { name, image = '', restartCount, state, lastState } = container
  const { reason = '', message = '' } = state.waiting ?? {}
  if (/ImagePull|^InvalidImageName$|^ErrImage|^RegistryUnavailable$/.test(reason)) {
    // Its last clause is the registry's own answer.
    const said = message.replace(/^Back-off pulling image "[^"]*": /, '')
    return { kind: 'image_pull', said: `cannot pull ${image}: ${said === '' ? reason : short(said)}` }
  }
  if (/^(?:CreateContainer\w*Error|RunContainerError)$/.test(reason))
    return { kind: 'container_config', said: `container ${name} cannot be made: ${short(message)}` }
  const ended = state.terminated ?? lastState.terminated
  if (ended === undefined || ended.exitCode === 0 || container.ready === true) return undefined
  const last = ended.message === undefined ? '' : `: ${short(ended.message)}`
  const exit = `ended with exit code ${ended.exitCode}${last}`
  if (pod.status.phase === 'Failed') return { kind: 'job_pod', said: `container ${name} ${exit}` }
  return restartCount < CRASH_LOOP
    ? { kind: 'pod_event', said: `container ${name} ${exit}; it was restarted ${restartCount} times` }
    : {
        kind: 'crash_loop',
        said: `container ${name} crashes: it was restarted ${restartCount} times and last ${exit} (its log: kubectl logs ${pod.metadata.name} -c ${name} --previous)`,
      }
}

/** Restarts come 10, 20 and 40 s after each other (the kubelet's back-off): after three of them more will not help. */
const CRASH_LOOP = 3

/** The most telling first. */
const ORDER: readonly Cause['kind'][] = [
  'image_pull',
  'crash_loop',
  'container_config',
  'job_pod',
  'unschedulable',
  'not_ready',
  'pod_event',
]

function joined(found: readonly (Cause & { pod: string })[]): Cause[] {
  const groups = new Map<string, { kind: Cause['kind']; said: string; pods: string[] }>()
  for (const { kind, said, pod } of found) {
    // The same in each pod but for the pod's name.
    const key = `${kind} ${said.replaceAll(pod, '')}`
    const group = groups.get(key) ?? { kind, said, pods: [] }
    group.pods.push(pod)
    groups.set(key, group)
  }
  return [...groups.values()]
    .sort((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind))
    .map(({ kind, said, pods }) => ({ kind, said: `${podsText(pods)}: ${said}` }))
}

function podsText([first = '', ...more]: readonly string[]): string {
  return more.length === 0 ? `pod ${first}` : `pod ${first} and ${more.length} more`
}

const SHORT_MAX = 300

function short(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim().replace(/\.$/, '')
  return line.length <= SHORT_MAX ? line : `${line.slice(0, SHORT_MAX)}…`
}
