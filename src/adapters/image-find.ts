import { isAbsent } from './docker-advice.ts'
import { type Docker, printed } from './docker-command.ts'
import { inspectImage } from './image-inspect.ts'
import { INPUTS, REVISION } from './image-labels.ts'
import { pulledDigest } from './image-reference.ts'

/** What the registry has under a commit's tag. */
export type FoundImage =
  | { readonly kind: 'none' }
  /** Built from this commit with the same inputs. */
  | { readonly kind: 'same'; readonly digest: string; readonly bytes: number }
  /** Built from this commit by Seamless, with other arguments, another target or another file. */
  | { readonly kind: 'other_inputs'; readonly digest: string }
  /** `revision` is what it says that it was built from, if anything. */
  | { readonly kind: 'foreign'; readonly digest: string; readonly revision: string | undefined }

/**
 * Looks for an image under the commit's tag and at what it says of itself. The engine asks, not we: it knows the registry's
 * certificates, mirrors and credentials. Error: `DockerFailed` where the registry does not answer.
 */
export async function findImage(
  docker: Docker,
  image: string,
  labels: Readonly<Record<string, string>>,
): Promise<FoundImage> {
  const end = await docker.persist(['pull', `${image}:${labels[REVISION]}`], { captureBytes: 64 * 1024 })
  if (end.kind === 'failed' && isAbsent(end.failure)) return { kind: 'none' }
  const digest = pulledDigest(printed(end, image))
  if (digest === undefined) return { kind: 'none' }
  // By its digest: whatever happens to the tag meanwhile, this is what was found.
  const found = await inspectImage(docker, `${image}@${digest}`)
  if (found.labels[REVISION] !== labels[REVISION] || found.labels[INPUTS] === undefined) {
    return { kind: 'foreign', digest, revision: found.labels[REVISION] }
  }
  if (found.labels[INPUTS] !== labels[INPUTS]) return { kind: 'other_inputs', digest }
  return { kind: 'same', digest, bytes: found.bytes }
}
