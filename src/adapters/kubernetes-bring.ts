import { isDeepStrictEqual } from 'node:util'
import type { Kubernetes } from '../config/kubernetes.ts'
import type { StepOutcome } from '../ports/deployer.ts'
import type { StepContext, StepFailure } from '../ports/step.ts'
import type { Kubectl, KubernetesShell } from './kubectl.ts'
import { applyRelease, checkRelease } from './kubernetes-apply.ts'
import type { Applying } from './kubernetes-apply.ts'
import { isSame, isWorkload, objectText } from './kubernetes-object.ts'
import type { KubernetesObject } from './kubernetes-object.ts'
import { leftOver, remove } from './kubernetes-prune.ts'
import { keepRecord, recordOf } from './kubernetes-record.ts'
import { noAnswerText } from './kubernetes-refusal.ts'
import type { Attempt } from './kubernetes-refusal.ts'
import { VERSION_ANNOTATION } from './kubernetes-release.ts'
import type { Release } from './kubernetes-release.ts'
import { rolloutOf } from './kubernetes-rollout.ts'
import { waitForRollouts } from './kubernetes-wait.ts'

/** One step of a deployer: what it works with. */
export interface Bringing {
  readonly settings: Kubernetes
  readonly shell: KubernetesShell
  readonly context: StepContext
  readonly attempt: Attempt
  readonly kubectl: Kubectl
}

export function isForced({ conflicts }: Kubernetes): boolean {
  return conflicts === 'take'
}

/** Check, apply, wait, prune, record: each only after the one before it. */
export async function bringRelease(
  bringing: Bringing,
  release: Release,
  isForced: boolean,
): Promise<StepOutcome> {
  const { settings, shell, context, attempt, kubectl } = bringing
  const { objects } = release
  if (objects.length === 0) return nothingIn(context)
  const record = settings.history === 0 ? undefined : recordOf(release, context, shell.clock.now())
  const applying: Applying = { attempt, isForced, alsoTried: record === undefined ? [] : [record] }
  const checked = await checkRelease(kubectl, objects, applying)
  if (checked.kind === 'refused') return { kind: 'failed', failure: checked.failure }
  const refused = await applyRelease(kubectl, objects, checked.jobs, applying)
  if (refused !== undefined) return { kind: 'failed', failure: refused }
  const hanging = await rollOut(bringing, release, checked.before)
  if (hanging !== undefined) return { kind: 'failed', failure: hanging }
  const left = await prune(bringing, objects)
  if (left !== undefined) return { kind: 'failed', failure: left }
  await keep(bringing, record)
  return { kind: 'done', output: objects.map((object) => objectText(object, settings.namespace)).join('\n') }
}

function nothingIn({ step }: StepContext): StepOutcome {
  const message = `${step}: the manifests hold no object. Nothing was changed.`
  return { kind: 'failed', failure: { why: 'report', message, output: '', isUntouched: true } }
}

async function rollOut(
  { settings, shell, context, kubectl }: Bringing,
  { objects, version }: Release,
  before: readonly KubernetesObject[],
): Promise<StepFailure | undefined> {
  const { signal, step } = context
  const waited = await waitForRollouts(kubectl, objects.filter(isWorkload), {
    clock: shell.clock,
    signal,
    timeoutMs: settings.timeoutMs,
    say: (line) => shell.log.output(step, line),
    isOwed: (object) => isOwed(object, before, { version, namespace: kubectl.namespace }),
  })
  if (waited.kind === 'rolled_out') return undefined
  return { why: waited.why, message: `${step}: ${waited.message}`, output: waited.message }
}

/**
 * Whether this release must get it rolled out: one that it did not change and that did not run before is somebody else's
 * trouble, unless it is of this very version, which then never got there.
 */
function isOwed(
  object: KubernetesObject,
  before: readonly KubernetesObject[],
  { version, namespace }: { version: string; namespace: string | undefined },
): boolean {
  const earlier = before.find((one) => isSame(object, one, namespace))
  // A mark alone counts as another generation of a Deployment; its pods stay as they are.
  if (earlier === undefined || !isDeepStrictEqual(earlier['spec'], object['spec'])) return true
  return earlier.metadata.annotations?.[VERSION_ANNOTATION] === version || rolloutOf(earlier).kind === 'done'
}

async function prune(
  { settings, context, attempt, kubectl }: Bringing,
  objects: readonly KubernetesObject[],
): Promise<StepFailure | undefined> {
  if (settings.prune === undefined) return undefined
  const { end, found } = await leftOver(kubectl, settings.prune, objects)
  const last = end.kind === 'done' && found.length > 0 ? await remove(kubectl, found) : end
  if (last.kind === 'done') return undefined
  const why = noAnswerText(last, attempt) ?? `${context.step}: ${last.said.at(-1) ?? last.failure.message}`
  const message = `${why} All of the release is rolled out; only what it does not have any more ("prune") could not be deleted.`
  return { why: last.failure.why, message, output: last.output }
}

/** The release is live by now: without its record a rollback to it has only the old commit to go by, and that is told. */
async function keep(
  { settings, shell, context, kubectl }: Bringing,
  record: KubernetesObject | undefined,
): Promise<void> {
  if (settings.history === 0) return
  if (record === undefined) {
    shell.log.warning(
      `${context.step}: the release is too large to be recorded in the cluster (1 MiB packed).`,
    )
    return
  }
  const end = await keepRecord(kubectl, record, settings.history)
  if (end.kind === 'failed')
    shell.log.warning(
      `${context.step}: the release could not be recorded in the cluster: ${end.said.at(-1) ?? end.failure.message}`,
    )
}
