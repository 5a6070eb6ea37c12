import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { backtestCommand } from '../../src/cli/backtest-command.ts'
import { parseCommandLine } from '../../src/cli/command-line.ts'
import { listRecorded, parseDeployments } from '../../src/cli/backtest/deployment-list.ts'
import { quietHealth, recordPast } from '../../src/cli/backtest/record-past.ts'
import {
  readRecording,
  type Recording,
  recordingFor,
  recordingLines,
} from '../../src/cli/backtest/recording.ts'
import type { Health } from '../../src/config/health.ts'
import { parseConfig } from '../../src/config/parse.ts'
import { UsageError } from '../../src/errors.ts'
import { backtest, type RecordedDeployment } from '../../src/health/backtest.ts'
import type { HealthSource, HistoryStep, Measurement, Sample } from '../../src/ports/health-source.ts'
import { type GitRepository, gitRepository } from '../support/git-repository.ts'

const NOW = Date.parse('2026-11-20T12:00:00Z')
const at = (time: string): number => Date.parse(time)

describe('a list of deployments', () => {
  const parse = (text: string): ReturnType<typeof parseDeployments> => parseDeployments(text, 'past.txt', NOW)

  it('is read oldest first; each replaced the one before, or what its line says', () => {
    const text =
      '\uFEFF# ours\r\n\r\n2026-11-03T09:00:00+01:00  1.2.0\n2026-11-01T08:00:00Z 1.1.0 1.0.0\n2026-11-04T08:00:00.500Z\t1.3.0 1.1.0'
    expect(parse(text)).toEqual([
      { atMs: at('2026-11-01T08:00:00Z'), version: '1.1.0', previous: '1.0.0', live: '1.1.0' },
      // Taken back: the next one replaced 1.1.0.
      { atMs: at('2026-11-03T08:00:00Z'), version: '1.2.0', previous: '1.1.0', live: '1.1.0' },
      { atMs: at('2026-11-04T08:00:00.500Z'), version: '1.3.0', previous: '1.1.0', live: '1.3.0' },
    ])
    expect(parse('2026-11-01T08:00:00Z 1.1.0')[0]?.previous).toBeUndefined()
  })

  it.each([
    ['1.4.0', 'past.txt:1 must be a time with its zone and a version, such as'],
    ['2026-11-01 1.4.0', 'past.txt:1 must be'],
    ['2026-11-01T08:00:00 1.4.0', 'past.txt:1 must be'],
    ['2026-02-30T08:00:00Z 1.4.0', 'past.txt:1 must be'],
    ['2026-11-01T08:00:00Z', 'past.txt:1 must be'],
    ['# one\n2026-11-01T08:00:00Z 1.4.0 1.3.0 more', 'past.txt:2 must be'],
    ['2026-11-20T12:00:01Z 1.4.0', 'past.txt:1 is in the future: 2026-11-20T12:00:01Z.'],
    ['# nothing\n\n', 'past.txt lists no deployment.'],
    [`\u001b[2J${'x'.repeat(9000)}`, String.raw`not "\u001b[2Jxxx`],
  ])('%j is refused by its line', (text, why) => {
    expect(() => parse(text)).toThrow(UsageError)
    expect(() => parse(text)).toThrow(why)
  })

  it('of the record takes what was healthy before for what was replaced', () => {
    const past = (['healthy', 'unhealthy', 'inconclusive', undefined] as const).map((verdict, index) => ({
      id: `${index}`,
      sha: `${index}`.repeat(40),
      version: `v${index}`,
      atMs: index,
      ...(verdict && { verdict }),
    }))
    const listed = listRecorded(past.toReversed(), 3)
    expect(listed.map(({ version, previous, live }) => [version, previous, live])).toEqual([
      ['v1', 'v0', 'v0'],
      ['v2', 'v0', 'v2'],
      ['v3', 'v0', 'v3'],
    ])
    expect(listRecorded(past.toReversed(), 9)[0]?.previous).toBeUndefined()
  })

  it('of a record without verdicts takes the one before, but none that was taken back', () => {
    const past = ([undefined, undefined, 'unhealthy', undefined] as const).map((verdict, index) => ({
      id: `${index}`,
      sha: `${index}`.repeat(40),
      version: `v${index}`,
      atMs: index,
      ...(verdict && { verdict }),
    }))
    expect(listRecorded(past.toReversed(), 9).map(({ previous }) => previous)).toEqual([
      undefined,
      'v0',
      'v1',
      'v1',
    ])
  })
})

