import { type Docker, DockerFailed, printed } from './docker-command.ts'
import { inspectImage } from './image-inspect.ts'
import { pushedDigest } from './image-reference.ts'

/** An image that the engine has built, by its id, and the tags it gets; the commit's is the last of them. */
export interface BuiltImage {
  readonly image: string
  readonly id: string
  readonly tags: readonly string[]
}

/**
 * Pushes an image under its tags and gives the digest that the registry then serves. The commit's tag comes last, so that
 * whoever finds it knows that the others are there too. Error: `DockerFailed`.
 */
export async function pushImage(
  docker: Docker,
  { image, id, tags }: BuiltImage,
): Promise<{ readonly digest: string; readonly bytes: number }> {
  let digest: string | undefined
  for (const tag of tags) {
    await docker.must(['image', 'tag', id, `${image}:${tag}`])
    const end = await docker.persist(['push', `${image}:${tag}`], { captureBytes: 1024 * 1024 })
    digest = pushedDigest(printed(end, image))
  }
  if (digest === undefined) throw unclear(`"docker push" ended well but named no digest for ${image}.`)
  const reference = `${image}@${digest}`
  // Asked for by its digest the registry gives this image or none: what was told by a tag is now known.
  printed(await docker.persist(['pull', reference]), image)
  const [wanted, served] = [await inspectImage(docker, id), await inspectImage(docker, reference)]
  if (wanted.id !== served.id) {
    throw unclear(
      `The registry's ${reference} is not the image that was built (${id}): another build used the same tag at the same time. Run again.`,
    )
  }
  return { digest, bytes: served.bytes }
}

function unclear(message: string): DockerFailed {
  return new DockerFailed({ why: 'report', message, output: '' })
}
