import type { StepFailure } from '../ports/step.ts'
import { type Fault, faultsOf } from './kubectl-faults.ts'
import type { Kubectl, KubectlEnd } from './kubectl.ts'
import {
  identityOf,
  isJob,
  isSame,
  listText,
  objectText,
  parseObjects,
  resourceName,
} from './kubernetes-object.ts'
import type { KubernetesObject } from './kubernetes-object.ts'
import { appliedOf, failureOf, noAnswerText, refusalText, refusedOf } from './kubernetes-refusal.ts'
import type { Attempt, Refused } from './kubernetes-refusal.ts'
import { FIELD_MANAGER, hiddenValues, isFoundation, VERSION_ANNOTATION } from './kubernetes-release.ts'
import { isWorkload } from './kubernetes-object.ts'
import { rolloutOf } from './kubernetes-rollout.ts'

export interface Applying {
  readonly attempt: Attempt
  /** Whether fields that others set are taken over. */
  readonly isForced: boolean
  /** What is only tried, with the objects: that it could be written afterwards. */
  readonly alsoTried: readonly KubernetesObject[]
}

/** What stood there before, by the cluster's word; `isUntouched` in a failure: it still stands there. */
export type Checked =
  | {
      readonly kind: 'ready'
      readonly before: readonly KubernetesObject[]
      readonly jobs: readonly KubernetesObject[]
    }
  | { readonly kind: 'refused'; readonly failure: StepFailure; readonly isConflict: boolean }

/** What is there of these objects now. */
export async function liveObjects(
  kubectl: Kubectl,
  objects: readonly KubernetesObject[],
): Promise<{ end: KubectlEnd; found: KubernetesObject[] }> {
  const input = listText(objects.map(identityOf))
  const args = ['get', '--filename=-', '--ignore-not-found', '--show-managed-fields', '--output=json']
  const end = await kubectl.run(args, { input })
  return { end, found: end.kind === 'done' ? parseObjects(end.stdout) : [] }
}

/**
 * Asks the API server to do all of it without doing it: access rules, admission, schemas and conflicts speak now, while
 * nothing is changed yet. Quotas and what pods need only show later.
 */
export async function checkRelease(
  kubectl: Kubectl,
  objects: readonly KubernetesObject[],
  applying: Applying,
): Promise<Checked> {
  const { attempt, alsoTried } = applying
  const { end: got, found: before } = await liveObjects(kubectl, knownKinds(objects))
  if (got.kind === 'failed') return refused(got, [], attempt)
  const all = [...objects, ...alsoTried]
  const end = await apply(kubectl, all, { ...applying, isDry: true })
  if (end.kind === 'done') return { kind: 'ready', before, jobs: [] }
  const faults = refusedOf(end, all)
  const jobs = jobsToRunAnew(faults, objects, before, kubectl.namespace)
  const left = faults.filter((one) => !isExpected(one, objects) && !isReplaced(one, jobs))
  if (left.length === 0 && faults.length > 0) return { kind: 'ready', before, jobs }
  return refused(end, left, attempt)
}

/** A kind that the release itself brings is not known yet. */
export function knownKinds(objects: readonly KubernetesObject[]): KubernetesObject[] {
  const definitions = objects.filter(({ kind }) => kind === 'CustomResourceDefinition')
  const own = new Set(
    definitions.map((object) => (object as { spec?: { names?: { kind?: string } } }).spec?.names?.kind),
  )
  return objects.filter(({ kind }) => !own.has(kind))
}

function refused(
  end: Extract<KubectlEnd, { kind: 'failed' }>,
  faults: readonly Refused[],
  attempt: Attempt,
): Checked {
  const known = faults.length > 0 ? faults : refusedOf(end, [])
  const message =
    noAnswerText(end, attempt) ??
    (known.length > 0
      ? `${attempt.step}: the cluster refuses the release. ${refusalText(known, attempt)}`
      : end.failure.message)
  const isConflict = known.length > 0 && known.every(({ fault }) => fault.kind === 'conflict')
  const failure = { ...failureOf(end, `${message} Nothing was changed.`), isUntouched: true as const }
  return { kind: 'refused', failure, isConflict }
}

/** Objects in a namespace, and of a kind, that the release itself brings: they cannot be tried before it. */
function isExpected({ fault }: Refused, objects: readonly KubernetesObject[]): boolean {
  if (fault.kind === 'no_kind') return objects.some(({ kind }) => kind === 'CustomResourceDefinition')
  if (fault.kind !== 'no_namespace') return false
  return objects.some(({ kind, metadata }) => kind === 'Namespace' && metadata.name === fault.namespace)
}

/** Jobs of ours that are over and run something else now: a Job cannot be changed, only made again. */
function jobsToRunAnew(
  faults: readonly Refused[],
  objects: readonly KubernetesObject[],
  before: readonly KubernetesObject[],
  namespace: string | undefined,
): KubernetesObject[] {
  const names = jobsNamed(faults.map(({ fault }) => fault))
  return objects.filter((job) => {
    if (!isJob(job) || !names.has(job.metadata.name)) return false
    const live = before.find((one) => isSame(job, one, namespace))
    const isOurs = live?.metadata.annotations?.[VERSION_ANNOTATION] !== undefined
    return live !== undefined && isOurs && rolloutOf(live).kind !== 'progressing'
  })
}

