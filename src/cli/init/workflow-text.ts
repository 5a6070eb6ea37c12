import { list, scalar } from './config-text.ts'

export interface WorkflowParts {
  readonly defaultBranch: string
  /** The service's folder within the repository. */
  readonly directory: string
  readonly environments: readonly [string, ...string[]]
  readonly sources: readonly { readonly name: string; readonly hasToken: boolean }[]
  readonly secrets: readonly string[]
  readonly setup: 'node' | 'python' | undefined
  /** `.nvmrc` and the like; without it the runner's own version is used. */
  readonly versionFile: string | undefined
}

/** Actions by full commit: a tag can be moved, a commit cannot. */
const CHECKOUT = 'actions/checkout@de0fac2e4500dabe0009e67214ff5f5447ce83dd # v6.0.2'
const SETUP = {
  node: 'actions/setup-node@6044e13b5dc448c55e2357c09f80417699197238 # v6.2.0',
  python: 'actions/setup-python@a309ff8b426b58ec0e2a45f0f869d46889d02405 # v6.2.0',
} as const
const SEAMLESS = 'seamless-upgrade/seamless@v0'

/** A first `.github/workflows/seamless.yml`: upgrades on a push to the default branch, plans on pull requests. */
export function workflowText(parts: WorkflowParts): string {
  return `${[...head(parts), ...planJob(parts), '', ...upgradeJob(parts)].join('\n')}\n`
}

function head({ defaultBranch }: WorkflowParts): string[] {
  return [
    '# Written by "seamless init". A push to the default branch is an upgrade; a pull request only shows what would run.',
    'name: Seamless',
    'on:',
    '  push:',
    `    branches: ${list([defaultBranch])}`,
    '  pull_request:',
    `    branches: ${list([defaultBranch])}`,
    '  workflow_dispatch: # by hand, and by Seamless itself: a deployment from elsewhere would bring its own workflow',
    '    inputs:',
    '      operation: { type: choice, options: [run, plan, rollback], default: run, description: What to do }',
    '      environment: { type: string, default: "", description: The environment; all of them without one }',
    '      sha: { type: string, default: "", description: The commit by its full id }',
    '      deployment-id: { type: string, default: "", description: The deployment that this run is for }',
    '      plan-digest: { type: string, default: "", description: The digest of the plan that was approved }',
    '',
    'permissions: {}',
    '',
    'jobs:',
  ]
}

function planJob(parts: WorkflowParts): string[] {
  return [
    '  plan:',
    '    name: Show what would run',
    "    if: github.event_name == 'pull_request'",
    '    runs-on: ubuntu-latest',
    '    concurrency: { group: "seamless-plan-${{ github.ref }}", cancel-in-progress: true }',
    '    permissions:',
    '      contents: read',
    '      deployments: read # what runs where',
    '      checks: read # which of it was healthy',
    '    steps:',
    ...checkout(),
    `      - uses: ${SEAMLESS}`,
    '        with:',
    '          operation: plan',
    ...workingDirectory(parts),
  ]
}

function upgradeJob(parts: WorkflowParts): string[] {
  const { environments } = parts
  const [only, ...more] = environments
  return [
    '  upgrade:',
    '    name: Upgrade',
    "    if: github.event_name != 'pull_request'",
    '    runs-on: ubuntu-latest',
    // The rules and reviewers of an environment hold; the deployment is recorded by Seamless, once.
    ...(more.length === 0
      ? ['    environment:', `      name: ${scalar(only)}`, '      deployment: false # Seamless records it']
      : []),
    '    concurrency: { group: seamless, cancel-in-progress: false } # one upgrade at a time',
    '    permissions:',
    '      contents: write # the branch of an upgrade, the revert of a merge',
    '      pull-requests: write # the pull request of either',
    '      deployments: write # what runs where',
    '      checks: write # the verdict',
    '    steps:',
    ...checkout(),
    ...setup(parts),
    `      - uses: ${SEAMLESS}`,
    '        with:',
    "          operation: ${{ inputs.operation || 'run' }}",
    '          environment: ${{ inputs.environment }}',
    '          sha: ${{ inputs.sha }}',
    '          deployment-id: ${{ inputs.deployment-id }}',
    '          plan-digest: ${{ inputs.plan-digest }}',
    ...workingDirectory(parts),
    ...variables(parts),
  ]
}

function checkout(): string[] {
  return [
    `      - uses: ${CHECKOUT}`,
    '        with:',
    '          fetch-depth: 0 # the difference to the version before',
    '          persist-credentials: false # no step of yours sees a token that it did not declare',
  ]
}

function setup({ setup, versionFile, directory }: WorkflowParts): string[] {
  if (setup === undefined || versionFile === undefined) return []
  const file = directory === '.' ? versionFile : `${directory}/${versionFile}`
  return [
    `      - uses: ${SETUP[setup]}`,
    '        with:',
    `          ${setup}-version-file: ${scalar(file)}`,
  ]
}

function workingDirectory({ directory }: WorkflowParts): string[] {
  return directory === '.' ? [] : [`          working-directory: ${scalar(directory)}`]
}

function variables({ sources, secrets }: WorkflowParts): string[] {
  const lines = [
    ...sources.flatMap(({ name, hasToken }) => {
      const variable = `SEAMLESS_SOURCE_${name.toUpperCase()}`
      const url = `          ${variable}_URL: \${{ vars.${variable}_URL }}`
      return hasToken ? [url, `          ${variable}_TOKEN: \${{ secrets.${variable}_TOKEN }}`] : [url]
    }),
    ...secrets.map((name) => `          ${name}: \${{ secrets.${name} }}`),
  ]
  return lines.length === 0 ? [] : ['        env:', ...lines]
}
