import type { Config, EnvironmentConfig } from './schema.ts'

/**
 * The config with the judgement of an earlier one: health, revert policy and shadow of each environment that both know.
 * A change must not bring the rules that it is judged by; its own take effect from the next upgrade on.
 */
export function pinHealth(config: Config, before: Config): Config {
  const pinned = Object.entries(config.environments).map(([name, environment]) => {
    const earlier = before.environments[name]
    return [name, earlier?.health === undefined ? environment : judgedAs(environment, earlier)] as const
  })
  return {
    ...config,
    sources: { ...config.sources, ...before.sources },
    environments: Object.fromEntries(pinned),
  }
}

function judgedAs(environment: EnvironmentConfig, earlier: EnvironmentConfig): EnvironmentConfig {
  const { health: _, ...rest } = environment
  return {
    ...rest,
    revert: earlier.revert,
    shadow: earlier.shadow,
    ...(earlier.health && { health: earlier.health }),
  }
}
