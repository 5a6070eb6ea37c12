import { readFileSync } from 'node:fs'
import { load } from 'js-yaml'
import { expect, test } from 'vitest'
import { parseConfig } from '../../src/config/parse.ts'
import { publishedSchema } from '../../src/config/published-schema.ts'
import type { Config } from '../../src/config/schema.ts'

const text = readFileSync(new URL('../../examples/seamless.yml', import.meta.url), 'utf8')

function parsed(source: string): Config {
  const read = parseConfig(source, 'seamless.yml')
  if (!read.ok) throw new Error(JSON.stringify(read.errors))
  return read.config
}

/** What holds where nothing is said. */
const REQUIRES = {
  checks: 'required',
  reviews: 'as-branch',
  upToDate: true,
  readyForReview: true,
  sameRepository: true,
  secondPerson: false,
  base: [],
}
const NO_EXTRAS = { working: '.', env: {}, secrets: [] }

test('the example reads as typed values, with the defaults in', () => {
  const { environments, ...rest } = parsed(text)
  expect(rest).toEqual({
    driver: 'action',
    workflow: 'seamless.yml',
    version: { file: 'VERSION' },
    sources: {
      main: { type: 'prometheus', timeoutMs: 10_000, tolerateWarnings: false },
      pages: { type: 'scrape', timeoutMs: 5000 },
      site: { type: 'probe' },
      queue: { type: 'probe' },
      graphs: { type: 'grafana', timeoutMs: 10_000, annotate: true },
    },
    upgrade: {
      base: 'main',
      branch: 'upgrade/{version}',
      change: 'npm update --save && npm version minor --no-git-tag-version',
      message: 'Upgrade from {previous} to {version}',
      author: 'Seamless <seamless@users.noreply.github.com>',
      pullRequest: { title: 'Upgrade to {version}', body: 'Made by Seamless from {previous}.', draft: false },
    },
    build: [
      {
        adapter: 'run',
        name: 'bundle',
        run: 'npm ci && npm run build',
        artifacts: ['dist/**'],
        env: { NODE_ENV: 'production' },
        secrets: ['NPM_TOKEN'],
        working: '.',
        timeoutMs: 600_000,
        undo: 'rm -rf dist',
      },
      {
        ...NO_EXTRAS,
        adapter: 'docker',
        name: 'image',
        docker: {
          image: 'registry.example.org/shop/api',
          context: '.',
          file: 'Dockerfile',
          target: 'runtime',
          args: { VERSION: '{version}' },
          tags: ['{version}'],
          secrets: { npm: 'NPM_TOKEN' },
        },
        secrets: ['NPM_TOKEN'],
        timeoutMs: 1_800_000,
      },
    ],
    test: [
      {
        ...NO_EXTRAS,
        adapter: 'run',
        name: 'unit',
        run: 'npm test',
        junit: ['reports/*.xml'],
        base: 'npm ci',
        timeoutMs: 1_200_000,
      },
      {
        ...NO_EXTRAS,
        adapter: 'previous',
        name: 'users-of-{previous}',
        previous: 'npm ci && npm run test:api',
        junit: ['reports/*.xml'],
        accepts: ['orders api › GET /v1/orders has no total'],
        timeoutMs: 1_800_000,
      },
      {
        adapter: 'openapi',
        name: 'api',
        openapi: 'openapi.yaml',
        accepts: ['openapi › GET /v1/orders: response property "total" removed'],
      },
      {
        adapter: 'jenkins',
        name: 'integration',
        jenkins: {
          job: 'team/shop-integration',
          parameters: { COMMIT: '{sha}', VERSION: '{version}' },
          requestParameter: 'SEAMLESS_REQUEST',
          junit: true,
        },
        timeoutMs: 2_700_000,
      },
      {
        adapter: 'travis',
        name: 'platforms',
        travis: {
          repository: 'example/shop',
          branch: '{branch}',
          variables: { SHOP_VERSION: '{version}' },
        },
        timeoutMs: 1_800_000,
      },
      {
        adapter: 'workflow',
        name: 'browsers',
        workflow: 'browsers.yml',
        inputs: { commit: '{sha}' },
        artifact: 'reports',
        junit: ['**/*.xml'],
        timeoutMs: 1_800_000,
      },
    ],
  })
  expect(Object.keys(environments)).toEqual(['staging', 'production', 'europe', 'asia', 'africa'])
  expect(environments['africa']!.deploy).toEqual({
    adapter: 'ansible',
    ansible: {
      ...NO_EXTRAS,
      playbook: 'ops/deploy.yml',
      rollback: 'ops/back.yml',
      status: 'ops/status.yml',
      inventory: ['inventory/africa'],
      limit: 'web:!web9',
      tags: ['release'],
      vars: { region: 'af-1', workers: 4 },
      vault: 'VAULT_PASSWORD',
      key: 'DEPLOY_SSH_KEY',
      secrets: ['VAULT_PASSWORD', 'DEPLOY_SSH_KEY'],
      timeoutMs: 1_800_000,
    },
  })
  expect(environments['europe']!.deploy).toEqual({
    adapter: 'kubernetes',
    kubernetes: {
      kustomize: 'k8s/europe',
      namespace: 'shop',
      context: 'europe',
      prune: 'app.kubernetes.io/part-of=shop',
      conflicts: 'refuse',
      history: 5,
      working: '.',
      env: {},
      secrets: [],
      timeoutMs: 600_000,
    },
  })
  expect(environments['asia']!.deploy).toMatchObject({ kubernetes: { manifests: ['k8s/asia'] } })
  const { health, ...staging } = environments['staging']!
  expect(staging).toEqual({
    after: [],
    allow: {},
    requires: REQUIRES,
    deploy: {
      adapter: 'run',
      run: {
        ...NO_EXTRAS,
        deploy: './ops/deploy.sh',
        status: './ops/status.sh',
        rollback: './ops/rollback.sh',
        timeoutMs: 600_000,
      },
    },
    revert: 'off',
    shadow: false,
  })
  const defaults = { worseBy: 0.1, consecutive: 3, weight: 1 }
  expect(health).toMatchObject({
    source: 'main',
    live: { metric: 'app_build_info', matchers: [{ label: 'commit', operator: '=', value: '{sha}' }] },
    baseline: { kind: 'before', beforeMs: 7_200_000, sameTime: 'day' },
    checks: {
      errors: { kind: 'ratio', ...defaults, atLeast: 0.0005 },
      latency: { kind: 'histogram', ...defaults, atLeast: 0.002, quantile: 0.99 },
    },
  })
})