const CONFIG = `driver: action
sources: { main: { type: prometheus }, site: { type: probe } }
environments:
  staging:
    deploy: { run: { deploy: a, rollback: b } }
    revert: off
    health:
      source: main
      watch: 5m
      baseline: { before: 2h }
      checks:
        errors: { bad: 'requests_total{code=~"5.."}', total: requests_total }
        latency: { histogram: seconds }
        load: { gauge: load, max: 5 }
        answers: { source: site, probe: /healthz }
  production:
    deploy: { run: { deploy: a, rollback: b } }
    revert: off
    health:
      source: main
      watch: 5m
      candidate: { version: '{version}' }
      baseline: { version: '{previous}' }
      checks:
        errors: { bad: 'requests_total{code=~"5.."}', total: requests_total }
  bare:
    deploy: { run: { deploy: a, rollback: b } }
    revert: off
`

function healthOf(environment: string, text = CONFIG): Health {
  const read = parseConfig(text, 'seamless.yml')
  if (!read.ok) throw new Error(JSON.stringify(read.errors))
  return read.config.environments[environment]!.health!
}

/** Two versions, 20 requests a second; the new one fails `failing` of them and is there from `NEW_MS` on. */
const NEW_MS = at('2026-11-20T08:00:00Z')

function world(failing: number): HealthSource {
  const labels = { __name__: 'requests_total' }
  const answer = (selector: string, atMs: number): Measurement => {
    const old = Math.floor(((Math.min(atMs, NEW_MS) - at('2026-11-20T00:00:00Z')) / 1000) * 20)
    const fresh = Math.max(0, Math.floor(((atMs - NEW_MS) / 1000) * 20))
    const requests = [
      sample({ ...labels, version: 'v1', code: '200' }, old, atMs),
      sample({ ...labels, version: 'v1', code: '500' }, Math.floor(old / 1000), atMs),
      sample({ ...labels, version: 'v2', code: '200' }, Math.floor(fresh * (1 - failing)), atMs),
      sample({ ...labels, version: 'v2', code: '500' }, Math.floor(fresh * failing), atMs),
    ]
    if (selector.includes('seconds')) return ok([native(old + fresh, atMs)])
    if (selector === 'load') return ok([sample({ __name__: 'load' }, atMs < NEW_MS ? 1 : Number.NaN, atMs)])
    const version = /version="(\w+)"/.exec(selector)?.[1]
    const found = requests.filter(
      (one) =>
        (!selector.includes('code') || one.labels['code'] === '500') &&
        (version === undefined || one.labels['version'] === version),
    )
    return ok(found)
  }
  return {
    name: 'main',
    read: () => Promise.reject(new Error('the past is asked for')),
    history: (queries, { fromMs, toMs, stepMs }) => {
      const steps: HistoryStep[] = []
      for (let atMs = Math.ceil(fromMs / stepMs) * stepMs; atMs <= toMs; atMs += stepMs) {
        const measurements = queries.map((query) =>
          answer(query.kind === 'select' ? query.selector : '', atMs),
        )
        steps.push({ atMs, measurements })
      }
      return Promise.resolve(steps)
    },
  }
}

const sample = (labels: Record<string, string>, value: number, atMs: number): Sample => ({
  labels,
  value,
  atMs,
})

