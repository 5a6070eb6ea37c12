export type EnvironmentChoice =
  | { readonly kind: 'environment'; readonly name: string }
  | {
      readonly kind: 'refused'
      readonly reason: 'environment_not_named' | 'no_such_environment'
      /** Markdown. */
      readonly text: string
    }

/** The environment that a command means, of those in the configuration; exactly as it is written there. */
export function environmentOf(named: string | undefined, names: readonly string[]): EnvironmentChoice {
  throw new Error('not written yet')
}
