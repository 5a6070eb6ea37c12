import { dump } from 'js-yaml'
import type { DeployScripts } from './deploy-scripts.ts'
import type { HealthHints } from './health-hints.ts'
import type { BuildCommand, TestCommand, Toolchain } from './toolchain.ts'

export interface ConfigParts {
  readonly versionFile: string | undefined
  readonly toolchain: Toolchain
  readonly environments: readonly [string, ...string[]]
  readonly deploy: DeployScripts
  readonly health: HealthHints
}

/** A first `.github/seamless.yml`, with what each part is for. */
export function configText(parts: ConfigParts): string {
  const { versionFile, toolchain, health } = parts
  return blocks([
    [
      '# How this service is upgraded. Written by "seamless init" from what the repository says; every key is explained in',
      '# examples/seamless.yml of Seamless. "seamless validate" checks it, "seamless plan" shows what it does.',
      'driver: action # the workflow itself answers, judges and reverts: no server',
    ],
    versionFile === undefined
      ? []
      : ['version:', `  file: ${scalar(versionFile)} # where a version's name is read`],
    sources(health),
    toolchain.build === undefined ? [] : build(toolchain.build),
    toolchain.test === undefined ? [] : test(toolchain.test),
    ['environments:', ...parts.environments.flatMap((name, index) => environment(name, index, parts))],
  ])
}

function sources({ errors, probe }: HealthHints): string[] {
  const entries = [
    ...(errors === undefined
      ? []
      : [
          '  main:',
          '    type: prometheus # its address: SEAMLESS_SOURCE_MAIN_URL, with SEAMLESS_SOURCE_MAIN_TOKEN',
        ]),
    ...(probe === undefined
      ? []
      : ['  site:', '    type: probe # where users reach the service: SEAMLESS_SOURCE_SITE_URL']),
  ]
  return entries.length === 0 ? [] : ['sources:', ...entries]
}

function build({ name, run, artifacts }: BuildCommand): string[] {
  return [
    'build:',
    `  - name: ${scalar(name)}`,
    `    run: ${scalar(run)}`,
    ...(artifacts.length === 0
      ? []
      : [`    artifacts: ${list(artifacts)} # digested, and deployed by digest`]),
  ]
}

function test({ run, junit, env, base }: TestCommand): string[] {
  const variables = Object.entries(env).map(([name, value]) => `${name}: ${scalar(value)}`)
  return [
    'test:',
    '  - name: unit',
    `    run: ${scalar(run)}`,
    ...(junit.length === 0 ? [] : [`    junit: ${list(junit)} # which test failed`]),
    ...(base === undefined
      ? []
      : [
          `    base: ${scalar(base)} # a failing test is run again on the old version: known failures do not count`,
        ]),
    ...(variables.length === 0 ? [] : [`    env: { ${variables.join(', ')} }`]),
  ]
}

function environment(name: string, index: number, { environments, deploy, health }: ConfigParts): string[] {
  const isLast = index === environments.length - 1
  const before = environments[index - 1]
  const isWatched = isLast && (health.errors !== undefined || health.probe !== undefined)
  return [
    `  ${scalar(name)}:`,
    ...(before === undefined ? [] : [`    after: ${list([before])} # only what is well there comes here`]),
    ...deployer(deploy),
    ...(isWatched && deploy.weight !== undefined ? traffic(deploy.weight, deploy.secrets) : []),
    ...(isWatched ? watch(health) : []),
  ]
}

function deployer({ deploy, status, rollback, diff, secrets }: DeployScripts): string[] {
  const isSame = rollback === deploy
  return [
    '    deploy:',
    '      run:',
    `        deploy: ${scalar(deploy)} # brings SEAMLESS_VERSION to SEAMLESS_ENVIRONMENT`,
    ...(status === undefined ? [] : [`        status: ${scalar(status)} # prints the live version`]),
    `        rollback: ${scalar(rollback)}${isSame ? ' # with the last healthy version as SEAMLESS_VERSION' : ''}`,
    ...(diff === undefined ? [] : [`        diff: ${scalar(diff)} # prints what the release changes`]),
    ...(secrets.length === 0 ? [] : [`        secrets: ${list(secrets)} # it sees no others`]),
  ]
}

function traffic(weight: string, secrets: readonly string[]): string[] {
  return [
    '    traffic:',
    `      run: ${scalar(weight)} # sends SEAMLESS_WEIGHT percent to the new version`,
    '      steps: [10%, 50%, 100%]',
    ...(secrets.length === 0 ? [] : [`      secrets: ${list(secrets)}`]),
  ]
}

function watch({ errors, latency, probe }: HealthHints): string[] {
  return [
    ...(errors === undefined
      ? [
          '    # A probe alone does not say what users notice: propose opens the pull request that reverts, and people decide.',
          '    revert: propose',
        ]
      : [
          '    # When users would have noticed, the environment goes back to the last healthy version, and the merge is reverted',
          '    # (auto), only proposed to be (propose), or left alone (off).',
          '    revert: auto',
        ]),
    '    health:',
    `      source: ${errors === undefined ? 'site' : 'main'}`,
    '      every: 15s',
    '      watch: 30m',
    ...(errors === undefined
      ? []
      : ['      baseline: { before: 2h } # compared with the two hours before the deployment']),
    '      checks:',
    ...(errors === undefined
      ? []
      : [
          '        errors:',
          `          bad: ${scalar(errors.bad)}`,
          `          total: ${scalar(errors.total)}`,
          '          max: 5% # bad whatever it was before',
        ]),
    ...(latency === undefined
      ? []
      : ['        latency:', `          histogram: ${scalar(latency)}`, '          quantile: 0.99']),
    ...(probe === undefined
      ? []
      : [
          '        answers:',
          ...(errors === undefined ? [] : ['          source: site']),
          `          probe: ${scalar(probe)}`,
        ]),
  ]
}

function blocks(parts: readonly (readonly string[])[]): string {
  const texts = parts.filter((lines) => lines.length > 0).map((lines) => lines.join('\n'))
  return `${texts.join('\n\n')}\n`
}

/** One YAML scalar on one line, in quotes where it needs them. */
export function scalar(text: string): string {
  return dump(text, { lineWidth: -1, quoteStyle: 'double' }).trimEnd()
}

/** A YAML list of texts on one line. */
export function list(texts: readonly string[]): string {
  return dump([...texts], { flowLevel: 0, lineWidth: -1, quoteStyle: 'double' }).trimEnd()
}
