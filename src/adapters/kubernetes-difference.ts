import type { StepOutcome } from '../ports/deployer.ts'
import { faultsOf } from './kubectl-faults.ts'
import type { Kubectl, KubectlEnd } from './kubectl.ts'
import { knownKinds, liveObjects, unchangeableJobs } from './kubernetes-apply.ts'
import { isSame, listText, objectText } from './kubernetes-object.ts'
import type { KubernetesObject } from './kubernetes-object.ts'
import { leftOver } from './kubernetes-prune.ts'
import { failureOf, noAnswerText, refusalText, refusedOf } from './kubernetes-refusal.ts'
import type { Attempt } from './kubernetes-refusal.ts'
import { FIELD_MANAGER, hiddenValues, isSecret, secretData } from './kubernetes-release.ts'
import type { Release } from './kubernetes-release.ts'

export interface Comparing {
  readonly attempt: Attempt
  readonly isForced: boolean
  readonly prune: string | undefined
}

/** Some pages; the receipt carries it. */
const SHOWN_MAX = 64 * 1024

type Failed = Extract<KubectlEnd, { kind: 'failed' }>

/**
 * What the release would change, as `kubectl diff` says. Of Secrets only which keys change: their values come into no
 * difference, not even hidden ones (`kubectl apply` leaves them in an annotation, which kubectl shows).
 */
export async function releaseDifference(
  kubectl: Kubectl,
  { objects }: Release,
  { attempt, isForced, prune }: Comparing,
): Promise<StepOutcome> {
  const { end, found } = await liveObjects(kubectl, knownKinds(objects))
  if (end.kind === 'failed') return failed(end, objects, attempt)
  const fresh = objects.filter((one) => !found.some((live) => isSame(one, live, kubectl.namespace)))
  const jobs = await unchangeableJobs(kubectl, objects, isForced)
  const shown = objects.filter((one) => !isSecret(one) && !jobs.includes(one))
  const compared = await diff(kubectl, shown, { isForced, hidden: hiddenValues(objects) })
  const lines: string[] = []
  if (isComparable(compared)) lines.push(tidy(compared.stdout))
  else if (isNowhereYet(compared))
    lines.push(...fresh.map((one) => `new: ${objectText(one, kubectl.namespace)}`))
  else return failed(compared, shown, attempt)
  lines.push(...objects.filter(isSecret).flatMap((secret) => secretLines(secret, found, kubectl.namespace)))
  lines.push(
    ...jobs.map((job) => `${objectText(job, kubectl.namespace)}: is run anew, what it runs has changed`),
  )
  if (prune !== undefined) {
    const left = await leftOver(kubectl, prune, objects)
    if (left.end.kind === 'failed') return failed(left.end, [], attempt)
    lines.push(...left.found.map((one) => `deleted after the rollout: ${objectText(one)}`))
  }
  return { kind: 'done', output: cut(lines.filter((line) => line !== '').join('\n')) }
}

async function diff(
  kubectl: Kubectl,
  objects: readonly KubernetesObject[],
  { isForced, hidden }: { isForced: boolean; hidden: readonly string[] },
): Promise<KubectlEnd> {
  const force = isForced ? ['--force-conflicts'] : []
  const args = ['diff', '--server-side', `--field-manager=${FIELD_MANAGER}`, ...force, '--filename=-']
  return kubectl.run(args, { input: listText(objects), hidden, isShown: true })
}

/** `diff` ends with 1 where there are differences, and kubectl with it; with more where something went wrong. */
function isComparable(end: KubectlEnd): boolean {
  return end.kind === 'done' || end.exitCode === 1
}

/** The namespace, or the kind, comes with the release itself, or somebody makes it before. */
function isNowhereYet(end: KubectlEnd): end is Failed {
  const faults = faultsOf(end.said)
  return faults.length > 0 && faults.every(({ kind }) => kind === 'no_namespace' || kind === 'no_kind')
}

function failed(end: KubectlEnd, objects: readonly KubernetesObject[], attempt: Attempt): StepOutcome {
  if (end.kind === 'done') return { kind: 'done', output: '' }
  const refused = refusedOf(end, objects)
  const message =
    noAnswerText(end, attempt) ??
    (refused.length > 0
      ? `${attempt.step}: the difference cannot be shown. ${refusalText(refused, attempt)}`
      : end.failure.message)
  return { kind: 'failed', failure: failureOf(end, message) }
}

/** Without the temporary folders that it compares, and their times. */
function tidy(printed: string): string {
  return printed
    .split('\n')
    .filter((line) => !line.startsWith('diff -u -N '))
    .map((line) => line.replace(/^(---|\+\+\+) \S*\/(?:LIVE|MERGED)-\d+\/(\S+).*$/, '$1 $2'))
    .join('\n')
    .trimEnd()
}

function secretLines(
  secret: KubernetesObject,
  found: readonly KubernetesObject[],
  namespace: string | undefined,
): string[] {
  const live = found.find((one) => isSame(secret, one, namespace))
  const [before, after] = [live === undefined ? {} : secretData(live), secretData(secret)]
  const name = objectText(secret, namespace)
  const keys = Object.keys(after).sort()
  if (live === undefined) return [`new: ${name} (${keys.join(', ')}; values hidden)`]
  const changes = keys.flatMap((key) => {
    if (!Object.hasOwn(before, key)) return [`${key} is new`]
    return before[key] === after[key] ? [] : [`${key} changes`]
  })
  return changes.length === 0 ? [] : [`${name}: ${changes.join(', ')} (values hidden)`]
}

function cut(text: string): string {
  return text.length <= SHOWN_MAX ? text : `${text.slice(0, SHOWN_MAX)}\n… (cut after 64 KiB)`
}