test('the example’s production is deployed in steps and judged by what it says', () => {
  const { health, ...rest } = parsed(text).environments['production']!
  expect(rest).toEqual({
    after: ['staging'],
    allow: {
      deploy: [
        { kind: 'role', role: 'maintain' },
        { kind: 'team', team: 'acme/releases' },
        { kind: 'user', login: 'octocat' },
      ],
      plan: [{ kind: 'role', role: 'triage' }],
      rollback: [{ kind: 'role', role: 'write' }],
      revert: [{ kind: 'role', role: 'write' }],
      promote: [{ kind: 'role', role: 'maintain' }],
      accept: [{ kind: 'role', role: 'maintain' }],
      pause: [{ kind: 'role', role: 'write' }],
      continue: [{ kind: 'role', role: 'write' }],
      lock: [{ kind: 'role', role: 'write' }],
      unlock: [{ kind: 'role', role: 'write' }],
      resolve: [{ kind: 'role', role: 'maintain' }],
      unquarantine: [
        { kind: 'role', role: 'admin' },
        { kind: 'id', id: 583_231 },
      ],
      autorevert: [{ kind: 'role', role: 'maintain' }],
    },
    requires: REQUIRES,
    deploy: {
      adapter: 'run',
      run: {
        working: '.',
        deploy: './ops/deploy.sh',
        status: './ops/status.sh',
        rollback: './ops/rollback.sh',
        diff: './ops/diff.sh',
        env: { REGION: 'eu-1' },
        secrets: ['DEPLOY_KEY'],
        timeoutMs: 600_000,
      },
    },
    traffic: {
      ...NO_EXTRAS,
      adapter: 'run',
      run: './ops/weight.sh',
      steps: [10, 50, 100],
      timeoutMs: 60_000,
    },
    revert: 'auto',
    shadow: false,
  })
  const { checks, ...watch } = health!
  expect(watch).toEqual({
    source: 'main',
    everyMs: 15_000,
    graceMs: 60_000,
    holdMs: 300_000,
    watchMs: 1_800_000,
    dashboard: 'https://grafana.example.org/d/shop?from={from}&to={to}',
    candidate: { version: '{version}' },
    baseline: { kind: 'concurrent', labels: { version: '{previous}' } },
  })
  expect(Object.entries(checks).map(([name, check]) => `${name}: ${check.kind}`)).toEqual([
    'errors: ratio',
    'latency: histogram',
    'calls: traffic',
    'memory: gauge',
    'workers: gauge',
    'answers: probe',
    'queue: probe',
    'alarms: probe',
  ])
  expect(checks).toMatchObject({
    errors: { max: 0.01, consecutive: 3, worseBy: 0.1, atLeast: 0.0005, weight: 3 },
    latency: { quantile: 0.99, max: { value: 0.3, unit: 'seconds' } },
    calls: { atLeast: 0.2, weight: 1 },
    memory: { max: { value: 512 * 1024 * 1024, unit: 'bytes' } },
    workers: { min: { value: 1, unit: 'none' } },
    answers: {
      source: 'site',
      probe: '/healthz',
      statuses: [200],
      method: 'GET',
      body: 'ok',
      headers: { 'Content-Type': '^text/' },
      certificateMs: 14 * 86_400_000,
      timeoutMs: 2000,
    },
    alarms: { source: 'graphs', alerts: { folder: 'Shop', labels: { severity: 'page' } }, consecutive: 3 },
    queue: {
      source: 'queue',
      connect: 'tls',
      certificateMs: 14 * 86_400_000,
      timeoutMs: 5000,
      consecutive: 3,
    },
  })
})

