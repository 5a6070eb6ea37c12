import { createHash } from 'node:crypto'

export interface ImageOrigin {
  /** The commit's full id. */
  readonly commit: string
  readonly version: string | undefined
  /** `owner/name`, or the remote's address. */
  readonly repository: string | undefined
  /** Of `owner/name`, where the workflow's GitHub says. */
  readonly server: string | undefined
  readonly createdMs: number
  /** All that made the image besides the commit's files: two builds with equal inputs are one. */
  readonly inputs: unknown
}

export const REVISION = 'org.opencontainers.image.revision'
/** Ours, so that a build with other arguments is not taken for this one. */
export const INPUTS = 'seamless.inputs'

/**
 * What the image says of itself. Source: the pre-defined annotation keys of the OCI image specification
 * (github.com/opencontainers/image-spec, annotations.md).
 */
export function imageLabels(origin: ImageOrigin): Record<string, string> {
  const source = sourceUrl(origin)
  return {
    [REVISION]: origin.commit,
    ...(origin.version !== undefined && { 'org.opencontainers.image.version': origin.version }),
    ...(source !== undefined && { 'org.opencontainers.image.source': source }),
    'org.opencontainers.image.created': new Date(origin.createdMs).toISOString(),
    [INPUTS]: inputsDigest(origin.inputs),
  }
}

function inputsDigest(inputs: unknown): string {
  return `sha256:${createHash('sha256').update(JSON.stringify(inputs)).digest('hex')}`
}

/** Where its source can be found; nothing for a repository without a remote. A password in the address stays here. */
function sourceUrl({
  repository = '',
  server = 'https://github.com',
}: Pick<ImageOrigin, 'repository' | 'server'>): string | undefined {
  if (/^[\w.-]+\/[\w.-]+$/.test(repository)) return `${server.replace(/\/$/, '')}/${repository}`
  if (!/^https?:/.test(repository) || !URL.canParse(repository)) return undefined
  const { origin, pathname } = new URL(repository)
  return `${origin}${pathname}`
}