function isReplaced({ fault }: Refused, jobs: readonly KubernetesObject[]): boolean {
  return fault.kind === 'immutable_job' && jobs.some(({ metadata }) => metadata.name === fault.name)
}

/** The Jobs that run something else now than those of their names there. */
export async function unchangeableJobs(
  kubectl: Kubectl,
  objects: readonly KubernetesObject[],
  isForced: boolean,
): Promise<KubernetesObject[]> {
  const jobs = objects.filter(isJob)
  if (jobs.length === 0) return []
  const end = await apply(kubectl, jobs, { isForced, isDry: true })
  const names = jobsNamed(faultsOf(end.said))
  return jobs.filter(({ metadata }) => names.has(metadata.name))
}

function jobsNamed(faults: readonly Fault[]): ReadonlySet<string> {
  return new Set(faults.flatMap((fault) => (fault.kind === 'immutable_job' ? [fault.name] : [])))
}

/**
 * Applies what was checked: foundations, then configuration, then workloads, and none of these where something before them
 * failed. Nothing in the answer: all of it is applied.
 */
export async function applyRelease(
  kubectl: Kubectl,
  objects: readonly KubernetesObject[],
  jobs: readonly KubernetesObject[],
  applying: Applying,
): Promise<StepFailure | undefined> {
  const parts = [
    objects.filter(isFoundation),
    objects.filter((object) => !isFoundation(object) && !isWorkload(object)),
    objects.filter((object) => isWorkload(object)),
  ]
  const done: KubernetesObject[] = []
  for (const part of parts.filter((part) => part.length > 0)) {
    const removed = await removeJobs(
      kubectl,
      part.filter((one) => jobs.includes(one)),
    )
    const end = removed ?? (await apply(kubectl, part, { ...applying, isDry: false }))
    done.push(...appliedOf(end, part))
    if (end.kind === 'failed') return halfApplied(end, { part, done, objects, attempt: applying.attempt })
    const late = await established(kubectl, part)
    if (late !== undefined) return halfApplied(late, { part, done, objects, attempt: applying.attempt })
  }
  return undefined
}

async function apply(
  kubectl: Kubectl,
  objects: readonly KubernetesObject[],
  { isForced, isDry }: Pick<Applying, 'isForced'> & { isDry: boolean },
): Promise<KubectlEnd> {
  const args = [
    'apply',
    '--server-side',
    `--field-manager=${FIELD_MANAGER}`,
    ...(isForced ? ['--force-conflicts'] : []),
    ...(isDry ? ['--dry-run=server'] : []),
    '--filename=-',
  ]
  return kubectl.run(args, { input: listText(objects), hidden: hiddenValues(objects), isLogged: !isDry })
}

/** Nothing where there was none, or all went. */
async function removeJobs(
  kubectl: Kubectl,
  jobs: readonly KubernetesObject[],
): Promise<KubectlEnd | undefined> {
  if (jobs.length === 0) return undefined
  const args = ['delete', '--filename=-', '--ignore-not-found', '--wait=true', '--timeout=60s']
  const end = await kubectl.run(args, { input: listText(jobs.map(identityOf)), isLogged: true })
  return end.kind === 'failed' ? end : undefined
}

/** A new kind is served some moments after its definition is stored. */
async function established(
  kubectl: Kubectl,
  part: readonly KubernetesObject[],
): Promise<FailedEnd | undefined> {
  const kinds = part.filter(({ kind }) => kind === 'CustomResourceDefinition')
  if (kinds.length === 0) return undefined
  const names = kinds.map((kind) => `${resourceName(kind)}/${kind.metadata.name}`)
  const end = await kubectl.run(['wait', '--for=condition=Established', '--timeout=60s', ...names])
  return end.kind === 'failed' ? end : undefined
}

type FailedEnd = Extract<KubectlEnd, { kind: 'failed' }>

interface Half {
  readonly part: readonly KubernetesObject[]
  readonly done: readonly KubernetesObject[]
  readonly objects: readonly KubernetesObject[]
  readonly attempt: Attempt
}

function halfApplied(end: FailedEnd, { part, done, objects, attempt }: Half): StepFailure {
  const faults = refusedOf(end, part)
  const why =
    noAnswerText(end, attempt) ??
    (faults.length > 0 ? `${attempt.step}: ${refusalText(faults, attempt)}` : end.failure.message)
  const names = done.map((object) => objectText(object, attempt.namespace))
  const half =
    done.length === 0
      ? 'Nothing of the release is known to be applied, but what kubectl was doing when it ended may be.'
      : `The release is half applied: ${done.length} of ${objects.length} objects are the new ones (${names.join(', ')}), the others are as before.`
  return failureOf(end, `${why} ${half}`)
}
