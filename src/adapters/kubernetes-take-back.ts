import type { StepOutcome } from '../ports/deployer.ts'
import type { StepContext } from '../ports/step.ts'
import type { Kubectl } from './kubectl.ts'
import { checkRelease, liveObjects } from './kubernetes-apply.ts'
import type { Applying } from './kubernetes-apply.ts'
import { bringRelease, isForced } from './kubernetes-bring.ts'
import type { Bringing } from './kubernetes-bring.ts'
import { imagesIn, repositoryOf } from './kubernetes-images.ts'
import { isJob } from './kubernetes-object.ts'
import type { KubernetesObject } from './kubernetes-object.ts'
import { readRecord } from './kubernetes-record.ts'
import { noAnswerText } from './kubernetes-refusal.ts'
import { readRelease } from './kubernetes-release.ts'
import type { Release } from './kubernetes-release.ts'

/**
 * Applies what was recorded of the version, or what its commit's manifests say. Jobs are not run again: what one did is not
 * undone by an older one. What somebody set by hand meanwhile is taken over, and named: users are waiting.
 */
export async function takeBackRelease(bringing: Bringing): Promise<StepOutcome> {
  const { settings, shell, attempt, kubectl } = bringing
  const found = await recorded(bringing)
  const release = 'objects' in found ? found : await fromCheckout(bringing, found.why)
  if ('kind' in release) return release
  const lasting = { ...release, objects: release.objects.filter((object) => !isJob(object)) }
  const careful: Applying = { attempt, isForced: isForced(settings), alsoTried: [] }
  const checked = await checkRelease(kubectl, lasting.objects, careful)
  const isTaken = checked.kind === 'refused' && checked.isConflict
  if (isTaken) shell.log.warning(`${checked.failure.message} It is a rollback: they are taken over.`)
  return bringRelease(bringing, lasting, isTaken || careful.isForced)
}

async function recorded({
  settings,
  shell,
  context,
  kubectl,
  attempt,
}: Bringing): Promise<Release | { why: string }> {
  if (settings.history === 0) return { why: 'releases are not recorded ("history: 0")' }
  const record = await readRecord(kubectl, context)
  if (record.kind === 'recorded') {
    shell.log.output(context.step, `applying what was recorded of ${record.release.version}`)
    return record.release
  }
  if (record.kind === 'none') return { why: record.why }
  return { why: noAnswerText(record.end, attempt) ?? record.end.said.at(-1) ?? record.end.failure.message }
}

/**
 * The manifests of the old commit. Never those of another commit under the old version's name, and never a tag where a
 * digest runs now: a tag may have moved.
 */
async function fromCheckout(bringing: Bringing, why: string): Promise<Release | StepOutcome> {
  const { settings, shell, context, kubectl } = bringing
  const { SEAMLESS_VERSION: version = '', SEAMLESS_SHA: sha = '' } = context.values
  if (sha !== '' && context.commit !== undefined && context.commit !== sha)
    return nowhere(
      context,
      `there is nothing to go back to ${version} by: ${why}, and this is no checkout of it.`,
    )
  const release = await readRelease(settings, kubectl, context)
  const loose = await unpinned(kubectl, release.objects)
  if (loose.length > 0) {
    const names = loose.join(', ')
    return nowhere(
      context,
      `nobody knows any more which ${names} ${version} was: ${why}, and its receipt is not here; the manifests name a tag, which may have moved. Roll back by hand ("kubectl rollout undo"), or name digests in the manifests.`,
    )
  }
  shell.log.warning(`${context.step}: ${why}; the manifests of its commit are applied.`)
  return release
}

/** Images that run by digest now and that the manifests name by a tag. */
async function unpinned(kubectl: Kubectl, objects: readonly KubernetesObject[]): Promise<string[]> {
  const { found } = await liveObjects(kubectl, objects)
  const pinned = new Set(
    imagesIn(found)
      .filter((image) => image.includes('@'))
      .map(repositoryOf),
  )
  return imagesIn(objects).filter((image) => !image.includes('@') && pinned.has(repositoryOf(image)))
}

function nowhere({ step }: StepContext, why: string): StepOutcome {
  const message = `${step}: ${why} Nothing was changed.`
  return { kind: 'failed', failure: { why: 'report', message, output: '', isUntouched: true } }
}
