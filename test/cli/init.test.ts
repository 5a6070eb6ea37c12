import { load } from 'js-yaml'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decideInit, type InitDecision } from '../../src/cli/init/decide-init.ts'
import type { RepositoryFacts } from '../../src/cli/init/facts.ts'
import { parseConfig } from '../../src/config/parse.ts'
import type { Config } from '../../src/config/schema.ts'

type Files = Readonly<Record<string, string>>

interface Extras {
  readonly executables?: readonly string[]
  readonly workflows?: Files
  readonly defaultBranch?: string
  readonly directory?: string
}

function facts(files: Files, extras: Extras = {}): RepositoryFacts {
  return {
    files: new Set(Object.keys(files)),
    executables: new Set(extras.executables ?? Object.keys(files).filter((file) => file.endsWith('.sh'))),
    texts: new Map(Object.entries(files)),
    workflows: new Map(Object.entries(extras.workflows ?? {})),
    defaultBranch: extras.defaultBranch ?? 'main',
    directory: extras.directory ?? '.',
  }
}

function init(files: Files, extras: Extras = {}): InitDecision & { parsed: Config } {
  const decision = decideInit(facts(files, extras))
  const read = parseConfig(decision.config, 'seamless.yml')
  if (!read.ok) throw new Error(JSON.stringify(read.errors))
  return { ...decision, parsed: read.config }
}

function manifest(fields: object): string {
  return JSON.stringify(fields)
}

function jest(script: string, devDependencies: object): unknown {
  return init({ 'package.json': manifest({ scripts: { test: script }, devDependencies }) }).parsed.test[0]
}

function why(decision: InitDecision): Record<string, string> {
  return Object.fromEntries(decision.found.map(({ topic, value, why }) => [topic, `${value}: ${why}`]))
}

