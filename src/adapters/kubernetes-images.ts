import { z } from 'zod'
import type { KubernetesObject } from './kubernetes-object.ts'
import { isWorkload } from './kubernetes-object.ts'

/** References by digest (`name@sha256:…`) by the image's name, as `SEAMLESS_IMAGES` has them. */
export type Images = Readonly<Record<string, string>>

const images = z.record(z.string(), z.string().regex(/@sha256:[0-9a-f]{64}$/))

/** Error: where the value is not what `imageValues` makes. */
export function imagesOf(values: Readonly<Record<string, string>>): Images {
  const text = values['SEAMLESS_IMAGES']
  return text === undefined || text === '' ? {} : images.parse(JSON.parse(text))
}

/** The objects, with each image that was built named by its digest, whatever tag the manifest gave it. */
export function pinImages(objects: readonly KubernetesObject[], built: Images): KubernetesObject[] {
  return objects.map((object) => mapImages(object, (image) => built[repositoryOf(image)] ?? image))
}

/** What was built and no workload names: nobody would run it. */
export function unusedImages(objects: readonly KubernetesObject[], built: Images): string[] {
  const named = new Set(imagesIn(objects).map(repositoryOf))
  return Object.keys(built).filter((name) => !named.has(name))
}

/** Every image that the workloads name, each once. */
export function imagesIn(objects: readonly KubernetesObject[]): string[] {
  const found = new Set<string>()
  for (const object of objects) {
    mapImages(object, (image) => {
      found.add(image)
      return image
    })
  }
  return [...found]
}

/** `registry:5000/shop/api:1.2@sha256:…` → `registry:5000/shop/api`: a colon before the last slash is a port. */
export function repositoryOf(image: string): string {
  const [name = ''] = image.split('@')
  const slash = name.lastIndexOf('/')
  const colon = name.indexOf(':', slash + 1)
  return colon === -1 ? name : name.slice(0, colon)
}

const container = z.looseObject({ image: z.string().optional() })
const podSpec = z.looseObject({
  containers: z.array(container).optional(),
  initContainers: z.array(container).nullish(),
})

/** Only where a workload has its containers: a text that looks like an image elsewhere is none. */
function mapImages(object: KubernetesObject, change: (image: string) => string): KubernetesObject {
  return isPod(object) || isWorkload(object) || isReplicaSet(object)
    ? (within(object, podPath(object), (spec) => withImages(spec, change)) as KubernetesObject)
    : object
}

const isPod = ({ apiVersion, kind }: KubernetesObject): boolean => apiVersion === 'v1' && kind === 'Pod'
const isReplicaSet = ({ kind }: KubernetesObject): boolean => /^Replica(?:Set|tionController)$/.test(kind)

function podPath(object: KubernetesObject): string[] {
  if (isPod(object)) return ['spec']
  const template = ['spec', 'template', 'spec']
  return object.kind === 'CronJob' ? ['spec', 'jobTemplate', ...template] : template
}

function within(value: unknown, path: readonly string[], change: (value: unknown) => unknown): unknown {
  const [key, ...rest] = path
  if (key === undefined) return change(value)
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return value
  return { ...value, [key]: within((value as Record<string, unknown>)[key], rest, change) }
}

function withImages(spec: unknown, change: (image: string) => string): unknown {
  const read = podSpec.safeParse(spec)
  // What is no pod at all the API server refuses in its own words.
  if (!read.success) return spec
  const pinned = (containers: z.infer<typeof container>[]): object[] =>
    containers.map((one) => (one.image === undefined ? one : { ...one, image: change(one.image) }))
  const { containers, initContainers } = read.data
  return {
    ...read.data,
    ...(containers && { containers: pinned(containers) }),
    ...(initContainers && { initContainers: pinned(initContainers) }),
  }
}
