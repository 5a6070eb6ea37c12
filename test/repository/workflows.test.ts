import { load } from 'js-yaml'
import { describe, expect, it, test } from 'vitest'
import { lintWorkflow } from '../../scripts/lint-workflow.ts'
import { contractOf } from '../../scripts/misuses.ts'
import { workflowRows } from '../../src/cli/doctor/workflow-rows.ts'
import { decideInit } from '../../src/cli/init/decide-init.ts'
import { parseConfig } from '../../src/config/parse.ts'
import { renderExpressions } from '../support/github/expression.ts'
import { read, snippets, trackedFiles } from './tree.ts'
import { usedIn, violationsOf } from './workflow-policy.ts'

const contract = contractOf(load(read('action.yml')))

/** As `seamless init` writes it, for a repository of everything that it can see. */
const written = decideInit({
  files: new Set(['package.json', 'VERSION', 'ops/deploy.sh', 'server.js', '.nvmrc']),
  executables: new Set(['ops/deploy.sh']),
  texts: new Map([
    ['package.json', '{"scripts":{"test":"x"}}'],
    ['ops/deploy.sh', 'x "$DEPLOY_KEY"'],
    ['server.js', '"/healthz" "http_requests_total" "code"'],
  ]),
  workflows: new Map(),
  defaultBranch: 'main',
  directory: '.',
}).workflow

const workflows = new Map([
  ...trackedFiles('.github/workflows', 'examples/workflow*.yml').map((path) => [path, read(path)] as const),
  ['what init writes', written],
  ...snippets()
    .filter(({ language, text }) => language === 'yaml' && /^jobs:/m.test(text))
    .map(({ document, text }) => [`a snippet of ${document}`, text] as const),
])

test('there are workflows of ours to look at', () => {
  expect([...workflows.keys()]).toEqual(
    expect.arrayContaining([
      '.github/workflows/ci.yml',
      'examples/workflow.yml',
      'examples/workflow-app.yml',
      'what init writes',
    ]),
  )
})

describe.each([...workflows])('%s', (path, text) => {
  it('P02 I06 P07 P08 pins what it uses, names its rights and pastes nothing into a script', () => {
    expect(violationsOf(text)).toEqual([])
  })

  it('P03 is clean by GitHub’s own language service and by actionlint', async () => {
    expect(await lintWorkflow(path, text, contract)).toEqual([])
  })
})

test('P03 action.yml is clean by GitHub’s own language service', async () => {
  expect(await lintWorkflow('action.yml', read('action.yml'), contract)).toEqual([])
})

test('the same action is pinned to the same commit everywhere', () => {
  const pins = Map.groupBy([...workflows.values()].flatMap(usedIn), ({ name }) => name)
  expect(pins.size).toBeGreaterThan(2)
  const several = [...pins].filter(
    ([, used]) => new Set(used.map(({ pin, version }) => pin + version)).size > 1,
  )
  expect(several).toEqual([])
})

