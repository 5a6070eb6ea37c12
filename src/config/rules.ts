import type { z } from 'zod'
import { type DeployStep, deployStep } from './deploy-step.ts'
import type { Environment } from './environment.ts'
import type { written } from './schema.ts'

type Written = z.output<typeof written>
type Path = (string | number)[]
type Report = (path: Path, message: string, about: About) => void

interface About {
  readonly expected: string
  /** The name at fault and the names that would do. */
  readonly written?: string
  readonly names?: readonly string[]
  /** What the error points at; the value unless said. */
  readonly part?: 'key'
}

/** What no single key can tell: names that must exist, values that exclude each other, keys that would do nothing. */
export function refuseContradictions(config: Written, context: z.RefinementCtx): void {
  const report: Report = (path, message, params) => {
    context.addIssue({ code: 'custom', path, message, params: { ...params } })
  }
  refuseSelfNaming(config, report)
  refuseTwins(config, report)
  refuseRepeatedSteps(config, report)
  refuseRepeatedImages(config, report)
  refuseIdleTestKeys(config, report)
  refuseSharedVariables(config, report)
  for (const [name, environment] of Object.entries(config.environments)) {
    refuseUnknownEnvironments(name, config, report)
    refuseCircle(name, config, report)
    refuseUnwatched(['environments', name], environment, report)
    refuseUnknownSources(['environments', name, 'health'], environment, { config, report })
  }
}

function refuseSelfNaming({ upgrade, version }: Written, report: Report): void {
  if (version !== undefined || upgrade === undefined) return
  for (const key of ['branch', 'message'] as const) {
    if (!upgrade[key]?.includes('{version}')) continue
    const message = '{version} would be the id of the commit that is only being made'
    report(['upgrade', key], message, { expected: 'version.file, or a text without {version}' })
  }
}

/** GitHub's environments ignore case, and so does a source's variable, in which - is _ too. */
function refuseTwins({ environments, sources }: Written, report: Report): void {
  for (const [key, names] of [
    ['environments', Object.keys(environments)],
    ['sources', Object.keys(sources)],
  ] as const) {
    const seen = new Map<string, string>()
    for (const name of names) {
      const folded = name.toLowerCase().replaceAll('-', '_')
      const twin = seen.get(folded)
      if (twin !== undefined)
        report([key, name], `too like "${twin}"`, {
          expected: 'names that differ by more than case, - and _',
          part: 'key',
        })
      seen.set(folded, name)
    }
  }
  for (const name of Object.keys(environments)) {
    const origin = name.replace(/-rollback$/, '')
    if (origin === name) continue
    const message = `this name is kept for the rollbacks of "${origin}"`
    report(['environments', name], message, {
      expected: 'a name that does not end in -rollback',
      part: 'key',
    })
  }
}

function refuseRepeatedSteps(config: Written, report: Report): void {
  for (const stage of ['build', 'test'] as const) {
    const seen = new Set<string>()
    for (const [index, { name }] of config[stage].entries()) {
      if (seen.has(name))
        report([stage, index, 'name'], `"${name}" is the name of an earlier step`, {
          expected: 'a name of its own',
        })
      seen.add(name)
    }
  }
}

/** Both would be called by the commit's id, and the second would take the first one's tag. */
function refuseRepeatedImages({ build }: Written, report: Report): void {
  const seen = new Set<string>()
  for (const [index, step] of build.entries()) {
    if (step.adapter !== 'docker') continue
    const { image } = step.docker
    if (seen.has(image))
      report(['build', index, 'docker', 'image'], `"${image}" is the image of an earlier step`, {
        expected: 'a repository of its own for each image',
      })
    seen.add(image)
  }
}

function refuseIdleTestKeys({ test }: Written, report: Report): void {
  for (const [index, step] of test.entries()) {
    if ((step.adapter !== 'run' && step.adapter !== 'previous') || step.junit.length > 0) continue
    const idle = step.adapter === 'run' ? step.base !== undefined : step.accepts.length > 0
    if (!idle) continue
    const key = step.adapter === 'run' ? 'base' : 'accepts'
    report(['test', index, key], 'does nothing without junit: only a report names the tests', {
      expected: 'junit as well',
    })
  }
}