function ok([first, ...others]: Sample[]): Measurement {
  return first === undefined
    ? { kind: 'no_data', why: 'nothing' }
    : { kind: 'ok', samples: [first, ...others] }
}

function native(count: number, atMs: number): Sample {
  const buckets = [
    { lower: 0.1, upper: 0.2, count: count - 1 },
    { lower: 0.2, upper: Infinity, count: 1 },
  ]
  return { ...sample({ __name__: 'seconds' }, count, atMs), histogram: { count, sum: count / 8, buckets } }
}

const probeOnly: HealthSource = { name: 'site', read: () => Promise.resolve([]) }

function record(environment: string, failing: number, quiet = 0): Promise<Recording> {
  const listed = parseDeployments('2026-11-20T08:00:00Z v2 v1', 'past.txt', NOW)
  return recordPast(
    { environment, health: healthOf(environment), repository: 'acme/shop', listed, quiet, nowMs: NOW },
    {
      source: (name) => Promise.resolve(name === 'site' ? probeOnly : world(failing)),
      signal: AbortSignal.abort(),
      progress: () => undefined,
    },
  )
}

async function readBack(lines: Iterable<string>, health: Health): Promise<Recording> {
  const each = [...lines].flatMap((line) => line.split('\n').slice(0, -1))
  return recordingFor(await readRecording(streamOf(each), 'kept.jsonl'), health, 'kept.jsonl')
}

async function* streamOf(lines: readonly string[]): AsyncGenerator<string> {
  yield* lines
}

