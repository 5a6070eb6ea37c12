import type { RepositoryFacts } from './facts.ts'

/** The plain targets of the Makefile. */
export function makeTargets({ texts }: RepositoryFacts): ReadonlySet<string> {
  const text = texts.get('Makefile') ?? texts.get('makefile') ?? ''
  return new Set([...text.matchAll(/^([A-Za-z][\w-]*)[ \t]*:(?!=)/gm)].map(([, name = '']) => name))
}
