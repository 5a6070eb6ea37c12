import type { Artifact } from '../ports/builder.ts'

/**
 * How commands and deployers are told which images a version has: `SEAMLESS_IMAGES` is a JSON mapping from an image's
 * name, as manifests write it, to its reference by digest (`name@sha256:…`); `SEAMLESS_IMAGE` is that reference where
 * there is one image only, else empty. A version without images has `{}`: what it lacks is never taken from another's.
 */
export function imageValues(
  artifacts: readonly Artifact[],
): Readonly<Record<'SEAMLESS_IMAGE' | 'SEAMLESS_IMAGES', string>> {
  const images = artifacts.filter(({ kind }) => kind === 'image')
  const references = Object.fromEntries(images.map(({ name, digest }) => [name, `${name}@${digest}`]))
  const [only = '', ...more] = Object.values(references)
  return { SEAMLESS_IMAGE: more.length === 0 ? only : '', SEAMLESS_IMAGES: JSON.stringify(references) }
}
