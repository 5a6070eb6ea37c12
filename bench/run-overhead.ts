import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { median } from './median.ts'

/**
 * What Seamless costs over a plain shell script that runs the same commands: build, test, deploy, ask what is live, in a
 * clean checkout of the same commit of a repository with a remote. The runs take turns; the figures are medians. Nothing
 * is watched: how long that takes is the config's choice. Exit code 1 above the aim, one second more.
 *
 *   npm run bench:overhead [-- ROUNDS]
 */
const ROUNDS = Number(process.argv[2] ?? 10)
const MOST_MORE_MS = 1000

const cli = fileURLToPath(new URL('../dist/cli.js', import.meta.url))

const COMMANDS = {
  build: 'mkdir -p out && tar -cf out/app.tar src VERSION',
  test: 'test "$(cat src/answer)" = 42 && cp src/report.xml report.xml',
  deploy: 'mkdir -p "$LIVE" && tar -xf out/app.tar -C "$LIVE"',
  status: 'cat "$LIVE/VERSION" 2>/dev/null || true',
}

const CONFIG = `driver: action
version: { file: VERSION }
build:
  - { name: archive, run: '${COMMANDS.build}', artifacts: [out/*.tar] }
test:
  - { name: unit, run: '${COMMANDS.test}', junit: [report.xml] }
environments:
  production:
    deploy: { run: { deploy: '${COMMANDS.deploy}', status: '${COMMANDS.status}', rollback: '${COMMANDS.deploy}' } }
`

const PLAIN = `set -euo pipefail
git worktree add --quiet --detach "$WORKTREE" HEAD
trap 'cd "$REPOSITORY" && git worktree remove --force "$WORKTREE"' EXIT
cd "$WORKTREE"
${Object.values(COMMANDS).join('\n')}
`

const folder = mkdtempSync(join(tmpdir(), 'seamless-bench-'))
try {
  const repository = createRepository(folder)
  const seamless: number[] = []
  const plain: number[] = []
  for (let round = -1; round < ROUNDS; round++) {
    release(repository, `1.0.${round + 1}`)
    const [bySeamless, byScript] = [runSeamless(repository), runScript(repository)]
    if (round < 0) continue
    seamless.push(bySeamless)
    plain.push(byScript)
  }
  const more = median(seamless) - median(plain)
  console.log(`seamless run     ${median(seamless).toFixed(0).padStart(6)} ms`)
  console.log(`a plain script   ${median(plain).toFixed(0).padStart(6)} ms`)
  console.log(`more             ${more.toFixed(0).padStart(6)} ms  (${ROUNDS} rounds, medians)`)
  if (more > MOST_MORE_MS) {
    console.error(`above the aim: ${MOST_MORE_MS} ms more`)
    process.exitCode = 1
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}

function createRepository(folder: string): string {
  const [origin, repository] = [join(folder, 'origin.git'), join(folder, 'service')]
  git(folder, 'init', '--quiet', '--bare', '--initial-branch=main', origin)
  git(folder, 'clone', '--quiet', origin, repository)
  mkdirSync(join(repository, '.github'))
  mkdirSync(join(repository, 'src'))
  writeFileSync(join(repository, '.github/seamless.yml'), CONFIG)
  writeFileSync(join(repository, 'src/answer'), '42\n')
  const report = '<testsuite><testcase classname="answer" name="is 42"/></testsuite>'
  writeFileSync(join(repository, 'src/report.xml'), report)
  // A repository is rarely empty: what a checkout costs must not vanish.
  for (let file = 0; file < 500; file++)
    writeFileSync(join(repository, `src/file-${file}`), `${file}\n`.repeat(200))
  return repository
}

function release(repository: string, version: string): void {
  writeFileSync(join(repository, 'VERSION'), `${version}\n`)
  git(repository, 'add', '--all')
  git(repository, 'commit', '--quiet', '--message', version)
  git(repository, 'push', '--quiet', 'origin', 'HEAD:main')
}

function runSeamless(repository: string): number {
  const ms = timed(process.execPath, [cli, 'run'], { cwd: repository, LIVE: join(folder, 'live') })
  const { decision } = JSON.parse(readFileSync(join(repository, '.seamless/receipt.json'), 'utf8')) as {
    decision: string
  }
  if (decision !== 'completed') throw new Error(`seamless run ended as ${decision}`)
  return ms
}

function runScript(repository: string): number {
  const worktree = join(folder, 'worktree')
  const where = {
    cwd: repository,
    REPOSITORY: repository,
    WORKTREE: worktree,
    LIVE: join(folder, 'live-too'),
  }
  return timed('bash', ['-c', PLAIN], where)
}

function timed(file: string, argv: readonly string[], { cwd, ...values }: Record<string, string>): number {
  const startedMs = performance.now()
  const { status, stdout, stderr } = spawnSync(file, argv, {
    cwd,
    env: { PATH: process.env['PATH'], HOME: folder, ...values },
    encoding: 'utf8',
  })
  const ms = performance.now() - startedMs
  if (status !== 0) throw new Error(`${file} ended with ${status}: ${stdout}${stderr}`)
  return ms
}

function git(cwd: string, ...argv: string[]): void {
  const who = ['-c', 'user.name=Bench', '-c', 'user.email=bench@users.noreply.github.com']
  execFileSync('git', [...who, ...argv], {
    cwd,
    stdio: 'ignore',
    env: { PATH: process.env['PATH'], HOME: folder },
  })
}
