import type { Live } from '../ports/deployer.ts'
import type { Kubectl } from './kubectl.ts'
import { liveObjects } from './kubernetes-apply.ts'
import { isJob, isSame, objectText } from './kubernetes-object.ts'
import type { KubernetesObject } from './kubernetes-object.ts'
import { noAnswerText, refusalText, refusedOf } from './kubernetes-refusal.ts'
import type { Attempt } from './kubernetes-refusal.ts'
import { isMarked, VERSION_ANNOTATION } from './kubernetes-release.ts'
import { rolloutOf } from './kubernetes-rollout.ts'

/**
 * What is live, by what the manifests' workloads say of themselves. Jobs are asked nothing: what ran once is not what users
 * meet.
 */
export async function liveRelease(
  kubectl: Kubectl,
  objects: readonly KubernetesObject[],
  attempt: Attempt,
): Promise<Live> {
  const marked = objects.filter((object) => isMarked(object, objects) && !isJob(object))
  const asked = marked.length > 0 ? marked : objects
  const { end, found } = await liveObjects(kubectl, asked)
  if (end.kind === 'failed') {
    const refused = refusedOf(end, [])
    const why =
      noAnswerText(end, attempt) ??
      (refused.length > 0 ? `${attempt.step}: ${refusalText(refused, attempt)}` : end.failure.message)
    return { kind: 'unknown', why }
  }
  return liveOf(asked, found, kubectl.namespace)
}

/** Pure. Several that do not agree are a release half applied: nobody knows, and it says which is what. */
export function liveOf(
  asked: readonly KubernetesObject[],
  found: readonly KubernetesObject[],
  namespace: string | undefined,
): Live {
  const there = asked.flatMap((object) => found.find((one) => isSame(object, one, namespace)) ?? [])
  if (there.length === 0) return { kind: 'empty' }
  const versions = new Map<string, string[]>()
  for (const object of there) {
    const version = object.metadata.annotations?.[VERSION_ANNOTATION]
    const name = objectText(object)
    if (version === undefined || version === '')
      return unknown(
        `${name} does not say its version: it was not deployed by Seamless (no annotation ${VERSION_ANNOTATION}).`,
      )
    versions.set(version, [...(versions.get(version) ?? []), name])
  }
  const [version = '', ...others] = versions.keys()
  if (others.length > 0) {
    const each = [...versions].map(
      ([version, names]) => `${names.join(', ')} ${names.length === 1 ? 'is' : 'are'} of ${version}`,
    )
    return unknown(`The workloads do not agree: ${each.join('; ')}.`)
  }
  const hanging = there.flatMap((object) => {
    const rollout = rolloutOf(object)
    return rollout.kind === 'done' ? [] : [`${objectText(object)} (${rollout.said})`]
  })
  if (hanging.length > 0) return unknown(`${version} is applied and not rolled out: ${hanging.join('; ')}.`)
  return { kind: 'live', version }
}

function unknown(why: string): Live {
  return { kind: 'unknown', why }
}
