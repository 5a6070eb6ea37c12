import { join, relative } from 'node:path'

import type { DockerSection } from '../config/docker.ts'
import { UsageError } from '../errors.ts'
import type { Artifact, Builder, BuildOutcome } from '../ports/builder.ts'
import type { StepContext, StepFailure } from '../ports/step.ts'
import { type Docker, DockerFailed, type DockerShell, openDocker, printed } from './docker-command.ts'
import { buildImage, type ImageBuild } from './image-build.ts'
import { type FoundImage, findImage } from './image-find.ts'
import { imageLabels } from './image-labels.ts'
import { pushImage } from './image-push.ts'
import { argumentsOf, tagsOf } from './image-reference.ts'
import { pathInside } from './path-inside.ts'

export interface DockerBuild {
  readonly docker: DockerSection
  readonly env: Readonly<Record<string, string>>
  /** The step's variables with secrets, those of the build among them. */
  readonly secrets: readonly string[]
  readonly timeoutMs: number
}

/**
 * Builds an image by `docker build`, pushes it under its commit's id and its tags, and knows it by its digest ever after.
 * Built once: what the registry has of this commit, built with the same inputs, is used as it is.
 */
export function dockerBuilder(step: DockerBuild, shell: DockerShell): Builder {
  return {
    async build(context) {
      try {
        const docker = await openDocker(shell, { ...step, image: step.docker.image }, context)
        return { kind: 'built', artifacts: [await imageOf({ step, shell, context, docker })] }
      } catch (error) {
        return failedBy(error, context)
      }
    },
  }
}

interface Work {
  readonly step: DockerBuild
  readonly shell: DockerShell
  readonly context: StepContext
  readonly docker: Docker
}

/** What goes into the build, all checked before anything is asked of the engine. */
interface Inputs extends Pick<ImageBuild, 'folder' | 'file' | 'args' | 'labels'> {
  readonly tags: readonly string[]
  readonly commit: string
}

async function imageOf(work: Work): Promise<Artifact> {
  const { image } = work.step.docker
  const inputs = await readInputs(work)
  await engineAnswers(work)
  const found = await findImage(work.docker, image, inputs.labels)
  if (found.kind === 'same') {
    const { digest, bytes } = found
    work.shell.log.info(
      `${work.context.step}: ${image}:${inputs.commit} is in the registry, built from this commit with the same inputs. Nothing is built again; its digest ${digest} is used.`,
    )
    return { kind: 'image', name: image, digest, bytes }
  }
  sayOther(work, found, inputs.commit)
  const id = await buildImage(work.docker, { ...work.step.docker, ...inputs })
  const tags = [...inputs.tags.filter((tag) => tag !== inputs.commit), inputs.commit]
  const { digest, bytes } = await pushImage(work.docker, { image, id, tags })
  work.shell.log.info(`${work.context.step}: pushed ${image}@${digest} as ${tags.join(', ')}.`)
  return { kind: 'image', name: image, digest, bytes }
}

async function readInputs({ step, shell, context }: Work): Promise<Inputs> {
  const { docker } = step
  const {
    SEAMLESS_SHA: commit = '',
    SEAMLESS_VERSION,
    SEAMLESS_PREVIOUS,
    SEAMLESS_REPOSITORY,
  } = context.values
  if (!/^[0-9a-f]{40}(?:[0-9a-f]{24})?$/.test(commit)) {
    throw new UsageError(`${context.step}: an image is tagged by its commit, and the commit is not known.`)
  }
  const version = SEAMLESS_VERSION === '' ? undefined : SEAMLESS_VERSION
  const named = { version, previous: SEAMLESS_PREVIOUS, repository: SEAMLESS_REPOSITORY }
  const args = argumentsOf(context.step, docker.args, named)
  const made = { ...docker, args, tags: undefined, working: relative(context.root, context.directory) }
  return {
    ...(await foldersOf(docker, context)),
    args,
    tags: tagsOf(context.step, docker.tags, version),
    labels: imageLabels({
      commit,
      version,
      repository: SEAMLESS_REPOSITORY,
      server: shell.environment['GITHUB_SERVER_URL'],
      createdMs: shell.clock.now(),
      inputs: made,
    }),
    commit,
  }
}

/** I14: neither may be a link that leads out of the checkout. */
async function foldersOf(
  { context: folder, file = join(folder, 'Dockerfile') }: DockerSection,
  { step, root, directory }: StepContext,
): Promise<Pick<Inputs, 'folder' | 'file'>> {
  const find = async (key: string, path: string): Promise<string> =>
    pathInside(root, join(relative(root, directory), path)).catch((error: unknown) => {
      throw new UsageError(`${step}: ${(error as Error).message} Correct "${key}" of the docker section.`)
    })
  return { folder: await find('context', folder), file: await find('file', file) }
}

/** An engine that takes the connection and says nothing would hold the step until its timeout. */
const ANSWER_MS = 30_000

async function engineAnswers({ docker, context, step }: Work): Promise<void> {
  const end = await docker.run(['version', '--format', '{{.Server.Version}}'], {
    timeoutMs: ANSWER_MS,
    isQuiet: true,
  })
  if (end.kind === 'failed' && end.failure.why === 'timeout') {
    const message =
      `${context.step}: the Docker engine takes connections but does not answer: "docker version" said nothing for ${Math.min(ANSWER_MS, step.timeoutMs) / 1000} s. ` +
      'Restart it, or set DOCKER_HOST to one that works. Nothing was built.'
    throw new DockerFailed({ ...end.failure, message })
  }
  printed(end, step.docker.image)
}

function sayOther({ context, shell, step }: Work, found: FoundImage, commit: string): void {
  const reference = `${step.docker.image}:${commit}`
  if (found.kind === 'foreign') {
    throw new UsageError(
      `${context.step}: the registry has ${reference} already (${found.digest}), and ${whose(found.revision, commit)}. ` +
        'It is not overwritten: delete that tag, or give "image" a repository that only Seamless writes.',
    )
  }
  if (found.kind === 'other_inputs') {
    shell.log.warning(
      `${context.step}: ${reference} was built with other arguments, target or files (${found.digest}). It is built again, and its tags move; what was deployed by that digest keeps it.`,
    )
  }
}

function whose(revision: string | undefined, commit: string): string {
  if (revision === undefined) return 'it does not say of which commit it is'
  return revision === commit ? 'not Seamless has built it' : `it says that it is of ${revision}`
}

/** Whatever went wrong is an answer: what was built, or why not. */
function failedBy(error: unknown, { step, signal }: StepContext): BuildOutcome {
  if (error instanceof DockerFailed) return { kind: 'failed', failure: error.failure }
  if (signal.aborted) return failed('cancelled', `${step} was stopped because the run was cancelled.`)
  if (error instanceof UsageError) return failed('spawn', error.message)
  throw error
}

function failed(why: StepFailure['why'], message: string): BuildOutcome {
  return { kind: 'failed', failure: { why, message, output: '' } }
}
