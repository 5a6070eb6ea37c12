import { readdir, stat } from 'node:fs/promises'
import { join, relative } from 'node:path'
import type { Kubernetes } from '../config/kubernetes.ts'
import { UsageError } from '../errors.ts'
import type { StepContext, StepFailure } from '../ports/step.ts'
import type { Kubectl } from './kubectl.ts'
import { kubernetesObject, kubectlName } from './kubernetes-object.ts'
import type { KubernetesObject } from './kubernetes-object.ts'
import { pathInside } from './path-inside.ts'
import { assertInside } from './run-shell.ts'

export type ManifestSource = Pick<Kubernetes, 'manifests' | 'kustomize'>

/** The manifests cannot be read or used. Nothing was changed by then. */
export class ManifestError extends Error {
  override readonly name = 'ManifestError'
  readonly failure: StepFailure
  constructor(failure: StepFailure) {
    super(failure.message)
    this.failure = failure
  }
}

/**
 * The objects of the manifests, as kubectl itself reads them (its YAML is not quite anybody else's: `0644`, `yes`), without a
 * cluster and without credentials. Errors: `UsageError` for paths that lead out of the checkout, `ManifestError`.
 */
export async function readManifests(
  source: ManifestSource,
  kubectl: Kubectl,
  context: StepContext,
): Promise<KubernetesObject[]> {
  await assertInside(context)
  const printed =
    source.kustomize === undefined
      ? await parsed(kubectl, await filesOf(source.manifests ?? [], context))
      : await built(kubectl, await insideOf(source.kustomize, context))
  const objects = printed.split(/^\}$/m).slice(0, -1)
  const found = objects.map((text) => parseObject(`${text}}`, context.step))
  assertEachOnce(found, context.step)
  return found
}

async function built(kubectl: Kubectl, folder: string): Promise<string> {
  const end = await kubectl.run(['kustomize', folder], { isLocal: true })
  if (end.kind === 'failed') throw new ManifestError(end.failure)
  return parsed(kubectl, ['-'], end.stdout)
}

/** A patch that changes nothing, of files only: kubectl's own reading of them, as JSON. */
async function parsed(kubectl: Kubectl, files: readonly string[], input?: string): Promise<string> {
  const args = ['patch', '--local', '--type=merge', '--patch={}', '--output=json']
  const call = { isLocal: true, ...(input !== undefined && { input }) }
  const end = await kubectl.run([...args, ...files.map((file) => `--filename=${file}`)], call)
  if (end.kind === 'failed') throw new ManifestError(end.failure)
  return end.stdout
}

async function filesOf(paths: readonly string[], context: StepContext): Promise<string[]> {
  const files: string[] = []
  for (const path of paths) {
    const place = await insideOf(path, context)
    files.push(...((await stat(place)).isDirectory() ? await filesIn(path, place, context) : [place]))
  }
  return files
}

const KUSTOMIZATION = /^(?:kustomization\.ya?ml|Kustomization)$/

/** As `kubectl apply -f` takes a folder: its own manifests, in the order of their names, not those of folders in it. */
async function filesIn(path: string, folder: string, context: StepContext): Promise<string[]> {
  const names = (await readdir(folder)).sort()
  if (names.some((name) => KUSTOMIZATION.test(name))) {
    throw new UsageError(
      `${context.step}: ${path} has a kustomization. Name it as "kustomize: ${path}" instead of under "manifests".`,
    )
  }
  const manifests = names.filter((name) => /\.(?:json|ya?ml)$/.test(name))
  if (manifests.length === 0) {
    throw new UsageError(
      `${context.step}: ${path} has no .yaml, .yml or .json file. Folders within it are not looked into: name each under "manifests".`,
    )
  }
  // Each may be a link, and a link may lead anywhere.
  return Promise.all(manifests.map((name) => insideOf(join(path, name), context)))
}

async function insideOf(path: string, { step, root, directory }: StepContext): Promise<string> {
  try {
    return await pathInside(root, join(relative(root, directory), path))
  } catch (error) {
    throw new UsageError(`${step}: ${(error as Error).message}`, { cause: error })
  }
}

/**
 * What a name may be in a path of the API (`kubectl get` and the server take no other): neither a path nor a flag. Roles
 * have names with `:`; namespaces are RFC 1123 labels.
 */
const NAME = /^[A-Za-z0-9](?:[A-Za-z0-9:._-]{0,251}[A-Za-z0-9])?$/
const NAMESPACE = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/

function parseObject(text: string, step: string): KubernetesObject {
  const read = kubernetesObject.safeParse(JSON.parse(text))
  if (!read.success) {
    const { kind } = JSON.parse(text) as { kind?: unknown }
    const [issue] = read.error.issues
    throw unusable(
      step,
      `a manifest of kind ${JSON.stringify(kind)} cannot be used: ${issue?.path.join('.')}: ${issue?.message}. Each needs a metadata.name of its own ("generateName" would make another object each time).`,
    )
  }
  const { kind, metadata } = read.data
  if (!NAME.test(metadata.name))
    throw badName(step, kind, `name ${JSON.stringify(metadata.name.slice(0, 100))}`)
  if (metadata.namespace !== undefined && !NAMESPACE.test(metadata.namespace))
    throw badName(step, kind, `namespace ${JSON.stringify(metadata.namespace.slice(0, 100))}`)
  return read.data
}

function badName(step: string, kind: string, what: string): ManifestError {
  return unusable(
    step,
    `a manifest of kind ${kind} has the ${what}, which Kubernetes does not take: lower-case letters, digits, - and ., beginning and ending with a letter or digit.`,
  )
}

function unusable(step: string, message: string): ManifestError {
  return new ManifestError({ why: 'report', message: `${step}: ${message}`, output: '' })
}

function assertEachOnce(objects: readonly KubernetesObject[], step: string): void {
  const seen = new Set<string>()
  for (const object of objects) {
    const key = `${object.metadata.namespace ?? ''} ${kubectlName(object)}`
    if (seen.has(key))
      throw unusable(step, `the manifests have ${kubectlName(object)} twice. Remove one of them.`)
    seen.add(key)
  }
}
