import type { RepositoryFacts } from './facts.ts'
import { makeTargets } from './make-targets.ts'
import { nodeToolchain } from './node-toolchain.ts'
import { pythonToolchain } from './python-toolchain.ts'
import { NO_REPORT, type Toolchain } from './toolchain.ts'

/** The first of the kinds of project that Seamless knows, by its manifest; else the Makefile. */
export function detectToolchain(facts: RepositoryFacts): Toolchain {
  return (
    nodeToolchain(facts) ?? pythonToolchain(facts) ?? compiledToolchain(facts) ?? makeToolchain(facts) ?? NONE
  )
}

const NONE: Toolchain = {
  found: [],
  todo: ['Nothing here says how the service is built or tested: add `build` and `test` steps.'],
}

interface Compiled {
  readonly manifest: readonly string[]
  readonly build: (facts: RepositoryFacts) => string
  readonly test: (facts: RepositoryFacts) => string
  readonly junit?: string
}

const COMPILED: readonly Compiled[] = [
  { manifest: ['go.mod'], build: () => 'go build ./...', test: () => 'go test ./...' },
  {
    manifest: ['Cargo.toml'],
    build: ({ files }) => `cargo build --release${files.has('Cargo.lock') ? ' --locked' : ''}`,
    test: ({ files }) => `cargo test${files.has('Cargo.lock') ? ' --locked' : ''}`,
  },
  {
    manifest: ['pom.xml'],
    build: (facts) => `${wrapped(facts, 'mvnw', 'mvn')} -B -DskipTests package`,
    test: (facts) => `${wrapped(facts, 'mvnw', 'mvn')} -B test`,
    junit: '**/target/surefire-reports/*.xml',
  },
  {
    manifest: ['build.gradle', 'build.gradle.kts'],
    build: (facts) => `${wrapped(facts, 'gradlew', 'gradle')} assemble`,
    test: (facts) => `${wrapped(facts, 'gradlew', 'gradle')} test`,
    junit: '**/build/test-results/test/*.xml',
  },
]

function compiledToolchain(facts: RepositoryFacts): Toolchain | undefined {
  for (const { manifest, build, test, junit } of COMPILED) {
    const file = manifest.find((name) => facts.files.has(name))
    if (file === undefined) continue
    const targets = makeTargets(facts)
    const buildRun = build(facts)
    // A Makefile knows more than a manifest, but a known report is worth more than its name for the tests.
    const usesMake = targets.has('test') && junit === undefined
    const testRun = usesMake ? 'make test' : test(facts)
    return {
      build: { name: 'build', run: targets.has('build') ? 'make build' : buildRun, artifacts: [] },
      test: {
        run: testRun,
        junit: junit === undefined ? [] : [junit],
        env: {},
        ...(junit === undefined ? {} : { base: buildRun }),
      },
      found: [
        {
          topic: 'build',
          value: targets.has('build') ? 'make build' : buildRun,
          why: targets.has('build') ? 'Makefile has a target "build"' : `there is ${file}`,
        },
        {
          topic: 'test',
          value: testRun,
          why: usesMake ? 'Makefile has a target "test"' : `there is ${file}`,
        },
      ],
      todo: junit === undefined ? [NO_REPORT] : [],
    }
  }
  return undefined
}

function makeToolchain(facts: RepositoryFacts): Toolchain | undefined {
  const targets = makeTargets(facts)
  if (!targets.has('test') && !targets.has('build')) return undefined
  const known = ['build', 'test'].filter((name) => targets.has(name))
  return {
    ...(targets.has('build') ? { build: { name: 'build', run: 'make build', artifacts: [] } } : {}),
    ...(targets.has('test') ? { test: { run: 'make test', junit: [], env: {} } } : {}),
    found: known.map((name) => ({
      topic: name,
      value: `make ${name}`,
      why: `Makefile has a target "${name}"`,
    })),
    todo: targets.has('test') ? [NO_REPORT] : [],
  }
}

function wrapped({ files }: RepositoryFacts, wrapper: string, command: string): string {
  return files.has(wrapper) ? `./${wrapper}` : command
}