describe('how it is built and tested', () => {
  test('a Node project with Vitest gets a JUnit report without a change of its own', () => {
    const decision = init({
      'package.json': manifest({ version: '1.4.0', scripts: { test: 'vitest run', build: 'tsc' } }),
      'package-lock.json': '{}',
      '.gitignore': 'node_modules\n/dist/\n',
    })
    expect(decision.parsed.version).toEqual({ file: 'package.json' })
    expect(decision.parsed.build).toMatchObject([
      { name: 'build', run: 'npm ci && npm run build', artifacts: ['dist/**'] },
    ])
    expect(decision.parsed.test).toMatchObject([
      {
        run: 'npm test -- --run --reporter=default --reporter=junit --outputFile.junit=reports/junit.xml',
        junit: ['reports/*.xml'],
        base: 'npm ci',
      },
    ])
    expect(why(decision)).toMatchObject({
      version: 'package.json: package.json has the version 1.4.0',
      build: 'npm ci && npm run build: package.json has a script "build"; .gitignore names dist',
    })
  })

  test.each<[string, Files, string, string | undefined]>([
    ['npm', { 'package-lock.json': '' }, 'npm ci', 'npm test'],
    ['pnpm', { 'pnpm-lock.yaml': '' }, 'corepack enable && pnpm install --frozen-lockfile', 'pnpm run test'],
    ['Yarn 1', { 'yarn.lock': '' }, 'corepack enable && yarn install --frozen-lockfile', 'yarn run test'],
    [
      'Yarn 4',
      { 'yarn.lock': '', '.yarnrc.yml': '' },
      'corepack enable && yarn install --immutable',
      'yarn run test',
    ],
    ['Bun', { 'bun.lock': '' }, 'bun install --frozen-lockfile', 'bun run test'],
    ['no lock file', {}, 'npm install', 'npm test'],
  ])('a Node project with %s', (_, files, install, run) => {
    const { parsed } = init({ 'package.json': manifest({ scripts: { test: 'node --test' } }), ...files })
    expect(parsed.build[0]).toMatchObject({ name: 'install', run: install })
    expect(parsed.test[0]).toMatchObject({ run, junit: [] })
  })

  test('Jest and Mocha report when their reporter is there, and only in a plain script', () => {
    expect(jest('jest --coverage', { 'jest-junit': '16' })).toMatchObject({
      run: 'npm test -- --ci --reporters=default --reporters=jest-junit',
      env: { JEST_JUNIT_OUTPUT_DIR: 'reports' },
    })
    expect(jest('jest', {})).toMatchObject({ run: 'npm test', junit: [] })
    expect(jest('jest && eslint .', { 'jest-junit': '16' })).toMatchObject({ run: 'npm test', junit: [] })
    expect(jest('mocha', { 'mocha-junit-reporter': '2' })).toMatchObject({
      env: { MOCHA_FILE: 'reports/junit.xml' },
    })
  })

  test('the test script that npm init writes is none', () => {
    const script = 'echo "Error: no test specified" && exit 1'
    const decision = init({ 'package.json': manifest({ scripts: { test: script } }) })
    expect(decision.parsed.test).toEqual([])
    expect(decision.todo).toContain('package.json has no script "test": add one, and a `test` step.')
  })

  test.each<[string, Files, string, string]>([
    [
      'uv',
      { 'uv.lock': '', 'pyproject.toml': 'pytest' },
      'uv sync --frozen',
      'uv run python -m pytest --junitxml=reports/pytest.xml',
    ],
    [
      'Poetry',
      { 'poetry.lock': '', 'pytest.ini': '' },
      'poetry install',
      'poetry run python -m pytest --junitxml=reports/pytest.xml',
    ],
    [
      'requirements',
      { 'requirements.txt': 'flask\npytest==8.0' },
      'python3 -m venv .venv && .venv/bin/python -m pip install -r requirements.txt',
      '.venv/bin/python -m pytest --junitxml=reports/pytest.xml',
    ],
    [
      'unittest',
      { 'setup.py': '', 'tests/test_a.py': '' },
      'python3 -m venv .venv && .venv/bin/python -m pip install -e .',
      '.venv/bin/python -m unittest discover',
    ],
  ])('a Python project with %s', (_, files, install, run) => {
    const { parsed } = init(files)
    expect(parsed.build[0]).toMatchObject({ run: install })
    expect(parsed.test[0]).toMatchObject({ run })
  })

  test.each<[string, Files, { build: string; run: string; junit: string[] }]>([
    ['Go', { 'go.mod': '' }, { build: 'go build ./...', run: 'go test ./...', junit: [] }],
    [
      'Go with a Makefile',
      { 'go.mod': '', Makefile: 'test: vet\n\tgo test -race ./...\n' },
      { build: 'go build ./...', run: 'make test', junit: [] },
    ],
    [
      'Rust',
      { 'Cargo.toml': '', 'Cargo.lock': '' },
      { build: 'cargo build --release --locked', run: 'cargo test --locked', junit: [] },
    ],
    [
      'Maven',
      { 'pom.xml': '', mvnw: '' },
      {
        build: './mvnw -B -DskipTests package',
        run: './mvnw -B test',
        junit: ['**/target/surefire-reports/*.xml'],
      },
    ],
    [
      'Gradle',
      { 'build.gradle.kts': '' },
      { build: 'gradle assemble', run: 'gradle test', junit: ['**/build/test-results/test/*.xml'] },
    ],
    [
      'a Makefile',
      { Makefile: 'CC := gcc\nbuild:\n\tmake all\ntest: build\n\t./t\n' },
      { build: 'make build', run: 'make test', junit: [] },
    ],
  ])('%s', (_, files, { build, run, junit }) => {
    const { parsed } = init(files)
    expect(parsed.build[0]).toMatchObject({ run: build })
    expect(parsed.test[0]).toMatchObject({ run, junit })
  })

  test('a repository that says nothing gets no steps, and is told so', () => {
    const decision = init({ 'README.md': '' })
    expect(decision.parsed).toMatchObject({ build: [], test: [], sources: {} })
    expect(decision.parsed.version).toBeUndefined()
    expect(decision.todo[0]).toBe(
      'Nothing here says how the service is built or tested: add `build` and `test` steps.',
    )
  })
})

const commandsIn = ({ environments }: Config) => {
  const deploy = environments['production']?.deploy
  return deploy?.adapter === 'run' ? deploy.run : undefined
}