describe('a recording', () => {
  it('is read back as it was: native histograms, NaN, infinity, the past before it', async () => {
    const recording = await record('staging', 0.05, 2)
    expect(recording.leftOut).toEqual(['answers'])
    const again = await readBack(recordingLines(recording), healthOf('staging'))
    expect(again).toEqual(recording)
    const [deployment] = again.deployments
    expect(Object.keys(deployment?.history ?? {})).toEqual(['errors', 'latency', 'load'])
    expect(samplesOf(deployment!, 'histogram')[0]).toMatchObject({
      histogram: { buckets: [{}, { upper: Infinity }] },
    })
    expect(samplesOf(deployment!, 'load')[0]?.value).toBeNaN()
    expect(backtest(again.health, again.deployments)).toEqual(
      backtest(recording.health, recording.deployments),
    )
    expect(backtest(again.health, again.deployments).takenBack).toBe(1)
    expect(again.quiet).toHaveLength(2)
  })

  it('names each series once: a sample is a few bytes', async () => {
    const recording = await record('production', 0.001)
    const [, line = ''] = [...recordingLines(recording)]
    const { ticks } = JSON.parse(line) as { ticks: { answers: unknown[][][] }[] }
    const count = ticks.flatMap((tick) => tick.answers.flat(2)).length
    expect(count).toBeGreaterThan(100)
    expect(JSON.stringify(ticks).length / count).toBeLessThan(40)
  })

  it('may be judged by other limits, margins, weights and times', async () => {
    const recording = await record('staging', 0.05)
    const lax = healthOf(
      'staging',
      CONFIG.replace(
        'total: requests_total }',
        'total: requests_total, worse-by: 9900%, weight: 2 }',
      ).replace('watch: 5m', 'watch: 4m'),
    )
    const again = await readBack(recordingLines(recording), lax)
    expect(backtest(again.health, again.deployments).takenBack).toBe(0)
  })

  it('without a check that it has is judged by the others', async () => {
    const recording = await record('staging', 0.05)
    const fewer = healthOf('staging', CONFIG.replace(/ +(?:latency|answers|load): .*\n/g, ''))
    const again = await readBack(recordingLines(recording), fewer)
    const [replay] = backtest(again.health, again.deployments).replays
    expect(replay?.report.checks.map(({ name, verdict }) => [name, verdict])).toEqual([
      ['errors', 'unhealthy'],
    ])
  })

  it.each([
    ['another selector', (text: string) => text.replace('5..', '[45]..'), 'has other data for errors'],
    ['another baseline', (text: string) => text.replace('2h', '4h'), 'has other data for errors'],
    ['a new check', (text: string) => text.replace('load:', 'burden:'), 'has no check burden'],
    [
      'another interval',
      (text: string) => text.replace('watch: 5m', 'every: 30s\n      watch: 5m'),
      'was recorded every 15 s, the config looks every 30 s',
    ],
  ])('is refused by a config with %s', async (_, change, why) => {
    const lines = [...recordingLines(await record('staging', 0.05))]
    const changed = healthOf('staging', change(CONFIG))
    await expect(readBack(lines, changed)).rejects.toThrow(why)
    await expect(readBack(lines, changed)).rejects.toThrow(UsageError)
  })

  it.each<[string, (lines: string[]) => string[], string]>([
    ['empty', () => [], 'kept.jsonl is empty'],
    ['of something else', () => ['{"schema":"x"}\n'], 'kept.jsonl:1 is no recording'],
    [
      'cut off',
      ([head = '', line = '']) => [head, `${line.slice(0, 2000)}\n`],
      'kept.jsonl:2 is no recording',
    ],
    [
      'without its series',
      ([head = '', line = '']) => [head, line.replace(/"series":\[.*?\],"ticks"/, '"series":[],"ticks"')],
      'it has no series 0',
    ],
    [
      'with a damaged past',
      ([head = '', line = '']) => [head, line.replace('"ticks":[{"kind"', '"ticks":[7,{"kind"')],
      'kept.jsonl:2 is no recording',
    ],
  ])('that is %s is refused', async (_, damage, why) => {
    const lines = [...recordingLines(await record('production', 0.05))]
    await expect(readBack(damage(lines), healthOf('production'))).rejects.toThrow(UsageError)
    await expect(readBack(damage(lines), healthOf('production'))).rejects.toThrow(why)
  })

  it('of a source that answers nothing ends at the first deployment, with what it said', async () => {
    const dead: HealthSource = {
      ...probeOnly,
      history: (queries, { fromMs }) =>
        Promise.resolve([
          { atMs: fromMs, measurements: queries.map(() => ({ kind: 'error', why: 'connection refused' })) },
        ]),
    }
    const asked = recordPast(
      {
        environment: 'production',
        health: healthOf('production'),
        repository: 'acme/shop',
        listed: parseDeployments('2026-11-19T08:00:00Z a\n2026-11-20T08:00:00Z b', 'f', NOW),
        quiet: 0,
        nowMs: NOW,
      },
      { source: () => Promise.resolve(dead), signal: AbortSignal.abort(), progress: () => undefined },
    )
    await expect(asked).rejects.toThrow('The source does not answer: connection refused')
  })

  it.each([
    ["candidate: { branch: '{branch}' }", /The labels of errors name a variable that is not known/],
    ["candidate: { commit: '{sha}' }", /The labels of errors name a variable/],
  ])('of %s is refused: no list knows it', async (candidate, why) => {
    const health = healthOf('production', CONFIG.replace("candidate: { version: '{version}' }", candidate))
    const listed = parseDeployments('2026-11-20T08:00:00Z v2 v1', 'past.txt', NOW)
    const asked = recordPast(
      { environment: 'production', health, repository: 'a/b', listed, quiet: 0, nowMs: NOW },
      { source: () => Promise.resolve(world(0)), signal: AbortSignal.abort(), progress: () => undefined },
    )
    await expect(asked).rejects.toThrow(why)
  })

  it('at quiet moments compares a version with its own past, for at the same time it is alone', async () => {
    const recording = await record('production', 0.001, 3)
    const { replays, takenBack } = backtest(quietHealth(recording.health), recording.quiet)
    expect(takenBack).toBe(0)
    expect(replays).toHaveLength(3)
    expect(replays[0]).toMatchObject({
      values: { version: 'v2', previous: 'v2' },
      done: true,
      report: { comparison: 'before_after' },
    })
  })
})

