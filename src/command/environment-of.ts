import { nearestName } from '../config/nearest.ts'
import { code } from '../report/markdown.ts'

export type EnvironmentChoice =
  | { readonly kind: 'environment'; readonly name: string }
  | {
      readonly kind: 'refused'
      readonly reason: 'environment_not_named' | 'no_such_environment'
      /** Markdown. */
      readonly text: string
    }

/** The environment that a command means, of those in the configuration, exactly as it is written there: never a guess. */
export function environmentOf(named: string | undefined, names: readonly string[]): EnvironmentChoice {
  if (named === undefined) return theOnly(names)
  if (names.includes(named)) return { kind: 'environment', name: named }
  const nearest = nearestName(named, names)
  const hint = nearest === undefined ? '' : ` Did you mean ${code(nearest)}?`
  // A short id may be a good name, so only here it turns out that it was meant as one.
  const sha = /^[\da-f]{7,40}$/i.test(named)
    ? ` If it is a commit: give its full id, as ${code('--sha=<40 hex digits>')}.`
    : ''
  const text = `There is no environment ${code(named)}; the configuration has ${list(names)}.${hint}${sha}`
  return { kind: 'refused', reason: 'no_such_environment', text }
}

function theOnly(names: readonly string[]): EnvironmentChoice {
  const [only, ...others] = names
  if (only !== undefined && others.length === 0) return { kind: 'environment', name: only }
  const text = `Name the environment: the configuration has ${list(names)}.`
  return { kind: 'refused', reason: 'environment_not_named', text }
}

function list(names: readonly string[]): string {
  return names.map((name) => code(name)).join(', ')
}