describe('how it is deployed', () => {
  test('by the scripts of one folder; what is not executable is called by bash', () => {
    const files = {
      'ops/deploy.sh': 'x',
      'ops/status.sh': 'x',
      'ops/rollback': 'x',
      'scripts/deploy.sh': 'x',
    }
    const { parsed } = init(files, { executables: ['ops/deploy.sh', 'ops/rollback'] })
    expect(commandsIn(parsed)).toMatchObject({
      deploy: './ops/deploy.sh',
      status: 'bash ops/status.sh',
      rollback: './ops/rollback',
    })
  })

  test('by scripts of package.json or targets of the Makefile', () => {
    const node = init({ 'package.json': manifest({ scripts: { deploy: 'x', rollback: 'y', version: 'z' } }) })
    expect(commandsIn(node.parsed)).toMatchObject({
      deploy: 'npm run deploy',
      rollback: 'npm run rollback',
    })
    expect(commandsIn(node.parsed)?.status).toBeUndefined()
    const make = init({ Makefile: 'deploy:\n\tx\nstatus:\n\ty\n' })
    expect(commandsIn(make.parsed)).toMatchObject({
      deploy: 'make deploy',
      rollback: 'make deploy',
      status: 'make status',
    })
  })

  test('without anything: a script to write, with what it is given', () => {
    const decision = init({ 'README.md': '' })
    expect(commandsIn(decision.parsed)?.deploy).toBe('./ops/deploy.sh')
    expect(decision.todo.join('\n')).toContain('write ops/deploy.sh. It brings the version SEAMLESS_VERSION')
  })

  test('with the secrets that its scripts read, but not those that no step may have', () => {
    const script =
      'export AWS_TOKEN=x\ncurl -H "$AWS_TOKEN" -H "${FLY_API_TOKEN:?}" $GITHUB_TOKEN $REGION "$DEPLOY_KEY"'
    const decision = init({ 'deploy.sh': script })
    expect(commandsIn(decision.parsed)?.secrets).toEqual(['DEPLOY_KEY', 'FLY_API_TOKEN'])
    expect(decision.workflow).toContain('          FLY_API_TOKEN: ${{ secrets.FLY_API_TOKEN }}')
    expect(decision.todo).toContain(
      'Set the Actions secrets DEPLOY_KEY, FLY_API_TOKEN, if they are not there yet.',
    )
  })

  test('to the environments that the workflows name, in their order', () => {
    const workflows = {
      'cd.yml':
        'jobs: { a: { environment: production }, b: { environment: { name: Staging } }, c: { environment: github-pages } }',
      'x.yml': 'jobs: { a: { environment: "${{ inputs.environment }}" }, b: { environment: "no good" } }',
      'broken.yml': 'jobs: [',
    }
    const decision = init({ 'deploy.sh': 'x' }, { workflows })
    expect(Object.keys(decision.parsed.environments)).toEqual(['Staging', 'production'])
    expect(decision.parsed.environments['production']?.after).toEqual(['Staging'])
    expect(why(decision)['environment']).toBe('Staging: cd.yml names it')
  })

  test('and a workflow that deploys already is named', () => {
    const decision = init(
      { 'deploy.sh': 'x' },
      { workflows: { 'cd.yml': 'jobs: { a: { steps: [{ run: ./deploy.sh }] } }' } },
    )
    expect(decision.todo).toContain(
      '.github/workflows/cd.yml deploys too: take deploy.sh out of it, or both will.',
    )
  })
})

