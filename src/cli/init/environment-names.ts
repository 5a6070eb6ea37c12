import { load } from 'js-yaml'
import type { Found, RepositoryFacts } from './facts.ts'

/** From the first that a version reaches to the last. */
const ORDER = [/^dev/i, /^(?:test|qa|int)/i, /^(?:stag|pre|uat)/i, /./, /^(?:prod|live)/i]
/** Environments that GitHub's own features and package registries use. */
const NO_PLACES = /^(?:github-pages|copilot|pypi|testpypi|test-pypi|npm|release|publish|docker.*)$/i
const NAME = /^[A-Za-z][\w-]{0,39}$/

export interface EnvironmentNames {
  /** In the order in which a version reaches them; `production` where no workflow says more. */
  readonly names: readonly [string, ...string[]]
  readonly found: readonly Found[]
}

/** The environments that the repository's workflows name. */
export function detectEnvironments({ workflows }: RepositoryFacts): EnvironmentNames {
  const named = new Map<string, string>()
  for (const [file, text] of workflows) {
    // What an earlier init wrote proves nothing.
    if (file === 'seamless.yml') continue
    for (const name of environmentsOf(text)) {
      const usable = NAME.test(name) && !NO_PLACES.test(name) && !name.endsWith('-rollback')
      if (usable && !isNamed(named, name)) named.set(name, file)
    }
  }
  const [first, ...rest] = [...named.keys()].toSorted((a, b) => rank(a) - rank(b))
  if (first === undefined) return { names: ['production'], found: [] }
  const found = [...named].map(([name, file]) => ({
    topic: 'environment',
    value: name,
    why: `${file} names it`,
  }))
  return { names: [first, ...rest], found }
}

function isNamed(named: ReadonlyMap<string, string>, name: string): boolean {
  return [...named.keys()].some(
    (known) => known.toLowerCase().replaceAll('-', '_') === name.toLowerCase().replaceAll('-', '_'),
  )
}

function rank(name: string): number {
  const last = ORDER.length - 1
  if (ORDER[last]?.test(name) === true) return last
  return ORDER.findIndex((pattern) => pattern.test(name))
}

/** `jobs.*.environment`, as text or as a mapping with `name`. */
function environmentsOf(text: string): string[] {
  const jobs = property(parsed(text), 'jobs')
  if (typeof jobs !== 'object' || jobs === null) return []
  return Object.values(jobs).flatMap((job) => {
    const environment = property(job, 'environment')
    const name = typeof environment === 'string' ? environment : property(environment, 'name')
    return typeof name === 'string' ? [name] : []
  })
}

function parsed(text: string): unknown {
  try {
    return load(text)
  } catch {
    // A workflow that cannot be read says nothing; GitHub tells its author.
    return undefined
  }
}

function property(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Record<string, unknown>)[key]
    : undefined
}