describe('the policy finds what it must', () => {
  const good = read('examples/workflow.yml')
  test.each<[string, (text: string) => string, RegExp]>([
    ['a tag', (text) => text.replace(/checkout@[\da-f]{40} # \S+/, 'checkout@v6'), /can be moved/],
    [
      'a pin that does not say which version it is',
      (text) => text.replaceAll(/ # v\d.*/g, ''),
      /can be moved/,
    ],
    ['rights for all jobs', (text) => text.replace('permissions: {}', 'permissions: write-all'), /not empty/],
    [
      'a job without rights of its own',
      (text) => text.replace(/ {4}permissions:\n {6}contents: read\n/, ''),
      /job plan/,
    ],
    [
      'a kept token',
      (text) => text.replace('persist-credentials: false', 'persist-credentials: true'),
      /token/,
    ],
    [
      'a title in a script',
      (text) => `${text}      - run: echo \${{ github.event.pull_request.title }}\n`,
      /pastes/,
    ],
    ['an input in a script', (text) => `${text}      - run: |\n          echo \${{inputs.sha}}\n`, /pastes/],
    [
      'pull_request_target',
      (text) => text.replace('pull_request:', 'pull_request_target:'),
      /pull_request_target/,
    ],
  ])('%s', (_, spoil, found) => {
    expect(spoil(good)).not.toBe(good)
    expect(violationsOf(spoil(good)).join('\n')).toMatch(found)
  })

  test.each([
    ['an input that the Action does not have', 'operation: plan', 'operatoin: plan', /no input "operatoin"/],
    ['an output that it does not have', 'outputs.receipt', 'outputs.reciept', /no output "reciept"/],
    ['a right that there is not', 'contents: read', 'contens: read', /contens/],
  ])('%s', async (_, from, to, found) => {
    expect((await lintWorkflow('x.yml', good.replace(from, to), contract)).join('\n')).toMatch(found)
  })
})

describe('examples/workflow.yml', () => {
  const text = read('examples/workflow.yml')

  it('hands over all that examples/seamless.yml needs, with the rights that an upgrade needs', () => {
    const parsed = parseConfig(read('examples/seamless.yml'), 'seamless.yml')
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors))
    const rows = (test = parsed.config.test) =>
      workflowRows(new Map([['seamless.yml', text]]), { ...parsed.config, test }).filter(
        ({ state }) => state !== 'ok',
      )
    // Few start other workflows, and nobody else needs the right to.
    expect(rows(parsed.config.test.filter(({ adapter }) => adapter !== 'workflow'))).toEqual([])
    expect(rows().map(({ todo }) => todo)).toEqual(['Add "actions: write" to the permissions of this job.'])
  })
})

const inputs = ['operation', 'environment', 'sha', 'deployment-id', 'plan-digest', 'request-id']

describe.each([
  ['examples/workflow.yml', read('examples/workflow.yml')],
  ['examples/workflow-app.yml', read('examples/workflow-app.yml')],
  ['what init writes', written],
])('%s', (_, text) => {
  const { on, jobs, ...rest } = load(text) as Workflow

  it('can be dispatched with what Seamless dispatches, and hands each on to the Action', () => {
    expect(Object.keys(on.workflow_dispatch.inputs)).toEqual(inputs)
    expect(Object.keys(jobs['upgrade']?.steps.find(({ id }) => id === 'upgrade')?.with ?? {})).toEqual(inputs)
  })

  it('is called by what asked for it, and by nothing where nobody asked', () => {
    const name = (given: Record<string, string>): string =>
      renderExpressions(rest['run-name'], {
        inputs: { ...Object.fromEntries(inputs.map((one) => [one, ''])), ...given },
      })
    expect(name({ operation: 'run', environment: 'staging', 'request-id': 'comment-7' })).toBe(
      'Seamless run staging #comment-7',
    )
    expect(name({})).toBe('')
  })

  it('L04 lets no command wait in a group with another', () => {
    const group = (given: Record<string, string>): string =>
      renderExpressions(jobs['upgrade']?.concurrency.group ?? '', {
        inputs: { operation: '', 'request-id': '', ...given },
      })
    expect(group({ 'request-id': 'comment-7' })).not.toBe(group({ 'request-id': 'comment-8' }))
    expect(group({})).toBe(group({ operation: 'run' }))
    expect(group({ operation: 'rollback' })).not.toBe(group({}))
  })
})

describe('who answers commands', () => {
  it('is one job without a checkout where there is no server, and none where there is one', () => {
    const { on, jobs } = load(read('examples/workflow.yml')) as Workflow
    expect(on['issue_comment']).toEqual({ types: ['created'] })
    const answering = Object.values(jobs).filter(({ steps }) =>
      steps.some((step) => step.with?.['operation'] === 'command'),
    )
    expect(answering.map(({ steps }) => steps.length)).toEqual([1])
    const app = load(read('examples/workflow-app.yml')) as Workflow
    expect(app.on).not.toHaveProperty('issue_comment')
    expect(Object.keys(app.jobs)).toEqual(['plan', 'dry-run', 'upgrade'])
  })
})

interface Workflow {
  readonly 'run-name': string
  readonly on: { workflow_dispatch: { inputs: object } } & Record<string, unknown>
  readonly jobs: Record<
    string,
    { concurrency: { group: string }; steps: { id?: string; with?: Record<string, unknown> }[] }
  >
}
