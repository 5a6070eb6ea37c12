import { z } from 'zod'
import { condition } from './kubernetes-condition.ts'
import { isWorkload } from './kubernetes-object.ts'
import type { KubernetesObject } from './kubernetes-object.ts'

/** How far a workload's rollout has come. */
export type Rollout =
  | { readonly kind: 'done' }
  | { readonly kind: 'progressing'; readonly said: string }
  /** It will not get there by itself. */
  | { readonly kind: 'failed'; readonly said: string }

const count = z.int().optional()
const workload = z.looseObject({
  metadata: z.looseObject({ generation: z.number().optional() }),
  spec: z.looseObject({
    replicas: count,
    completions: count,
    paused: z.boolean().optional(),
    suspend: z.boolean().optional(),
    progressDeadlineSeconds: count,
    updateStrategy: z
      .looseObject({
        type: z.string().optional(),
        rollingUpdate: z.looseObject({ partition: count }).nullish(),
      })
      .optional(),
  }),
  status: z
    .looseObject({
      observedGeneration: z.number().optional(),
      replicas: count,
      updatedReplicas: count,
      readyReplicas: count,
      availableReplicas: count,
      desiredNumberScheduled: count,
      updatedNumberScheduled: count,
      numberAvailable: count,
      succeeded: count,
      conditions: z.array(condition).optional(),
    })
    .prefault({}),
})

type Workload = z.infer<typeof workload>

/**
 * By the rules of `kubectl rollout status` (k8s.io/kubectl/pkg/polymorphichelpers/rollout_status.go), which itself knows
 * no Job, follows one workload at a time and gives no reasons.
 */
export function rolloutOf(object: KubernetesObject): Rollout {
  if (!isWorkload(object) || object.kind === 'CronJob') return { kind: 'done' }
  const read = workload.safeParse(object)
  if (!read.success) return progressing('it has no status yet')
  const { metadata, spec, status } = read.data
  if (object.kind === 'Job') return jobRollout(read.data)
  if ((metadata.generation ?? 0) > (status.observedGeneration ?? 0))
    return progressing('its controller has not seen it yet')
  if (object.kind === 'Deployment') return deploymentRollout(read.data)
  // Its pods change when somebody deletes them.
  if (spec.updateStrategy?.type === 'OnDelete') return { kind: 'done' }
  return object.kind === 'StatefulSet' ? statefulSetRollout(read.data) : daemonSetRollout(read.data)
}

function progressing(said: string): Rollout {
  return { kind: 'progressing', said }
}

function conditionOf({ status }: Workload, type: string) {
  return status.conditions?.find((condition) => condition.type === type && condition.status === 'True')
}

function deploymentRollout(deployment: Workload): Rollout {
  const { spec, status } = deployment
  const wanted = spec.replicas ?? 1
  const { replicas = 0, updatedReplicas = 0, availableReplicas = 0 } = status
  if (spec.paused === true)
    return { kind: 'failed', said: 'it is paused; nothing is rolled out until "kubectl rollout resume"' }
  const stuck = status.conditions?.some(({ reason }) => reason === 'ProgressDeadlineExceeded')
  const said = `${availableReplicas} of ${wanted} pods available, ${updatedReplicas} of them new`
  if (stuck === true)
    return {
      kind: 'failed',
      said: `${said}; no progress for ${spec.progressDeadlineSeconds ?? 600} s (its progressDeadlineSeconds)`,
    }
  const old = replicas - updatedReplicas
  if (updatedReplicas < wanted || availableReplicas < updatedReplicas) return progressing(said)
  return old > 0
    ? progressing(`${old} old ${old === 1 ? 'pod is' : 'pods are'} still ending`)
    : { kind: 'done' }
}

function statefulSetRollout({ spec, status }: Workload): Rollout {
  const wanted = spec.replicas ?? 1
  const kept = spec.updateStrategy?.rollingUpdate?.partition ?? 0
  const changed = Math.max(0, wanted - kept)
  const { updatedReplicas = 0, readyReplicas = 0, availableReplicas = readyReplicas } = status
  if (updatedReplicas < changed || availableReplicas < wanted)
    return progressing(
      `${availableReplicas} of ${wanted} pods available, ${updatedReplicas} of ${changed} new`,
    )
  return { kind: 'done' }
}

function daemonSetRollout({ status }: Workload): Rollout {
  const { desiredNumberScheduled = 0, updatedNumberScheduled = 0, numberAvailable = 0 } = status
  if (updatedNumberScheduled < desiredNumberScheduled || numberAvailable < desiredNumberScheduled)
    return progressing(
      `${numberAvailable} of ${desiredNumberScheduled} pods available, ${updatedNumberScheduled} of them new`,
    )
  return { kind: 'done' }
}

function jobRollout(job: Workload): Rollout {
  const { spec, status } = job
  if (conditionOf(job, 'Complete') !== undefined) return { kind: 'done' }
  const failed = conditionOf(job, 'Failed')
  if (failed !== undefined)
    return { kind: 'failed', said: `it failed: ${failed.message ?? failed.reason ?? 'no reason given'}` }
  // Somebody else starts it, at another time.
  if (spec.suspend === true) return { kind: 'done' }
  return progressing(`${status.succeeded ?? 0} of ${spec.completions ?? 1} pods have ended well`)
}