function refuseSharedVariables(config: Written, report: Report): void {
  const steps: [Path, Pick<DeployStep, 'env' | 'secrets'>][] = [
    ...config.build.map((step, index): [Path, typeof step] => [['build', index], step]),
    ...config.test.flatMap((step, index): [Path, Pick<DeployStep, 'env' | 'secrets'>][] =>
      'secrets' in step ? [[['test', index], step]] : [],
    ),
  ]
  for (const [name, { deploy, traffic }] of Object.entries(config.environments)) {
    steps.push([['environments', name, 'deploy', deploy.adapter], deployStep(deploy)])
    if (traffic !== undefined) steps.push([['environments', name, 'traffic'], traffic])
  }
  for (const [path, { env, secrets }] of steps) {
    for (const [index, secret] of secrets.entries()) {
      if (!Object.hasOwn(env, secret)) continue
      report([...path, 'secrets', index], `${secret} stands under env too`, { expected: 'it in one of them' })
    }
  }
}

function refuseUnknownEnvironments(name: string, { environments }: Written, report: Report): void {
  const names = Object.keys(environments).filter((other) => other !== name)
  const expected = names.length === 0 ? 'no entry: there is no other environment' : oneOf(names)
  const seen = new Set<string>()
  for (const [index, other] of (environments[name]?.after ?? []).entries()) {
    const path = ['environments', name, 'after', index]
    if (other === name) report(path, 'an environment does not come after itself', { expected })
    else if (!names.includes(other)) report(path, 'unknown environment', { expected, written: other, names })
    else if (seen.has(other)) report(path, `"${other}" stands here twice`, { expected: 'each once' })
    seen.add(other)
  }
}

/** Reported once, at the member of the circle that is written first. */
function refuseCircle(name: string, { environments }: Written, report: Report): void {
  const circle = circleFrom(name, environments)
  if (circle === undefined || circle.length === 1) return
  if (Object.keys(environments).find((other) => circle.includes(other)) !== name) return
  const message = `${[...circle, name].join(' after ')}: none could ever be first`
  report(['environments', name, 'after'], message, { expected: 'an order without a circle' })
}

/** The names from `start` along `after` back to it, or nothing. */
function circleFrom(start: string, environments: Written['environments']): string[] | undefined {
  const paths: string[][] = [[start]]
  const seen = new Set<string>()
  for (let path = paths.pop(); path !== undefined; path = paths.pop()) {
    for (const next of environments[path.at(-1) ?? '']?.after ?? []) {
      if (next === start) return path
      if (seen.has(next)) continue
      seen.add(next)
      paths.push([...path, next])
    }
  }
  return undefined
}

function refuseUnwatched(path: Path, { health, revert, shadow, traffic }: Environment, report: Report): void {
  if (health !== undefined) {
    const expected = 'one of auto, propose, off'
    if (revert === undefined)
      report([...path, 'revert'], 'missing: say what happens to a merge that users would notice', {
        expected,
      })
    return
  }
  const idle = 'does nothing without health: there is no verdict'
  if (revert === 'auto' || revert === 'propose')
    report([...path, 'revert'], idle, { expected: 'health as well, or off' })
  if (shadow) report([...path, 'shadow'], idle, { expected: 'health as well, or false' })
  if (traffic !== undefined)
    report([...path, 'traffic'], 'without health nothing says when to take the next step', {
      expected: 'health as well',
    })
}

function refuseUnknownSources(
  path: Path,
  { health }: Environment,
  { config: { sources }, report }: { config: Written; report: Report },
): void {
  const names = Object.keys(sources)
  const expected = names.length === 0 ? 'it under sources' : oneOf(names)
  const isKnown = (name: string, at: Path): boolean => {
    const known = Object.hasOwn(sources, name)
    if (!known) report(at, 'unknown source', { expected, written: name, names })
    return known
  }
  const refuseType = (name: string, wanted: readonly string[], at: Path): void => {
    const type = sources[name]?.type
    if (type === undefined || wanted.includes(type)) return
    const message = `its source "${name}" is of type ${type}`
    report(at, message, { expected: `a source of type ${wanted.join(' or ')}` })
  }
  if (health?.source !== undefined) isKnown(health.source, [...path, 'source'])
  if (health?.live !== undefined) refuseType(health.source ?? '', METRICS, [...path, 'live'])
  for (const [key, check] of Object.entries(health?.checks ?? {})) {
    const name = check.source ?? health?.source ?? ''
    if (check.source !== undefined && !isKnown(name, [...path, 'checks', key, 'source'])) continue
    const wanted = check.kind !== 'probe' ? METRICS : 'alerts' in check ? ['grafana'] : ['probe']
    refuseType(name, wanted, [...path, 'checks', key])
  }
}

const METRICS = ['prometheus', 'scrape']

function oneOf(names: readonly string[]): string {
  return `one of ${names.join(', ')}`
}
