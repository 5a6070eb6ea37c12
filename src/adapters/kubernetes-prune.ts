import { z } from 'zod'
import type { Kubectl, KubectlEnd } from './kubectl.ts'
import { identityOf, isSame, listText, parseObjects } from './kubernetes-object.ts'
import type { KubernetesObject } from './kubernetes-object.ts'
import { FIELD_MANAGER } from './kubernetes-release.ts'

/**
 * What may be taken away: what a service is made of. Never what holds data (volumes and their claims), what holds others
 * (namespaces, definitions), or a kind of somebody else's.
 */
const KINDS = [
  'deployments.apps',
  'statefulsets.apps',
  'daemonsets.apps',
  'jobs.batch',
  'cronjobs.batch',
  'services',
  'configmaps',
  'secrets',
  'serviceaccounts',
  'ingresses.networking.k8s.io',
  'networkpolicies.networking.k8s.io',
  'poddisruptionbudgets.policy',
  'horizontalpodautoscalers.autoscaling',
  'roles.rbac.authorization.k8s.io',
  'rolebindings.rbac.authorization.k8s.io',
]

const managed = z.looseObject({
  metadata: z.looseObject({
    managedFields: z
      .array(z.looseObject({ manager: z.string().optional(), operation: z.string().optional() }))
      .optional(),
    deletionTimestamp: z.string().optional(),
  }),
})

/**
 * What has the labels, is applied by Seamless, and is not among the objects. `kubectl apply --prune` cannot serve: by label
 * it passes over everything that was applied by the server.
 */
export async function leftOver(
  kubectl: Kubectl,
  selector: string,
  objects: readonly KubernetesObject[],
): Promise<{ end: KubectlEnd; found: KubernetesObject[] }> {
  const args = ['get', KINDS.join(','), `--selector=${selector}`, '--show-managed-fields', '--output=json']
  const end = await kubectl.run(args)
  if (end.kind === 'failed') return { end, found: [] }
  const found = parseObjects(end.stdout).filter(
    (one) => isOurs(one) && !objects.some((object) => isSame(object, one, kubectl.namespace)),
  )
  return { end, found }
}

function isOurs(object: KubernetesObject): boolean {
  const { metadata } = managed.parse(object)
  const applied = metadata.managedFields?.some(
    ({ manager, operation }) => manager === FIELD_MANAGER && operation === 'Apply',
  )
  return applied === true && metadata.deletionTimestamp === undefined
}

export async function remove(kubectl: Kubectl, objects: readonly KubernetesObject[]): Promise<KubectlEnd> {
  const args = ['delete', '--filename=-', '--ignore-not-found', '--wait=false']
  return kubectl.run(args, { input: listText(objects.map(identityOf)), isLogged: true })
}
