import { z } from 'zod'

/** Any object of Kubernetes; what is not named here is carried along untouched. */
export const kubernetesObject = z.looseObject({
  apiVersion: z.string().min(1),
  kind: z.string().min(1),
  metadata: z.looseObject({
    name: z.string(),
    namespace: z.string().optional(),
    uid: z.string().optional(),
    generation: z.number().optional(),
    labels: z.record(z.string(), z.string()).nullish(),
    annotations: z.record(z.string(), z.string()).nullish(),
  }),
})

export type KubernetesObject = z.infer<typeof kubernetesObject>

const list = z.looseObject({ items: z.array(kubernetesObject) })

/** The kinds that roll out pods until they are stopped. */
const ROLLING = ['Deployment', 'StatefulSet', 'DaemonSet'] as const

/** A workload: what runs a version, and says so by its annotation. */
export function isWorkload({ apiVersion, kind }: KubernetesObject): boolean {
  if (apiVersion.startsWith('apps/')) return (ROLLING as readonly string[]).includes(kind)
  return isJob({ apiVersion, kind }) || (apiVersion.startsWith('batch/') && kind === 'CronJob')
}

/** It runs once and is over: what it did is not taken back by another one. */
export function isJob({ apiVersion, kind }: Pick<KubernetesObject, 'apiVersion' | 'kind'>): boolean {
  return apiVersion.startsWith('batch/') && kind === 'Job'
}

/** `Deployment shop/api`, as messages call it; without a namespace that nobody named, `Deployment api`. */
export function objectText({ kind, metadata }: KubernetesObject, namespace?: string): string {
  const where = metadata.namespace ?? namespace
  return `${kind} ${where === undefined ? '' : `${where}/`}${metadata.name}`
}

/** `deployment.apps/api`, as kubectl's lines begin. */
export function kubectlName({ apiVersion, kind, metadata }: KubernetesObject): string {
  return `${resourceName({ apiVersion, kind })}/${metadata.name}`
}

/** `deployment.apps`, as kubectl takes it. */
export function resourceName({ apiVersion, kind }: Pick<KubernetesObject, 'apiVersion' | 'kind'>): string {
  const group = apiVersion.includes('/') ? `.${apiVersion.slice(0, apiVersion.indexOf('/'))}` : ''
  return kind.toLowerCase() + group
}

/** Whether two descriptions mean one object. Versions of its API are views of it. */
export function isSame(one: KubernetesObject, other: KubernetesObject, namespace?: string): boolean {
  const where = ({ metadata }: KubernetesObject): string => metadata.namespace ?? namespace ?? ''
  // What has no namespace of its own (a ClusterRole) never says one on either side, or only by our default.
  const isSamePlace = where(one) === where(other) || one.metadata.namespace === undefined
  return isSamePlace && kubectlName(one) === kubectlName(other)
}

/** What kubectl gets by: its identity and nothing else. */
export function identityOf({ apiVersion, kind, metadata }: KubernetesObject): KubernetesObject {
  const { name, namespace } = metadata
  return { apiVersion, kind, metadata: { name, ...(namespace !== undefined && { namespace }) } }
}

/** A List, as kubectl reads it from standard input. */
export function listText(objects: readonly KubernetesObject[]): string {
  return JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects })
}

/** What `kubectl get -o json` printed: nothing, one object or a list. Error: where it is none of them. */
export function parseObjects(printed: string): KubernetesObject[] {
  if (printed.trim() === '') return []
  const parsed: unknown = JSON.parse(printed)
  const many = list.safeParse(parsed)
  return many.success ? many.data.items : [kubernetesObject.parse(parsed)]
}
