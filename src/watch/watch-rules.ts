import type { TrustedConfig } from '../command/command-ports.ts'
import type { Health } from '../config/health.ts'
import { pinHealth } from '../config/pin-health.ts'
import type { Config, EnvironmentConfig } from '../config/schema.ts'
import type { Merge } from '../ports/pull-requests.ts'
import type { WatchPorts } from './watch-ports.ts'

/** What an environment is watched by: of the default branch, with the judgement from before the change. */
export interface WatchRules {
  readonly kind: 'rules'
  readonly health: Health
  readonly environment: EnvironmentConfig
  readonly sources: Config['sources']
}

type NoRules = { readonly kind: 'nothing'; readonly why: string }
type Known = Extract<TrustedConfig, { kind: 'config' }>

/**
 * The rules for a change. A config that cannot be read now, or could not be before, is made up for by the other one, so that no change
 * escapes its watch by breaking the file. Error: `GitHubError`.
 */
export async function watchRules(
  environment: string,
  merge: Pick<Merge, 'before'> | undefined,
  ports: Pick<WatchPorts, 'config' | 'configAt' | 'log'>,
): Promise<WatchRules | NoRules> {
  const now = await ports.config()
  if (now.kind === 'missing') return nothing(`there is no ${now.where}`)
  if ((now.kind === 'config' ? now.config.driver : now.driver) === 'action')
    return nothing('the workflow watches it (driver: action)')
  const before = merge === undefined ? undefined : await ports.configAt(merge.before)
  const pinned = pin(now, before)
  if (pinned === undefined) return nothing('the config of the default branch cannot be read')
  if (before?.kind === 'invalid')
    ports.log.warning(
      `The config from before the change could not be read, so its own judges it: ${before.errors}`,
    )
  const found = pinned.environments[environment]
  if (found === undefined) return nothing(`the config has no environment ${JSON.stringify(environment)}`)
  if (found.health === undefined) return nothing(`nothing says what ${environment} is watched by (health)`)
  return { kind: 'rules', health: found.health, environment: found, sources: pinned.sources }
}

function pin(now: TrustedConfig, before: TrustedConfig | undefined): Config | undefined {
  if (now.kind !== 'config') return isOfApp(before) ? before.config : undefined
  return before?.kind === 'config' ? pinHealth(now.config, before.config) : now.config
}

function isOfApp(config: TrustedConfig | undefined): config is Known {
  return config?.kind === 'config' && config.config.driver === 'app'
}

function nothing(why: string): NoRules {
  return { kind: 'nothing', why }
}