function samplesOf({ ticks }: RecordedDeployment, what: 'histogram' | 'load'): Sample[] {
  const samples = ticks
    .flatMap((tick) => tick.answers.flat())
    .flatMap((answer) => (answer.kind === 'ok' ? answer.samples : []))
  return samples.filter((one) =>
    what === 'histogram' ? one.histogram !== undefined : one.labels['__name__'] === 'load',
  )
}

/** Nobody answers there. */
const nowhere = {
  SEAMLESS_SOURCE_MAIN_URL: 'http://127.0.0.1:1',
  SEAMLESS_SOURCE_SITE_URL: 'http://127.0.0.1:1',
}

function ignore(): void {
  // Nobody looks at it.
}

describe('the command', () => {
  let repository: GitRepository
  beforeAll(async () => {
    repository = gitRepository()
    repository.commit({ '.github/seamless.yml': CONFIG, 'past.txt': '2026-11-01T08:00:00Z v2 v1\n' })
    for (const [name, failing] of [
      ['bad', 0.05],
      ['good', 0.001],
    ] as const) {
      const lines = [...recordingLines(await record('production', failing, name === 'good' ? 2 : 0))]
      writeFileSync(join(repository.folder, `${name}.jsonl`), lines.join(''))
    }
  })
  afterAll(() => repository.remove())

  function seamless(...argv: string[]): { status: number | null; out: string; err: string } {
    const cli = new URL('../../src/cli.ts', import.meta.url).pathname
    const { status, stdout, stderr } = spawnSync(process.execPath, [cli, 'backtest', ...argv], {
      cwd: repository.clone,
      env: { ...repository.environment, ...nowhere },
      encoding: 'utf8',
    })
    return { status, out: stdout, err: stderr }
  }

  it('says of a recording what it would have done, and when; the recording says which environment', () => {
    const { status, out, err } = seamless('--recorded', '../bad.jsonl')
    expect({ status, err }).toEqual({ status: 0, err: '' })
    expect(out).toMatch(
      /^Would have taken back 1 of 1\.\n2026-11-20 08:00 v2: Unhealthy after 2 min 45 s: errors: 5 % .*\n0 healthy\.\n$/,
    )
  })

  it('says of quiet moments that there was no false alarm', () => {
    const { out } = seamless('--recorded', '../good.jsonl')
    expect(out).toContain('Would have taken back 0 of 1.\n')
    expect(out).toContain('\nAt 2 moments without a deployment: no false alarm.\n')
  })

  it('prints nothing but JSON with --json', () => {
    const { status, out } = seamless('--recorded', '../good.jsonl', '--json')
    expect(status).toBe(0)
    expect(JSON.parse(out)).toMatchObject({
      environment: 'production',
      notJudged: [],
      deployments: {
        takenBack: 0,
        replays: [{ atMs: NEW_MS, done: true, report: { comparison: 'concurrent' } }],
      },
      quiet: { takenBack: 0, replays: [{}, {}] },
    })
  })

  it.each<[string, string[], RegExp]>([
    [
      'no environment where several are watched',
      ['--deployments', 'past.txt'],
      /Which environment\? --environment names one of staging, production\./,
    ],
    [
      'an environment without health',
      ['--environment', 'bare'],
      /bare has no health in the config\. --environment names one of staging, production\./,
    ],
    ['an environment that is not there', ['--environment', 'x'], /x has no health in the config/],
    [
      'nothing on record',
      ['--environment', 'staging'],
      /Nothing on record was deployed to staging\. List past deployments in a file/,
    ],
    [
      'a list that is not there',
      ['--environment', 'staging', '--deployments', 'no.txt'],
      /no\.txt cannot be read\./,
    ],
    [
      'a list that is none',
      ['--environment', 'staging', '--deployments', '.github/seamless.yml'],
      /\.github\/seamless\.yml:1 must be a time/,
    ],
    ['a recording that is not there', ['--recorded', 'no.jsonl'], /no\.jsonl cannot be read/],
    ['a folder as a recording', ['--recorded', '.github'], /\.github cannot be read/],
    [
      'a recording of another environment',
      ['--recorded', '../bad.jsonl', '--environment', 'staging'],
      /was recorded of production, not of staging/,
    ],
    [
      'options that do nothing',
      ['--recorded', '../bad.jsonl', '--quiet', '5', '--record', 'x'],
      /goes without --quiet, --record/,
    ],
    [
      'a recording to nowhere',
      ['--environment', 'staging', '--deployments', 'past.txt', '--record', 'no/where'],
      /Nothing can be written to .*no\./,
    ],
    ['moments that are no number', ['--quiet', 'many'], /--quiet takes a whole number from 0 to 1000/],
  ])('refuses %s', async (_, argv, why) => {
    const printed: string[] = []
    const asked = async (): Promise<number> =>
      backtestCommand({
        line: parseCommandLine(['backtest', ...argv]),
        folder: repository.clone,
        environment: { ...repository.environment, ...nowhere },
        terminal: { out: (text) => void printed.push(text), line: ignore, live: ignore, isLive: false },
        signal: new AbortController().signal,
      })
    await expect(asked()).rejects.toThrow(UsageError)
    await expect(asked()).rejects.toThrow(why)
    expect(printed).toEqual([])
  })

  it('ends with 2 where it is called wrongly, and prints nothing', () => {
    const { status, out, err } = seamless('--deployments', 'past.txt')
    expect({ status, out }).toEqual({ status: 2, out: '' })
    expect(err).toMatch(/^seamless: Which environment\? /)
  })

  it('a config without health has nothing to judge by', () => {
    writeFileSync(join(repository.clone, 'bare.yml'), CONFIG.slice(0, CONFIG.indexOf('    health:')))
    const { status, err } = seamless('--config', 'bare.yml')
    expect({ status, err }).toEqual({
      status: 2,
      err: 'seamless: No environment of the config has health: there is nothing to judge by.\n',
    })
  })

  it('a source that does not answer is an error, said once, and nothing is recorded', () => {
    const { status, out, err } = seamless(
      '--environment',
      'production',
      '--deployments',
      'past.txt',
      '--record',
      'kept.jsonl',
    )
    expect({ status, out }).toEqual({ status: 1, out: '' })
    expect(err).toMatch(
      /^Asking what was measured at 1 deployment of production\.\nseamless: The source does not answer: /,
    )
    expect(() => readFileSync(join(repository.clone, 'kept.jsonl'))).toThrow('ENOENT')
  })
})

describe('docs/backtest.md', () => {
  const page = readFileSync(new URL('../../docs/backtest.md', import.meta.url), 'utf8')
  const [config = '', list = '', call = ''] = [...page.matchAll(/```(?:yaml|text)\n([\s\S]*?)```/g)].map(
    ([, body = '']) => body,
  )

  it('shows a config and a list that are understood', () => {
    expect(Object.keys(healthOf('production', config).checks)).toEqual(['errors'])
    const listed = parseDeployments(list, 'deployments.txt', at('2026-11-23T12:00:00Z'))
    expect(listed.map(({ version, previous }) => [version, previous])).toEqual([
      ['1.1.0', '1.0.0'],
      ['1.2.0', '1.1.0'],
      ['1.3.0', '1.1.0'],
    ])
  })

  it('calls the command as it is called', () => {
    const calls = [...page.matchAll(/^\$ seamless (backtest .*)$/gm)].map(([, argv = '']) => argv.split(' '))
    expect(calls).toHaveLength(2)
    for (const argv of calls) expect(parseCommandLine(argv)).toMatchObject({ command: 'backtest' })
    expect(call).toContain('\nWould have taken back 1 of 3.\n')
  })
})
