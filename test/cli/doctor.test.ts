import { createServer, type Server } from 'node:http'
import { mkdirSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { systemClock } from '../../src/adapters/system-clock.ts'
import { commandWords } from '../../src/cli/doctor/command-words.ts'
import { comparisonRows } from '../../src/cli/doctor/comparison-rows.ts'
import type { Row } from '../../src/cli/doctor/row.ts'
import { tokenRows } from '../../src/cli/doctor/token-rows.ts'
import { workflowRows } from '../../src/cli/doctor/workflow-rows.ts'
import { doctorCommand } from '../../src/cli/doctor-command.ts'
import { decideInit } from '../../src/cli/init/decide-init.ts'
import type { CliShell } from '../../src/cli/run-cli.ts'
import { parseConfig } from '../../src/config/parse.ts'
import type { Config } from '../../src/config/schema.ts'
import { openGitHub } from '../../src/github/client.ts'
import { startWorld, type World } from '../github-stand-in/stand-in.ts'
import { type GitRepository, gitRepository } from '../support/git-repository.ts'

const CONFIG = `
driver: action
sources: { main: { type: scrape }, site: { type: probe } }
build: [{ name: a, run: "true && ./build.sh", secrets: [NPM_TOKEN] }]
environments:
  production:
    deploy: { run: { deploy: ./deploy.sh, rollback: ./deploy.sh, secrets: [DEPLOY_KEY] } }
    revert: auto
    health:
      source: main
      checks:
        errors: { bad: 'http_requests_total{code=~"5.."}', total: http_requests_total, max: 1% }
        memory: { gauge: process_resident_memory_bytes, max: 1GiB }
        answers: { source: site, probe: /healthz }
`

function parsed(text: string): Config {
  const read = parseConfig(text, 'seamless.yml')
  if (!read.ok) throw new Error(JSON.stringify(read.errors))
  return read.config
}

const WATCHED = `driver: action
sources: { main: { type: prometheus } }
environments:
  production:
    deploy: { run: { deploy: a, rollback: b } }
    revert: auto
    health:
      source: main
      candidate: { version: '{version}' }
      checks: { errors: { bad: 'http_requests_total{code="500"}', total: http_requests_total, max: 1% } }
`

let said = ''

function say(text: string): void {
  said = text
}

test.each<[string, string[]]>([
  ['npm ci && npm run build', ['npm']],
  ['NODE_ENV=production ./ops/deploy.sh "$SEAMLESS_VERSION"', ['./ops/deploy.sh']],
  ['if test -f a; then make a; fi', ['make']],
  ['cd api\ngo build ./... | tee log', ['go', 'tee']],
  ['echo "a && rm -rf b; c" # docker run', []],
  ["printf '%s; x' a; (kubectl apply -f k8s)", ['kubectl']],
  ['$TOOL run', []],
])('the programs of %j are %j', (line, words) => {
  expect(commandWords(line)).toEqual(words)
})

describe('a workflow', () => {
  const config = parsed(CONFIG)
  const whole = (job: string): Row[] =>
    workflowRows(new Map([['cd.yml', `jobs: { up: { ${job} } }`]]), config)
  const call = (job: string): Row[] => whole(job).filter(({ what }) => what !== 'commands')
  const ENV = 'env: { SEAMLESS_SOURCE_MAIN_URL: a, SEAMLESS_SOURCE_SITE_URL: b, NPM_TOKEN: c, DEPLOY_KEY: d }'
  const STEPS = `${ENV}, steps: [{ uses: acme/seamless@v1 }]`

  test('that init writes has all that its config needs', () => {
    const files = { 'deploy.sh': '$DEPLOY_KEY', 'a.py': '"/healthz" "http_requests_total" "code"' }
    const decision = decideInit({
      files: new Set(Object.keys(files)),
      executables: new Set(),
      texts: new Map(Object.entries(files)),
      workflows: new Map(),
      defaultBranch: 'main',
      directory: '.',
    })
    expect(workflowRows(new Map([['seamless.yml', decision.workflow]]), parsed(decision.config))).toEqual([
      {
        what: 'workflow (seamless.yml, job upgrade)',
        state: 'ok',
        why: 'It may write what it needs.',
      },
      {
        what: 'workflow (seamless.yml, job command)',
        state: 'ok',
        why: 'It may write what it needs.',
      },
    ])
  })

  test('answers commands, or is said to answer none, where there is no server', () => {
    expect(whole(`permissions: write-all, ${STEPS}`).at(-1)).toMatchObject({
      what: 'commands',
      state: 'warning',
    })
    const command = 'steps: [{ uses: acme/seamless@v1, with: { operation: command } }]'
    const rights = 'permissions: { contents: write, deployments: write, pull-requests: write }'
    expect(whole(`${rights}, ${command}`)).toMatchObject([
      { state: 'missing', why: 'It may not write actions: the start of its run.' },
    ])
    const app = parsed(CONFIG.replace('driver: action', 'driver: app'))
    const text = `jobs: { up: { permissions: write-all, ${STEPS} } }`
    expect(workflowRows(new Map([['cd.yml', text]]), app)).toMatchObject([
      { state: 'ok' },
      { state: 'missing', why: expect.stringContaining('SEAMLESS_CHECKS_APP_ID') },
    ])
  })

  test('of an App that watches needs its number, less rights, and sources only for steps of the traffic', () => {
    const app = (config: string): Config => parsed(config.replace('driver: action', 'driver: app'))
    const rows = (config: Config, job: string): readonly string[] =>
      workflowRows(
        new Map([['cd.yml', `jobs: { up: { ${job}, steps: [{ uses: acme/seamless@v1 }] } }`]]),
        config,
      )
        .filter(({ state }) => state !== 'ok')
        .map(({ why }) => /(?:SEAMLESS\w+|contents|pull-requests|checks)/.exec(why)?.[0] ?? why)
    const least = 'permissions: { contents: read, pull-requests: read, deployments: write, checks: write }'
    const blind = 'permissions: { contents: read, deployments: write, checks: write }'
    const env = 'env: { SEAMLESS_CHECKS_APP_ID: 1 }'
    expect(rows(app(WATCHED), `${least}, ${env}`)).toEqual([])
    expect(rows(app(WATCHED), least)).toEqual(['SEAMLESS_CHECKS_APP_ID'])
    // A commit that is only in a pull request is deployed by its command: whose it is must be seen.
    expect(rows(app(WATCHED), `${blind}, ${env}`)).toEqual(['pull-requests'])
    const steps = WATCHED.replace('    health:', '    traffic: { run: a, steps: [10%, 100%] }\n    health:')
    expect(rows(app(steps), `${least}, ${env}`)).toEqual(['SEAMLESS_SOURCE_MAIN_URL'])
    const branches = `${WATCHED}upgrade: { change: make, branch: up }\n`
    expect(rows(app(branches), `${least}, ${env}`)).toEqual(['contents', 'pull-requests'])
  })

  test('is missing where none calls Seamless, or only to plan', () => {
    const none = [expect.objectContaining({ state: 'missing', why: 'No workflow calls Seamless.' })]
    expect(workflowRows(new Map(), config)).toEqual(none)
    expect(workflowRows(new Map([['x.yml', 'jobs: [']]), config)).toEqual(none)
    expect(call('steps: [{ uses: acme/seamless@v1, with: { operation: plan } }]')).toEqual(none)
  })

  test('names each permission that it lacks, and what is lost', () => {
    expect(
      call(`permissions: { contents: write, deployments: read, pull-requests: write }, ${STEPS}`),
    ).toEqual([
      {
        what: 'workflow (cd.yml, job up)',
        state: 'missing',
        why: 'It may not write deployments: the record of what runs where.',
        todo: 'Add "deployments: write" to the permissions of this job.',
      },
      {
        what: 'workflow (cd.yml, job up)',
        state: 'missing',
        why: 'It may not write checks: the verdict, which says what a rollback returns to.',
        todo: 'Add "checks: write" to the permissions of this job.',
      },
    ])
    expect(call(`permissions: write-all, ${STEPS}`)).toMatchObject([{ state: 'ok' }])
    expect(call(STEPS)).toMatchObject([{ state: 'warning' }])
  })

  test('names each source and secret that it does not hand over', () => {
    const rows = call(
      'permissions: write-all, env: { SEAMLESS_SOURCE_MAIN_URL: a, NPM_TOKEN: b }, steps: [{ uses: acme/seamless@v1 }]',
    )
    expect(rows.slice(1).map(({ why, todo }) => [why, todo])).toEqual([
      [
        'It does not hand over SEAMLESS_SOURCE_SITE_URL.',
        'Add "SEAMLESS_SOURCE_SITE_URL: ${{ vars.SEAMLESS_SOURCE_SITE_URL }}" under env of the step.',
      ],
      [
        'It does not hand over DEPLOY_KEY.',
        'Add "DEPLOY_KEY: ${{ secrets.DEPLOY_KEY }}" under env of the step.',
      ],
    ])
  })
})

describe('a comparison', () => {
  const rows = (type: string, health: string): string[] =>
    comparisonRows(
      parsed(`
driver: action
sources: { main: { type: ${type} }, site: { type: probe } }
environments:
  production:
    deploy: { run: { deploy: a, rollback: b } }
    revert: off
    health:
      source: main
${health}
        memory: { gauge: memory_bytes, max: 1GiB }
        answers: { source: site, probe: /healthz }
`),
    ).map(({ what, state, why }) => `${state} ${what}: ${why}`)
  const errors = '      checks:\n        errors: { bad: \'requests{code="500"}\', total: requests'

  test('with the past of a source that keeps none leaves every later upgrade held', () => {
    expect(rows('scrape', `      baseline: { before: 2h }\n${errors}, max: 1% }`)).toEqual([
      'missing health production: errors, memory cannot be compared with the time before, because the source keeps no history: after the first upgrade none is ever healthy.',
    ])
  })

  test('with the stable version ends with its traffic where nothing is remembered of it', () => {
    const arms = '      candidate: { version: "{version}" }\n      baseline: { version: "{previous}" }'
    expect(rows('scrape', `${arms}\n${errors} }`)).toEqual([
      'warning health production: Nothing is remembered of before the deployment (errors, memory): at 100 % of the traffic, when the stable version has none, nothing is compared any more.',
    ])
    expect(rows('prometheus', `${arms}\n${errors} }`)).toEqual([])
  })

  test.each([
    ['2h', []],
    ['1h50m', []],
    ['1h', [expect.stringMatching(/^warning health production: Less than two hours of past/)]],
    ['30m, same-time: day', []],
    ['20m, same-time: week', [expect.stringMatching(/nothing is taken back for it\.$/)]],
  ])('with before: %s', (before, wanted) => {
    expect(rows('prometheus', `      baseline: { before: ${before} }\n${errors} }`)).toEqual(wanted)
  })

  test('that nobody asked for is no concern', () => {
    expect(rows('scrape', `${errors}, max: 1% }`)).toEqual([])
  })
})

describe('a token', () => {
  let world: World
  beforeEach(async () => {
    world = await startWorld()
  })
  afterEach(() => world.end())

  const rows = (token: string): Promise<Row[]> =>
    tokenRows(
      openGitHub(
        { token, apiUrl: world.hub.url, repository: 'acme/shop' },
        {
          clock: systemClock,
          log: { info: ignore, warning: ignore, error: ignore, output: ignore },
          signal: new AbortController().signal,
          fetch: globalThis.fetch,
        },
      ),
    )

  test('of somebody who may write is well', async () => {
    expect(await rows(world.token)).toEqual([
      { what: 'token', state: 'ok', why: 'It may write to acme/shop.' },
    ])
  })

  test('of somebody who may only read is not', async () => {
    const token = world.hub.token({ login: 'stranger' })
    expect(await rows(token)).toMatchObject([
      { what: 'token', state: 'missing', why: 'It may only read acme/shop.' },
    ])
  })

  test('that GitHub does not know is told so, and is not shown', async () => {
    const [row] = await rows('ghp_0123456789012345678901234567890123456789')
    expect(row).toMatchObject({ what: 'token', state: 'missing' })
    expect(row?.why).not.toContain('ghp_')
  })

  test('of a job that may not see deployments names them', async () => {
    const token = world.hub.token({
      login: 'github-actions[bot]',
      permissions: { contents: 'write', 'pull-requests': 'write', checks: 'write' } as never,
    })
    const found = await rows(token)
    expect(found.find(({ what }) => what === 'token: deployments')).toMatchObject({ state: 'missing' })
  })
})

describe('the whole', () => {
  let repository: GitRepository
  let server: Server
  const page = 'http_requests_total{code="200"} 7\nhttp_requests_total{code="500"} 0\n'

  beforeEach(async () => {
    repository = gitRepository()
    server = createServer((request, response) => {
      response.statusCode = request.url === '/metrics' || request.url === '/healthz' ? 200 : 404
      response.setHeader('content-type', 'text/plain; version=0.0.4')
      response.end(request.url === '/metrics' ? page : 'ok')
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  })
  afterEach(async () => {
    repository.remove()
    await new Promise((resolve) => server.close(resolve))
  })

  function shell(folder: string, environment: Record<string, string> = {}): CliShell {
    const line = {
      command: 'doctor',
      config: '.github/seamless.yml',
      stage: 'all',
      explain: false,
      force: false,
      json: true,
    } as const
    const terminal = { out: say, line: ignore, live: ignore, isLive: false }
    return {
      line,
      folder,
      environment: { ...repository.environment, ...environment },
      terminal,
      signal: new AbortController().signal,
    }
  }

  async function examined(environment?: Record<string, string>): Promise<{ code: number; rows: string[] }> {
    const code = await doctorCommand(shell(repository.clone, environment))
    const { rows } = JSON.parse(said) as { rows: Row[] }
    return { code, rows: rows.map(({ what, state, why }) => `${state} ${what}: ${why}`) }
  }

  test('says of each thing whether it is there', async () => {
    repository.commit({ '.github/seamless.yml': CONFIG, 'deploy.sh': '' })
    const { port } = server.address() as AddressInfo
    const origin = `http://127.0.0.1:${port}`
    const { code, rows } = await examined({
      SEAMLESS_SOURCE_MAIN_URL: `${origin}/metrics`,
      SEAMLESS_SOURCE_SITE_URL: origin,
      DEPLOY_KEY: 'x',
    })
    expect(code).toBe(1)
    expect(rows.slice(3)).toEqual([
      'ok config: .github/seamless.yml is well-formed.',
      'missing command ./build.sh: There is no such executable file.',
      'missing command ./deploy.sh: There is no such executable file.',
      'warning secret NPM_TOKEN: It is not set here; a step that declares it does not start without it.',
      'missing workflow: No workflow calls Seamless.',
      'warning token: GITHUB_TOKEN is not set, or the remote is not on GitHub: from here nothing is recorded, proposed or reverted there.',
      'ok source main: It answers; 2 of 3 queries have data.',
      expect.stringMatching(/^warning check production\.memory: process_resident_memory_bytes: /),
      'ok source site: It answers; 1 of 1 queries have data.',
      'warning baseline production: No version was healthy there yet: there is nothing to compare with or to go back to.',
    ])
  })

  test('sources that are not bound, or not there, are missing', async () => {
    repository.commit({ '.github/seamless.yml': CONFIG })
    const { rows } = await examined({ SEAMLESS_SOURCE_SITE_URL: 'http://127.0.0.1:1' })
    expect(rows.filter((row) => row.includes(' source '))).toEqual([
      expect.stringMatching(
        /^missing source main: The source "main" has no place: set SEAMLESS_SOURCE_MAIN_URL to /,
      ),
      expect.stringMatching(/^missing source site: It does not answer: /),
    ])
  })

  test('a config that is not valid is one row with all its errors', async () => {
    repository.commit({ '.github/seamless.yml': 'driver: action\nfoo: 1\n' })
    const { code, rows } = await examined()
    expect(code).toBe(1)
    expect(rows.at(-1)).toMatch(
      /^missing config: \.github\/seamless\.yml:1:1 environments: missing.*\n.*:2:1 foo: unknown key/,
    )
  })

  test('no config, and no repository, are said', async () => {
    repository.commit({ a: '' })
    expect((await examined()).rows.at(-1)).toMatch(/^missing config: There is no \.github\/seamless\.yml in /)
    const folder = join(repository.folder, 'elsewhere')
    mkdirSync(folder)
    writeFileSync(join(folder, 'a'), '')
    expect(await doctorCommand(shell(folder))).toBe(1)
    expect(said).toContain('is not in a git repository')
  })
})

function ignore(): void {
  // Nobody reads it.
}
