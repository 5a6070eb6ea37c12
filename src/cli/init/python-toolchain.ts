import type { RepositoryFacts } from './facts.ts'
import { NO_REPORT, type Toolchain } from './toolchain.ts'

export function pythonToolchain(facts: RepositoryFacts): Toolchain | undefined {
  const manager = packageManager(facts)
  if (manager === undefined) return undefined
  const { install, python, why } = manager
  const build = {
    build: { name: 'install', run: install, artifacts: [] },
    setup: 'python' as const,
  }
  const installed = { topic: 'build', value: install, why }
  const pytest = pytestEvidence(facts)
  if (pytest !== undefined) {
    const run = `${python} -m pytest --junitxml=reports/pytest.xml`
    return {
      ...build,
      test: { run, junit: ['reports/*.xml'], env: {}, base: install },
      found: [installed, { topic: 'test', value: run, why: pytest }],
      todo: [],
    }
  }
  const run = `${python} -m unittest discover`
  const hasTests = [...facts.files].some((file) => /(?:^|\/)test_\w+\.py$/.test(file))
  if (!hasTests)
    return { ...build, found: [installed], todo: ['No Python tests were found: add a `test` step.'] }
  return {
    ...build,
    test: { run, junit: [], env: {} },
    found: [
      installed,
      { topic: 'test', value: run, why: 'there are files test_….py, and pytest is named nowhere' },
    ],
    todo: [NO_REPORT],
  }
}

interface Manager {
  readonly install: string
  /** The interpreter that has the dependencies. */
  readonly python: string
  readonly why: string
}

function packageManager({ files }: RepositoryFacts): Manager | undefined {
  if (files.has('uv.lock'))
    return { install: 'uv sync --frozen', python: 'uv run python', why: 'there is uv.lock' }
  if (files.has('poetry.lock')) {
    return { install: 'poetry install', python: 'poetry run python', why: 'there is poetry.lock' }
  }
  const requirements = ['requirements-dev.txt', 'requirements.txt'].find((file) => files.has(file))
  const python = '.venv/bin/python'
  if (requirements !== undefined) {
    const install = `python3 -m venv .venv && ${python} -m pip install -r ${requirements}`
    return { install, python, why: `there is ${requirements}` }
  }
  const project = ['pyproject.toml', 'setup.py'].find((file) => files.has(file))
  if (project === undefined) return undefined
  return {
    install: `python3 -m venv .venv && ${python} -m pip install -e .`,
    python,
    why: `there is ${project}`,
  }
}

function pytestEvidence({ files, texts }: RepositoryFacts): string | undefined {
  if (files.has('pytest.ini')) return 'there is pytest.ini'
  const named = ['pyproject.toml', 'requirements-dev.txt', 'requirements.txt', 'setup.cfg', 'tox.ini'].find(
    (file) => /\bpytest\b/.test(texts.get(file) ?? ''),
  )
  return named === undefined ? undefined : `${named} names pytest`
}