describe('what is watched', () => {
  const deploy = { 'deploy.sh': 'x', 'weight.sh': 'x' }

  test('the metrics and the endpoint that its own sources have: then a merge is reverted', () => {
    const { parsed } = init({
      ...deploy,
      'src/metrics.ts':
        "new Counter({ name: 'http_requests_total', labelNames: ['status_code'] })\nnew Histogram({ name: 'http_request_duration_seconds' })",
      'src/app.ts': "app.get('/healthz', ok)",
      'test/app.test.ts': "get('/readyz')",
    })
    expect(parsed.sources).toEqual({
      main: { type: 'prometheus', timeoutMs: 10_000 },
      site: { type: 'probe' },
    })
    expect(parsed.environments['production']).toMatchObject({
      revert: 'auto',
      traffic: { run: './weight.sh', steps: [10, 50, 100] },
      health: {
        source: 'main',
        baseline: { kind: 'before', beforeMs: 7_200_000 },
        checks: {
          errors: {
            kind: 'ratio',
            bad: {
              metric: 'http_requests_total',
              matchers: [{ label: 'status_code', operator: '=~', value: '5..' }],
            },
            max: 0.05,
          },
          latency: { kind: 'histogram' },
          answers: { kind: 'probe', source: 'site', probe: '/healthz' },
        },
      },
    })
  })

  test.each<[string, Files, string]>([
    [
      'express-prom-bundle',
      { 'package.json': manifest({ dependencies: { 'express-prom-bundle': '8' } }) },
      'http_request_duration_seconds_count',
    ],
    ['FastAPI', { 'requirements.txt': 'prometheus-fastapi-instrumentator' }, 'http_requests_total'],
    ['Django', { 'pyproject.toml': 'django-prometheus' }, 'django_http_responses_total_by_status_total'],
    ['Spring', { 'pom.xml': 'micrometer-registry-prometheus' }, 'http_server_requests_seconds_count'],
  ])('the metrics of %s', (_, files, total) => {
    const { parsed } = init({ ...deploy, ...files })
    expect(parsed.environments['production']?.health?.checks['errors']).toMatchObject({
      total: { metric: total },
    })
  })

  test('an endpoint alone: reverts are proposed, and traffic goes in steps all the same', () => {
    const { parsed } = init({ ...deploy, 'app.py': '@app.get("/health")' })
    expect(parsed.environments['production']).toMatchObject({
      revert: 'propose',
      health: { source: 'site', checks: { answers: { probe: '/health' } } },
    })
    expect(parsed.environments['production']?.traffic).toBeDefined()
  })

  test('nothing, where nothing is to be seen; then no step is taken on faith', () => {
    const decision = init(deploy)
    expect(decision.parsed.environments['production']).toMatchObject({ revert: 'off' })
    expect(decision.parsed.environments['production']).not.toHaveProperty('health')
    expect(decision.parsed.environments['production']).not.toHaveProperty('traffic')
    expect(decision.todo.join('\n')).toContain('No metrics of requests were found')
  })
})