test('the example shows every key that the schema knows', () => {
  const shown = keysOf(load(text))
  expect([...schemaKeys(publishedSchema())].filter((key) => !shown.has(key))).toEqual([])
})

test('off is a word, as YAML 1.2 has it, with quotes and without', () => {
  expect(text).toContain('revert: off\n')
  expect(parsed(text.replace('revert: off', 'revert: "off"'))).toEqual(parsed(text))
})

test('little is needed: a driver, and an environment with its deployer', () => {
  const source = 'driver: action\nenvironments:\n  live:\n    deploy: { run: { deploy: a, rollback: b } }\n'
  expect(parsed(source)).toEqual({
    driver: 'action',
    workflow: 'seamless.yml',
    sources: {},
    build: [],
    test: [],
    environments: {
      live: {
        after: [],
        allow: {},
        requires: REQUIRES,
        deploy: { adapter: 'run', run: { ...NO_EXTRAS, deploy: 'a', rollback: 'b', timeoutMs: 600_000 } },
        revert: 'off',
        shadow: false,
      },
    },
  })
})

test('without a version file the commit message names only version n', () => {
  expect(parsed(withUpgrade('')).upgrade?.message).toBe('Upgrade from {previous}')
  expect(parsed(withUpgrade('version: { file: V }\n')).upgrade?.message).toBe(
    'Upgrade from {previous} to {version}',
  )
})

test('the App may drive, and the workflow may have another name', () => {
  const source =
    'driver: app\nworkflow: deploy.yaml\nenvironments: { live: { deploy: { run: { deploy: a, rollback: b } } } }\n'
  expect(parsed(source)).toMatchObject({ driver: 'app', workflow: 'deploy.yaml' })
})

test('a configuration survives JSON: a journal and a watch keep it', () => {
  const config = parsed(text)
  expect(JSON.parse(JSON.stringify(config))).toEqual(config)
})

function withUpgrade(more: string): string {
  const environments = 'environments: { a: { deploy: { run: { deploy: a, rollback: b } } } }'
  return `driver: action\n${more}upgrade: { branch: up, change: x }\n${environments}`
}

function keysOf(value: unknown): Set<string> {
  if (typeof value !== 'object' || value === null) return new Set()
  const own = Array.isArray(value) ? [] : Object.keys(value)
  return new Set(own.concat(...Object.values(value).map((child) => Array.from(keysOf(child)))))
}

type Schema = ReturnType<typeof publishedSchema>

function schemaKeys(schema: Schema): Set<string> {
  const children = [
    ...Object.values(schema.properties ?? {}),
    ...(schema.anyOf ?? []),
    ...(schema.oneOf ?? []),
    schema.items,
    schema.additionalProperties,
  ].filter((child): child is Schema => typeof child === 'object' && child !== null && !Array.isArray(child))
  const own = Object.keys(schema.properties ?? {})
  return new Set(own.concat(...children.map((child) => Array.from(schemaKeys(child)))))
}
