import { z } from 'zod'
import type { Found, RepositoryFacts } from './facts.ts'
import { type BuildCommand, NO_REPORT, type TestCommand, type Toolchain } from './toolchain.ts'

const names = z.record(z.string(), z.unknown()).catch({})
const manifest = z.looseObject({
  version: z.string().optional().catch(undefined),
  scripts: z.record(z.string(), z.string()).catch({}).default({}),
  dependencies: names.default({}),
  devDependencies: names.default({}),
})

export type NodeManifest = z.output<typeof manifest>

/** `package.json`, or nothing where there is none that can be read. */
export function readNodeManifest({ texts }: RepositoryFacts): NodeManifest | undefined {
  try {
    return manifest.parse(JSON.parse(texts.get('package.json') ?? ''))
  } catch {
    return undefined
  }
}

export function nodeToolchain(facts: RepositoryFacts): Toolchain | undefined {
  const found = readNodeManifest(facts)
  if (found === undefined) return undefined
  const manager = packageManager(facts)
  const build = buildOf(found, manager, facts)
  const test = testOf(found, manager)
  return {
    build: build.command,
    ...(test === undefined ? {} : { test: test.command }),
    found: [build.found, ...(test === undefined ? [] : [test.found])],
    todo: testTodo(test?.command),
    setup: 'node',
  }
}

function testTodo(test: TestCommand | undefined): string[] {
  if (test === undefined) return ['package.json has no script "test": add one, and a `test` step.']
  return test.junit.length === 0 ? [NO_REPORT] : []
}

interface Manager {
  readonly name: string
  readonly install: string
  readonly why: string
}

function packageManager({ files }: RepositoryFacts): Manager {
  const yarn = files.has('.yarnrc.yml') ? '--immutable' : '--frozen-lockfile'
  const known: [string, string, string][] = [
    ['package-lock.json', 'npm', 'npm ci'],
    ['npm-shrinkwrap.json', 'npm', 'npm ci'],
    ['pnpm-lock.yaml', 'pnpm', 'corepack enable && pnpm install --frozen-lockfile'],
    ['yarn.lock', 'yarn', `corepack enable && yarn install ${yarn}`],
    ['bun.lock', 'bun', 'bun install --frozen-lockfile'],
  ]
  for (const [lock, name, install] of known) {
    if (files.has(lock)) return { name, install, why: `there is ${lock}` }
  }
  return { name: 'npm', install: 'npm install', why: 'there is package.json, and no lock file' }
}

function buildOf(
  { scripts }: NodeManifest,
  { name, install, why }: Manager,
  facts: RepositoryFacts,
): { command: BuildCommand; found: Found } {
  if (scripts['build'] === undefined) {
    const command = { name: 'install', run: install, artifacts: [] }
    return { command, found: { topic: 'build', value: install, why } }
  }
  const run = `${install} && ${name} run build`
  const ignored = facts.texts.get('.gitignore') ?? ''
  const output = ['dist', 'build', 'out', '.next'].find((folder) =>
    ignored.split('\n').some((line) => line.trim().replaceAll('/', '') === folder),
  )
  const artifacts = output === undefined ? [] : [`${output}/**`]
  const says = output === undefined ? '' : `; .gitignore names ${output}`
  return {
    command: { name: 'build', run, artifacts },
    found: { topic: 'build', value: run, why: `package.json has a script "build"${says}` },
  }
}

/** What `npm init` writes. */
const NO_TEST = /no test specified/

function testOf(
  { scripts, dependencies, devDependencies }: NodeManifest,
  { name, install }: Manager,
): { command: TestCommand; found: Found } | undefined {
  const script = scripts['test']
  if (script === undefined || NO_TEST.test(script)) return undefined
  const has = (dependency: string): boolean => dependency in dependencies || dependency in devDependencies
  const plain = name === 'npm' ? 'npm test' : `${name} run test`
  const reporter = REPORTERS.find(
    ({ begins, needs }) => begins.test(script) && (needs === undefined || has(needs)),
  )
  if (reporter === undefined) {
    const command = { run: plain, junit: [], env: {} }
    return { command, found: { topic: 'test', value: plain, why: 'package.json has a script "test"' } }
  }
  const run = `${plain}${name === 'npm' ? ' --' : ''} ${reporter.options}`
  return {
    command: { run, junit: ['reports/*.xml'], env: reporter.env, base: install },
    found: {
      topic: 'test',
      value: run,
      why: `package.json has a script "test" that runs ${reporter.runner}, which can write a JUnit report`,
    },
  }
}

/** Test runners that write JUnit when asked, where the script is nothing but a call of theirs: options go to its end. */
const REPORTERS: readonly {
  runner: string
  begins: RegExp
  needs?: string
  options: string
  env: Record<string, string>
}[] = [
  {
    runner: 'vitest',
    begins: /^vitest(?: run)?(?: [^&|;]*)?$/,
    options: '--run --reporter=default --reporter=junit --outputFile.junit=reports/junit.xml',
    env: {},
  },
  {
    runner: 'jest',
    begins: /^jest(?: [^&|;]*)?$/,
    needs: 'jest-junit',
    options: '--ci --reporters=default --reporters=jest-junit',
    env: { JEST_JUNIT_OUTPUT_DIR: 'reports' },
  },
  {
    runner: 'mocha',
    begins: /^mocha(?: [^&|;]*)?$/,
    needs: 'mocha-junit-reporter',
    options: '--reporter mocha-junit-reporter',
    env: { MOCHA_FILE: 'reports/junit.xml' },
  },
]
