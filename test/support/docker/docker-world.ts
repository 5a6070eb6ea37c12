import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

import { dockerBuilder } from '../../../src/adapters/docker.ts'
import { docker } from '../../../src/config/docker.ts'
import type { Artifact, Builder, BuildOutcome } from '../../../src/ports/builder.ts'
import type { StepContext, StepFailure } from '../../../src/ports/step.ts'
import { type ManualClock, manualClock } from '../manual-clock.ts'
import { type StepWorld, stepWorld } from '../step-world.ts'

/** A step's world with an engine; its waits are over at once. */
export interface DockerWorld extends StepWorld {
  readonly clock: ManualClock
  readonly environment: Readonly<Record<string, string>>
  /** A builder of the section as the config would have it. */
  builder(section: Record<string, unknown>, more?: BuilderOptions): Builder
  build(section: Record<string, unknown>, values?: Record<string, string>): Promise<BuildOutcome>
  /** By the engine itself, beside what is tested. */
  docker(...args: readonly string[]): string
}

interface BuilderOptions {
  readonly timeoutMs?: number
  readonly env?: Readonly<Record<string, string>>
  readonly secrets?: readonly string[]
}

export const COMMIT = '0123456789abcdef0123456789abcdef01234567'

/** The old builder, which needs nothing but the engine: what BuildKit is shown with says so. */
export function dockerWorld(host: string, environment: Readonly<Record<string, string>> = {}): DockerWorld {
  const known = { DOCKER_HOST: host, DOCKER_BUILDKIT: '0', ...environment }
  const world = stepWorld(known)
  const clock = manualClock()
  const config = join(world.directory, '..', 'docker-config')
  mkdirSync(config)
  writeFileSync(join(config, 'config.json'), '{}')
  const all = { PATH: process.env['PATH'] ?? '', DOCKER_CONFIG: config, ...known }
  const shell = { ...world.shell, environment: all, clock }
  const builder: DockerWorld['builder'] = (section, more = {}) =>
    dockerBuilder({ env: {}, secrets: [], timeoutMs: 300_000, ...more, docker: docker.parse(section) }, shell)
  const context = (more: Partial<StepContext> = {}): StepContext =>
    world.context({
      ...more,
      values: {
        SEAMLESS_SHA: COMMIT,
        SEAMLESS_VERSION: '1.4.0',
        SEAMLESS_REPOSITORY: 'shop/api',
        ...more.values,
      },
    })
  return {
    ...world,
    context,
    clock,
    environment: all,
    builder,
    build: (section, values = {}) => builder(section).build(context({ values })),
    docker: (...args) =>
      execFileSync('docker', args, { env: all, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }),
  }
}

export function built(outcome: BuildOutcome): Artifact {
  if (outcome.kind === 'failed') throw new Error(outcome.failure.message)
  const [image, ...more] = outcome.artifacts
  if (image === undefined || more.length > 0) throw new Error('one image was expected')
  return image
}

export function refused(outcome: BuildOutcome): StepFailure {
  if (outcome.kind === 'built') throw new Error('a failure was expected')
  return outcome.failure
}

/** Puts a shell, `cat` and `sleep` with their libraries into a folder: an image `FROM scratch` in which `RUN` works. */
export function addShell(folder: string): void {
  const programs = ['dash', 'cat', 'sleep'].map((name) => `/bin/${name}`)
  const listed = execFileSync('ldd', programs, { encoding: 'utf8' })
  const libraries = [...new Set(listed.match(/\/lib\S*\.so\S*/g)?.filter((path) => !path.endsWith(':')))]
  for (const path of [...programs, ...libraries]) {
    const target = join(folder, path === '/bin/dash' ? '/bin/sh' : path)
    mkdirSync(dirname(target), { recursive: true })
    copyFileSync(path, target)
  }
}
