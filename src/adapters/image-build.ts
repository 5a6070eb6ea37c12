import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { UsageError } from '../errors.ts'
import type { Docker } from './docker-command.ts'

/** What `docker build` is given; folder and file are absolute, and in the checkout. */
export interface ImageBuild {
  readonly folder: string
  readonly file: string
  readonly target?: string | undefined
  readonly args: readonly (readonly [string, string])[]
  readonly labels: Readonly<Record<string, string>>
  /** Variables with secrets by the id that the Dockerfile calls them by. */
  readonly secrets: Readonly<Record<string, string>>
}

/**
 * Builds an image and gives its id in the engine; tags come later, since two builds at the same time may have the same.
 * Errors: `DockerFailed`; `UsageError` for secrets where BuildKit is switched off.
 */
export async function buildImage(docker: Docker, build: ImageBuild): Promise<string> {
  const temporary = await mkdtemp(join(tmpdir(), 'seamless-image-'))
  const idFile = join(temporary, 'id')
  try {
    await docker.must(['build', '--iidfile', idFile, ...argumentsFor(build)], {
      environment: builderFor(build, docker.environment),
    })
    return (await readFile(idFile, 'utf8')).trim()
  } finally {
    await rm(temporary, { recursive: true, force: true })
  }
}

function argumentsFor({ folder, file, target, args, labels, secrets }: ImageBuild): string[] {
  return [
    '--file',
    file,
    ...(target === undefined ? [] : ['--target', target]),
    ...args.flatMap(([name, value]) => ['--build-arg', `${name}=${value}`]),
    ...Object.entries(labels).flatMap(([name, value]) => ['--label', `${name}=${value}`]),
    ...Object.entries(secrets).flatMap(([id, variable]) => ['--secret', `id=${id},env=${variable}`]),
    folder,
  ]
}

/**
 * Secrets need BuildKit, and it is asked for by name: the engine's old builder takes `--secret` and ignores it (docker
 * 20.10), so that a build would go on without, in silence.
 */
function builderFor(
  { secrets }: ImageBuild,
  { DOCKER_BUILDKIT }: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const [first] = Object.keys(secrets)
  if (first === undefined) return {}
  if (DOCKER_BUILDKIT === undefined || !/^(?:0|f|false)$/i.test(DOCKER_BUILDKIT))
    return { DOCKER_BUILDKIT: '1' }
  throw new UsageError(
    `The secret ${JSON.stringify(first)} of the build needs BuildKit, and DOCKER_BUILDKIT=${DOCKER_BUILDKIT} switches it off. ` +
      'Unset it, and install the buildx plugin (docker-buildx-plugin, or docker-buildx of Debian) where docker is 23 or later; or remove "secrets" of the docker section. Build arguments are no place for secrets.',
  )
}
