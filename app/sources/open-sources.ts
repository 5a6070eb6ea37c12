import { openSource } from '../../src/adapters/registry.ts'
import type { Config } from '../../src/config/schema.ts'
import { sourceVariable } from '../../src/config/source-binding.ts'
import type { SourceConfig } from '../../src/config/source.ts'
import { UsageError } from '../../src/errors.ts'
import type { Clock } from '../../src/ports/clock.ts'
import type { HealthSource } from '../../src/ports/health-source.ts'
import type { Metrics } from '../metrics.ts'
import { type BoundSource, sourceEnvironment } from './bound-sources.ts'
import { meteredSource } from './metered-source.ts'

/** Whose source: the number decides whether two are the same, the name which of them may be read. */
export interface SourceOwner {
  readonly id: number
  readonly owner: string
  readonly repo: string
}

/** The health sources of all repositories, each opened once. */
export interface Sources {
  /** Error: `UsageError` that names what the operator must bind. */
  open(repository: SourceOwner, name: string, config: Pick<Config, 'sources'>): Promise<HealthSource>
}

/** A thousand watches of three sources each; of those that are forgotten another one is opened. */
const MOST = 3000

export function openSources(
  bound: readonly BoundSource[],
  { clock, metrics }: { readonly clock: Clock; readonly metrics: Metrics },
): Sources {
  const opened = new Map<string, Promise<HealthSource>>()
  return {
    async open(repository, name, config) {
      const { type, environment } = bindingOf(bound, repository, { name, config })
      // A configuration that says something else of the same name is another source.
      const key = JSON.stringify([repository.id, environment, name, config.sources[name]])
      const known = opened.get(key)
      if (known !== undefined) return known
      const opening = openSource(name, config, environment, clock).then((source) =>
        meteredSource(source, type, metrics),
      )
      opened.set(key, opening)
      // What could not be opened (a file that is not there yet) is tried anew.
      opening.catch(() => opened.delete(key))
      const [oldest] = opened.keys()
      if (opened.size > MOST && oldest !== undefined) opened.delete(oldest)
      return opening
    },
  }
}

interface Binding {
  readonly type: SourceConfig['type']
  readonly environment: Readonly<Record<string, string>>
}

function bindingOf(
  bound: readonly BoundSource[],
  { owner, repo }: SourceOwner,
  { name, config }: { readonly name: string; readonly config: Pick<Config, 'sources'> },
): Binding {
  const repository = `${owner}/${repo}`
  const type = config.sources[name]?.type
  if (type === undefined) throw new UsageError(`The config has no source ${JSON.stringify(name)}.`)
  const environment = sourceEnvironment(bound, repository, name)
  if (environment !== undefined) return { type, environment }
  throw new UsageError(
    `The App has no source "${name}" for ${repository}: whoever operates it binds one in SEAMLESS_SOURCES_FILE, ` +
      `or sets ${sourceVariable(name, 'URL')} and names the repository in SEAMLESS_SOURCES_FOR.`,
  )
}
