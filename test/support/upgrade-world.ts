import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Opened, openRepository } from '../../src/composition.ts'
import { loadConfig, type OperationRequest, operateRollback, operateRun } from '../../src/operation.ts'
import type { Clock } from '../../src/ports/clock.ts'
import type { Upgrade } from '../../src/upgrade/receipt.ts'
import { systemClock } from '../../src/adapters/system-clock.ts'
import { type GitRepository, gitRepository } from './git-repository.ts'
import { memoryLog } from './memory-log.ts'

/**
 * A real repository with a service that "runs" in files: `live` is the version that users have, `weight` the new one's
 * share, `calls` what was done to it, a line each.
 */
export interface UpgradeWorld {
  readonly repository: GitRepository
  readonly log: ReturnType<typeof memoryLog>
  readonly environment: Record<string, string>
  /** In the folder of a service, or at the top. */
  run(options?: Partial<OperationRequest>, signal?: AbortSignal, folder?: string): Promise<Upgrade>
  rollback(environment?: string): Promise<Upgrade>
  request(options?: Partial<OperationRequest>): Promise<OperationRequest>
  read(name: 'live' | 'weight'): string | undefined
  calls(): readonly string[]
  remove(): void
}

const scripts = {
  'ops/deploy.sh': `#!/usr/bin/env bash
set -e
echo "deploy $SEAMLESS_ENVIRONMENT $SEAMLESS_VERSION" >> "$WORLD/calls"
test ! -f broken-deploy
echo "$SEAMLESS_VERSION" > "$WORLD/live"
`,
  'ops/status.sh': `#!/usr/bin/env bash
cat "$WORLD/live" 2>/dev/null || true
`,
  'ops/rollback.sh': `#!/usr/bin/env bash
set -e
echo "rollback $SEAMLESS_ENVIRONMENT $SEAMLESS_VERSION" >> "$WORLD/calls"
test ! -f "$WORLD/rollback-fails"
echo "$SEAMLESS_VERSION" > "$WORLD/live"
`,
  'ops/weight.sh': `#!/usr/bin/env bash
echo "weight $SEAMLESS_ENVIRONMENT $SEAMLESS_WEIGHT" >> "$WORLD/calls"
echo "$SEAMLESS_WEIGHT" > "$WORLD/weight"
`,
}

export const deployByScripts = `    deploy:
      run:
        deploy: bash ops/deploy.sh
        status: bash ops/status.sh
        rollback: bash ops/rollback.sh
`

export const basicConfig = `driver: action
version: { file: VERSION }
environments:
  production:
${deployByScripts}`

export interface WorldOptions {
  readonly config?: string
  readonly files?: Readonly<Record<string, string>>
  readonly clock?: Clock
  readonly environment?: Readonly<Record<string, string>>
  readonly github?: (
    repository: GitRepository,
  ) => Promise<NonNullable<Parameters<typeof openRepository>[0]['github']>>
}

export async function upgradeWorld(options: WorldOptions = {}): Promise<UpgradeWorld> {
  const { config = basicConfig, files = {}, clock = systemClock } = options
  const repository = gitRepository()
  repository.commit({ VERSION: '1.0.0\n', '.github/seamless.yml': config, ...scripts, ...files }, 'First')
  const log = memoryLog()
  const environment = { ...repository.environment, WORLD: repository.folder, ...options.environment }
  const github = await options.github?.(repository)
  const open = (signal: AbortSignal, folder: string): Promise<Opened> =>
    openRepository({
      folder: join(repository.clone, folder),
      environment,
      signal,
      clock,
      log: () => log,
      ...(github && { github }),
    })
  const request: (
    given?: Partial<OperationRequest>,
    signal?: AbortSignal,
    folder?: string,
  ) => Promise<OperationRequest> = async (
    given = {},
    signal = new AbortController().signal,
    folder = '.',
  ) => {
    const opened = await open(signal, folder)
    const loaded = await loadConfig(opened, '.github/seamless.yml', { kind: 'working_tree' })
    return { opened, loaded, stage: 'all', ...given }
  }
  const path = (name: string): string => join(repository.folder, name)
  const text = (name: string): string | undefined =>
    existsSync(path(name)) ? readFileSync(path(name), 'utf8').trim() : undefined
  return {
    repository,
    log,
    environment,
    request,
    run: async (given, signal = new AbortController().signal, folder = '.') =>
      operateRun(await request(given, signal, folder), signal),
    rollback: async (name) => {
      const asked = await request(name === undefined ? {} : { environment: name })
      return operateRollback(asked, new AbortController().signal)
    },
    read: text,
    calls: () => text('calls')?.split('\n') ?? [],
    remove: repository.remove,
  }
}

/** Marks the world, e.g. so that its rollback fails. */
export function mark(world: UpgradeWorld, name: string): void {
  writeFileSync(join(world.repository.folder, name), '')
}
