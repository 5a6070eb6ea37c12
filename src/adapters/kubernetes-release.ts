import type { Kubernetes } from '../config/kubernetes.ts'
import type { StepContext } from '../ports/step.ts'
import type { Kubectl } from './kubectl.ts'
import { imagesOf, pinImages } from './kubernetes-images.ts'
import { readManifests } from './kubernetes-manifests.ts'
import type { KubernetesObject } from './kubernetes-object.ts'
import { isWorkload } from './kubernetes-object.ts'

/** What a version is, ready to be applied: its images by digest, its workloads with its name. */
export interface Release {
  /** What must be there first comes first, and what runs comes last. */
  readonly objects: readonly KubernetesObject[]
  readonly version: string
  /** Empty where nobody said. */
  readonly sha: string
}

/** Says which version a workload is of; `status` reads it. */
export const VERSION_ANNOTATION = 'seamless/version'

const COMMIT_ANNOTATION = 'seamless/commit'

/** Who set a field, for the API server: other releases of Seamless may change it, others are told. */
export const FIELD_MANAGER = 'seamless'

/** Reads the release of the version that the context names. Errors: those of `readManifests`. */
export async function readRelease(
  settings: Kubernetes,
  kubectl: Kubectl,
  context: StepContext,
): Promise<Release> {
  const objects = await readManifests(settings, kubectl, context)
  const { SEAMLESS_VERSION: version = '', SEAMLESS_SHA: sha = '' } = context.values
  const pinned = pinImages(objects, imagesOf(context.values))
  return { objects: inOrder(pinned.map((object) => marked(object, pinned, { version, sha }))), version, sha }
}

/**
 * Only workloads are marked: a mark on what several services share (a Namespace) would be a quarrel, and one within a
 * pod's template a restart. Where there are none, everything is.
 */
export function isMarked(object: KubernetesObject, all: readonly KubernetesObject[]): boolean {
  return isWorkload(object) || !all.some(isWorkload)
}

function marked(
  object: KubernetesObject,
  all: readonly KubernetesObject[],
  { version, sha }: Omit<Release, 'objects'>,
): KubernetesObject {
  if (!isMarked(object, all)) return object
  const marks = { [VERSION_ANNOTATION]: version, ...(sha !== '' && { [COMMIT_ANNOTATION]: sha }) }
  const annotations = { ...object.metadata.annotations, ...marks }
  return { ...object, metadata: { ...object.metadata, annotations } }
}

/** Others need these to be there. */
export function isFoundation({ kind }: KubernetesObject): boolean {
  return kind === 'Namespace' || kind === 'CustomResourceDefinition'
}

function inOrder(objects: readonly KubernetesObject[]): KubernetesObject[] {
  return objects.toSorted((a, b) => rankOf(a) - rankOf(b))
}

function rankOf(object: KubernetesObject): number {
  if (isFoundation(object)) return 0
  return isWorkload(object) ? 2 : 1
}

/** From this on a value is more than a word that innocent text has too (as with environment variables). */
const HIDDEN_MIN = 8

/** The values of the release's Secrets, plain and as the API has them: nothing that kubectl prints may show them. */
export function hiddenValues(objects: readonly KubernetesObject[]): string[] {
  return objects
    .filter(isSecret)
    .flatMap((secret) => {
      const values = Object.values(secretData(secret))
      return values.flatMap((base64) => [base64, Buffer.from(base64, 'base64').toString('utf8')])
    })
    .filter((value) => value.length >= HIDDEN_MIN)
}

export function isSecret({ apiVersion, kind }: KubernetesObject): boolean {
  return apiVersion === 'v1' && kind === 'Secret'
}

/** A Secret's values in base64; `stringData` overrides, as the API server does it. */
export function secretData(secret: KubernetesObject): Record<string, string> {
  const { data, stringData } = secret as { data?: unknown; stringData?: unknown }
  const plain = Object.entries(textsOf(stringData)).map(([key, value]) => [
    key,
    Buffer.from(value, 'utf8').toString('base64'),
  ])
  return { ...textsOf(data), ...(Object.fromEntries(plain) as Record<string, string>) }
}

function textsOf(mapping: unknown): Record<string, string> {
  if (typeof mapping !== 'object' || mapping === null) return {}
  return Object.fromEntries(
    Object.entries(mapping).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  )
}