describe('the workflow', () => {
  interface Job {
    readonly if: string
    readonly environment?: unknown
    readonly permissions: Record<string, string>
    readonly steps: {
      uses: string
      run?: string
      with?: Record<string, unknown>
      env?: Record<string, string>
    }[]
  }
  const read = (
    text: string,
  ): { permissions: object; on: Record<string, unknown>; jobs: Record<string, Job> } =>
    load(text) as ReturnType<typeof read>
  const files = {
    'deploy.sh': '$FLY_API_TOKEN',
    'package.json': manifest({ engines: { node: '24' } }),
    'a.js': '"/healthz"',
  }

  test('upgrades on a push to the default branch and plans on a pull request, with no more rights than each needs', () => {
    const { on, permissions, jobs } = read(init(files, { defaultBranch: 'trunk' }).workflow)
    expect(on).toMatchObject({ push: { branches: ['trunk'] }, pull_request: { branches: ['trunk'] } })
    expect(Object.keys((on['workflow_dispatch'] as { inputs: object }).inputs)).toEqual([
      'operation',
      'environment',
      'sha',
      'deployment-id',
      'plan-digest',
      'request-id',
    ])
    expect(permissions).toEqual({})
    expect(jobs['plan']).toMatchObject({
      if: "github.event_name == 'pull_request'",
      permissions: { contents: 'read' },
    })
    expect(jobs['plan']?.steps.at(-1)?.with).toEqual({ operation: 'plan' })
    expect(jobs['upgrade']).toMatchObject({
      if: "github.event_name != 'pull_request' && github.event_name != 'issue_comment' && inputs.operation != 'plan'",
      environment: {
        name: "${{ inputs.operation == 'rollback' && 'production-rollback' || 'production' }}",
        deployment: false,
      },
      permissions: { contents: 'write', 'pull-requests': 'write', deployments: 'write', checks: 'write' },
    })
  })

  test('answers commands by a job without a checkout, that no other comment starts', () => {
    const { on, jobs } = read(init(files).workflow)
    expect(on['issue_comment']).toEqual({ types: ['created'] })
    const { command, settle } = jobs
    expect(command?.if).toContain("startsWith(github.event.comment.body, '/')")
    expect(command?.if).toContain('github.event.issue.pull_request')
    const steps = [command, settle].flatMap((job) => job?.steps ?? [])
    expect(steps.map((step) => step.with?.['operation'])).toEqual(['command', 'settle'])
  })

  test('P02 I06 names other actions by commit, keeps no credentials, and runs no text of its own', () => {
    const { workflow } = init(files)
    const steps = Object.values(read(workflow).jobs).flatMap((job) => job.steps)
    const others = steps.map(({ uses }) => uses).filter((uses) => uses.startsWith('actions/'))
    expect(others.length).toBeGreaterThan(2)
    expect(others.filter((uses) => !/@[\da-f]{40}$/.test(uses))).toEqual([])
    expect(steps.filter(({ run }) => run !== undefined)).toEqual([])
    const checkouts = steps.filter(({ uses }) => uses.startsWith('actions/checkout'))
    expect(checkouts.map((step) => step.with?.['persist-credentials'])).toEqual([false, false, false])
    // Where GitHub itself compares it, and in the name of a group: nowhere that a shell or an Action reads.
    const uses = workflow.split('\n').filter((line) => line.includes('github.event.'))
    expect(uses.map((line) => /^ +(if|concurrency):/.exec(line)?.[1])).toEqual(['if', 'concurrency'])
  })

  test('hands over the sources and secrets that the config names', () => {
    const upgrade = read(init(files).workflow).jobs['upgrade']
    expect(upgrade?.steps.at(-1)?.env).toEqual({
      SEAMLESS_SOURCE_SITE_URL: '${{ vars.SEAMLESS_SOURCE_SITE_URL }}',
      FLY_API_TOKEN: '${{ secrets.FLY_API_TOKEN }}',
    })
  })

  test('of a service in a folder names the folder', () => {
    const { workflow } = init(files, { directory: 'services/orders' })
    const steps = read(workflow).jobs['upgrade']?.steps
    expect(steps?.at(-1)?.with).toMatchObject({ 'working-directory': 'services/orders' })
    expect(steps?.[1]?.with).toEqual({ 'node-version-file': 'services/orders/package.json' })
  })

  test('of several environments names none: one job goes through them all', () => {
    const workflows = { 'cd.yml': 'jobs: { a: { environment: staging }, b: { environment: production } }' }
    expect(read(init(files, { workflows }).workflow).jobs['upgrade']).not.toHaveProperty('environment')
  })
})

test('whatever a repository holds, what is written can be read', () => {
  const name = fc.constantFrom(
    'package.json',
    'Makefile',
    'pyproject.toml',
    'go.mod',
    'pom.xml',
    'VERSION',
    'deploy.sh',
    'ops/deploy',
    'ops/weight.sh',
    'src/a.js',
    'requirements.txt',
    '.gitignore',
  )
  const text = fc.oneof(
    fc.string({ maxLength: 80 }),
    fc.jsonValue({ maxDepth: 2 }).map((value) => JSON.stringify(value)),
    fc
      .record({
        version: fc.string(),
        scripts: fc.dictionary(fc.constantFrom('test', 'build', 'deploy'), fc.string()),
      })
      .map((value) => JSON.stringify(value)),
    fc.constantFrom(
      '"/healthz" "http_requests_total" "code" "http_request_duration_seconds"',
      'test:\n\tx\ndeploy:\n\ty',
      '$A_TOKEN ${B_SECRET}',
      'dist\n',
    ),
  )
  const branch = fc.stringMatching(/^[a-z][\w/,#&!-]{0,20}$/)
  fc.assert(
    fc.property(fc.dictionary(name, text, { noNullPrototype: true }), branch, (files, defaultBranch) => {
      const decision = decideInit(facts(files, { defaultBranch }))
      expect(parseConfig(decision.config, 'x')).toMatchObject({ ok: true })
      expect(load(decision.workflow)).toMatchObject({ on: { push: { branches: [defaultBranch] } } })
    }),
    { numRuns: 500 },
  )
})
