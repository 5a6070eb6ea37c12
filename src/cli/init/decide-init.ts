import { configText } from './config-text.ts'
import { detectDeployScripts } from './deploy-scripts.ts'
import { detectToolchain } from './detect-toolchain.ts'
import { detectEnvironments } from './environment-names.ts'
import type { Found, RepositoryFacts } from './facts.ts'
import { detectHealth, type HealthHints } from './health-hints.ts'
import { readNodeManifest } from './node-toolchain.ts'
import { workflowText } from './workflow-text.ts'

/** What to write, what it was told from, and what nobody but the user can say. */
export interface InitDecision {
  readonly config: string
  readonly workflow: string
  readonly found: readonly Found[]
  readonly todo: readonly string[]
}

/** Pure. Guesses nothing that it does not say. */
export function decideInit(facts: RepositoryFacts): InitDecision {
  const version = versionFile(facts)
  const toolchain = detectToolchain(facts)
  const deploy = detectDeployScripts(facts)
  const environments = detectEnvironments(facts)
  const health = detectHealth(facts)
  const parts = { versionFile: version?.value, toolchain, deploy, health, environments: environments.names }
  return {
    config: configText(parts),
    workflow: workflowText({
      ...facts,
      environments: environments.names,
      sources: sourcesOf(health),
      secrets: deploy.secrets,
      setup: toolchain.setup,
      versionFile: toolchain.setup === undefined ? undefined : runtimeFile(facts, toolchain.setup),
    }),
    found: [
      { topic: 'default branch', value: facts.defaultBranch, why: 'the repository says so' },
      ...(version === undefined ? [] : [version]),
      ...toolchain.found,
      ...deploy.found,
      ...deploy.secrets.map((name) => ({ topic: 'secret', value: name, why: 'a deploy script reads it' })),
      ...environments.found,
      ...health.found,
    ],
    todo: [
      ...toolchain.todo,
      ...deploy.todo,
      ...health.todo,
      ...settings(health, deploy.secrets),
      ...rollbackEnvironment(environments.names),
      ...rivals(facts, deploy.deploy),
    ],
  }
}

/** What the workflow names and GitHub makes without being asked, but empty. */
function rollbackEnvironment([only, ...more]: readonly string[]): readonly string[] {
  if (only === undefined || more.length > 0) return []
  return [
    `If ${only} has secrets or reviewers of its own on GitHub, give ${only}-rollback the same secrets and no reviewers: a rollback must not wait for them.`,
  ]
}

function versionFile(facts: RepositoryFacts): Found | undefined {
  if (facts.files.has('VERSION')) return { topic: 'version', value: 'VERSION', why: 'there is VERSION' }
  const version = readNodeManifest(facts)?.version
  if (version === undefined || version === '0.0.0') return undefined
  return { topic: 'version', value: 'package.json', why: `package.json has the version ${version}` }
}

function runtimeFile({ files, texts }: RepositoryFacts, setup: 'node' | 'python'): string | undefined {
  const names = setup === 'node' ? ['.nvmrc', '.node-version'] : ['.python-version']
  const file = names.find((name) => files.has(name))
  if (file !== undefined || setup === 'python') return file
  return /"engines"\s*:/.test(texts.get('package.json') ?? '') ? 'package.json' : undefined
}

function sourcesOf({ errors, probe }: HealthHints): { name: string; hasToken: boolean }[] {
  return [
    ...(errors === undefined ? [] : [{ name: 'main', hasToken: true }]),
    ...(probe === undefined ? [] : [{ name: 'site', hasToken: false }]),
  ]
}

/** What stands in the repository's settings and not in its files. */
function settings({ errors, probe }: HealthHints, secrets: readonly string[]): string[] {
  return [
    ...(errors === undefined
      ? []
      : [
          'Set the Actions variable SEAMLESS_SOURCE_MAIN_URL to the address of your Prometheus, and the secret SEAMLESS_SOURCE_MAIN_TOKEN if it needs one.',
        ]),
    ...(probe === undefined
      ? []
      : [
          'Set the Actions variable SEAMLESS_SOURCE_SITE_URL to the address at which users reach the service.',
        ]),
    ...(secrets.length === 0
      ? []
      : [`Set the Actions secrets ${secrets.join(', ')}, if they are not there yet.`]),
  ]
}

/** Two workflows that deploy would take turns at the same environment. */
function rivals({ workflows }: RepositoryFacts, deploy: string): string[] {
  const command = deploy.replace(/^(?:\.\/|bash )/, '')
  return [...workflows]
    .filter(([file, text]) => file !== 'seamless.yml' && text.includes(command))
    .map(([file]) => `.github/workflows/${file} deploys too: take ${command} out of it, or both will.`)
}
