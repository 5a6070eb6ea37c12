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

/**
 * A first `.github/workflows/seamless.yml`: upgrades on a push to the default branch and on a command in a pull request, plans
 * on pull requests. Without a server the workflow answers the commands itself.
 */
export function workflowText(parts: WorkflowParts): string {
  const jobs = [commandJob(), planJob(parts), dryRunJob(parts), upgradeJob(parts), settleJob()]
  return `${[...head(parts), ...jobs.flatMap((job, index) => (index === 0 ? job : ['', ...job]))].join('\n')}\n`
}

function head({ defaultBranch }: WorkflowParts): string[] {
  return [
    '# Written by "seamless init". A push to the default branch is an upgrade, and so is a command in a pull request',
    '# ("/help" there lists them); a pull request by itself only shows what would run.',
    'name: Seamless',
    "run-name: \"${{ inputs.request-id && format('Seamless {0} {1} #{2}', inputs.operation, inputs.environment, inputs.request-id) || '' }}\"",
    'on:',
    '  push:',
    `    branches: ${list([defaultBranch])}`,
    '  pull_request:',
    `    branches: ${list([defaultBranch])}`,
    '  # "/deploy" in a pull request; the job that answers has no checkout and asks GitHub who may do what.',
    '  issue_comment: # zizmor: ignore[dangerous-triggers]',
    '    types: [created]',
    '  workflow_dispatch: # by hand, and by Seamless itself: a deployment from elsewhere would bring its own workflow',
    '    inputs:',
    '      operation: { type: choice, options: [run, plan, rollback], default: run, description: What to do }',
    '      environment: { type: string, default: "", description: The environment; all of them without one }',
    '      sha: { type: string, default: "", description: The commit by its full id }',
    '      deployment-id: { type: string, default: "", description: The deployment that this run is for }',
    '      plan-digest: { type: string, default: "", description: The digest of the plan that was approved }',
    '      request-id: { type: string, default: "", description: What asked for it }',
    '',
    'permissions: {}',
    '',
    'jobs:',
  ]
}

function commandJob(): string[] {
  return [
    '  command:',
    '    name: Answer a command',
    '    # A comment that is no command starts no runner.',
    "    if: github.event_name == 'issue_comment' && github.event.issue.pull_request && startsWith(github.event.comment.body, '/')",
    '    runs-on: ubuntu-latest',
    '    timeout-minutes: 20',
    '    concurrency: { group: "seamless-command-${{ github.event.comment.id }}", cancel-in-progress: false }',
    '    permissions:',
    '      contents: write # the locks, which are git refs',
    '      pull-requests: write # the answer',
    '      deployments: write # what is about to run where',
    '      actions: write # starts the run',
    '      checks: write # those that the pull request needs; that /accept calls a version well',
    '      statuses: read # the same',
    '    steps: # no checkout: nothing of a pull request comes near these rights',
    `      - uses: ${SEAMLESS}`,
    '        with:',
    '          operation: command',
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

function dryRunJob(parts: WorkflowParts): string[] {
  return [
    '  dry-run:',
    '    name: Show what was asked for',
    "    if: github.event_name == 'workflow_dispatch' && inputs.operation == 'plan'",
    '    runs-on: ubuntu-latest',
    '    concurrency: { group: "seamless-${{ inputs.request-id || github.run_id }}", cancel-in-progress: false }',
    '    permissions:',
    '      contents: read',
    '      pull-requests: write # the answer',
    '      deployments: read # what runs where',
    '      checks: write # the plan, for whoever asked for it',
    '    steps:',
    ...checkout(),
    `      - uses: ${SEAMLESS}`,
    '        with:',
    '          operation: plan',
    '          environment: ${{ inputs.environment }}',
    '          sha: ${{ inputs.sha }}',
    '          request-id: ${{ inputs.request-id }}',
    ...workingDirectory(parts),
  ]
}

function settleJob(): string[] {
  return [
    '  settle:',
    '    name: Say that nothing came of it',
    '    needs: upgrade',
    '    # Cancelled while it waited, refused by a reviewer, its runner lost: then the upgrade cannot say so itself.',
    "    if: always() && inputs.deployment-id != '' && needs.upgrade.outputs.decision == ''",
    '    runs-on: ubuntu-latest',
    '    concurrency: { group: "seamless-settle-${{ inputs.request-id || github.run_id }}", cancel-in-progress: false }',
    '    permissions:',
    '      contents: write # the lock',
    '      pull-requests: write # the answer',
    '      deployments: write # closes the deployment',
    '      checks: read # how it was taken, where it came so far',
    '    steps:',
    `      - uses: ${SEAMLESS}`,
    '        with:',
    '          operation: settle',
    '          environment: ${{ inputs.environment }}',
    '          deployment-id: ${{ inputs.deployment-id }}',
    '          request-id: ${{ inputs.request-id }}',
  ]
}

function upgradeJob(parts: WorkflowParts): string[] {
  const { environments } = parts
  const [only, ...more] = environments
  return [
    '  upgrade:',
    '    name: Upgrade',
    "    if: github.event_name != 'pull_request' && github.event_name != 'issue_comment' && inputs.operation != 'plan'",
    '    runs-on: ubuntu-latest',
    // The rules and reviewers of an environment hold; the deployment is recorded by Seamless, once.
    ...(more.length === 0 ? environment(only) : []),
    '    # Of runs that wait in one group GitHub keeps the newest, which is right for pushes; a command has its own.',
    "    concurrency: { group: \"seamless-${{ inputs.request-id || (inputs.operation == 'rollback' && 'rollback' || 'upgrade') }}\", cancel-in-progress: false }",
    '    permissions:',
    '      contents: write # the branch of an upgrade, the revert of a merge, the locks',
    '      pull-requests: write # the pull request of either, the answer to a command',
    '      deployments: write # what runs where',
    '      checks: write # the verdict',
    '      actions: read # whether the run that has a lock still works',
    '    outputs:',
    '      decision: ${{ steps.upgrade.outputs.decision }}',
    '    steps:',
    ...checkout(),
    ...setup(parts),
    '      - id: upgrade',
    `        uses: ${SEAMLESS}`,
    '        with:',
    "          operation: ${{ inputs.operation || 'run' }}",
    '          environment: ${{ inputs.environment }}',
    '          sha: ${{ inputs.sha }}',
    '          deployment-id: ${{ inputs.deployment-id }}',
    '          plan-digest: ${{ inputs.plan-digest }}',
    '          request-id: ${{ inputs.request-id }}',
    ...workingDirectory(parts),
    ...variables(parts),
  ]
}

function environment(name: string): string[] {
  return [
    '    environment:',
    '      # A rollback must not wait for the reviewers of an upgrade: its environment has the same secrets and no reviewers.',
    `      name: \${{ inputs.operation == 'rollback' && '${name}-rollback' || '${name}' }}`,
    '      deployment: false # Seamless records it',
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
