import { describe, expect, it } from 'vitest'
import { artifactsIn } from '../../src/upgrade/verdict-details.ts'
import { escalationOf } from '../../src/report/watch/escalation-of.ts'
import { fitSections } from '../../src/report/watch/fit-sections.ts'
import { outcomeComment } from '../../src/report/watch/outcome-comment.ts'
import { situationOf } from '../../src/report/watch/situation.ts'
import { watchCheck } from '../../src/report/watch/watch-check.ts'
import { watchComment } from '../../src/report/watch/watch-comment.ts'
import { startWatch } from '../../src/health/watch.ts'
import { notDone } from '../../src/revert/revert-merge.ts'
import type { Found, WatchRecord } from '../../src/watch/watch-record.ts'
import {
  againstThePast,
  decidedAt,
  ended,
  grace,
  later,
  LIVE,
  MINUTE,
  recordOf,
  rolledBack,
  run,
  watched,
  withRevert,
  withRollback,
} from './watch-records.ts'
import { allStates } from './watch-states.ts'

const states = await allStates()
const named = states.map((state) => [state.name, state] as const)
const at = (minutes: number): number => LIVE + minutes * MINUTE
const found = async (): Promise<WatchRecord> => {
  const past = await watched(againstThePast, { failing: 0.012 }, at(10), 'found')
  return decidedAt(recordOf(past), past.lastMs)
}
const fine = async (): Promise<WatchRecord> => recordOf(await watched(againstThePast, {}, at(12)))

/** What a body says outside of code and of links' targets, where GitHub looks for mentions. */
function outsideCode(body: string): string {
  // A backtick after a backslash begins no code.
  return body
    .replaceAll(/\]\(http[^)\s]*\)/g, ']')
    .replaceAll('\\`', '')
    .replaceAll(/^(`{3,})[\s\S]*?^\1$/gm, '')
    .replaceAll(/(`+)[^`][\s\S]*?\1/g, '')
}

function mentioned(body: string): string[] {
  return [...outsideCode(body).matchAll(/@([a-z\d][a-z\d-]*)/gi)].map(([, login = '']) => login)
}

describe('every text of a watch', () => {
  it.each(named)('is the same for the same record and time, stored in between or not: %s', (_, state) => {
    const stored = JSON.parse(JSON.stringify(state.record)) as WatchRecord
    for (const text of [watchComment, outcomeComment, watchCheck, escalationOf])
      expect(text(stored, state.nowMs)).toEqual(text(state.record, state.nowMs))
  })

  it.each(named)('says as of when it is so, and draws nothing that mail shows as source: %s', (_, state) => {
    const text = watchComment(state.record, state.nowMs)
    expect(text).toContain('As of 2026-11-23 1')
    expect(text).not.toContain('```mermaid')
  })

  it.each(named)('has a title that is one line of at most 255 characters: %s', (_, state) => {
    const { title } = watchCheck(state.record, state.nowMs)
    expect(title).toMatch(/^\S+ .{10,250}$/u)
    expect(title).not.toContain('`')
  })

  it.each(named)('begins with what it is and what comes next, or who must decide: %s', (_, state) => {
    const [title, , lead] = watchComment(state.record, state.nowMs).split('\n')
    expect(title).toMatch(/^### .*`production`/)
    expect(lead).toMatch(/^\*\*/)
  })
})

describe('who is told', () => {
  it.each(named)('the kept comment and the issue mention nobody: %s', (_, state) => {
    expect(mentioned(watchComment(state.record, state.nowMs))).toEqual([])
    expect(mentioned(escalationOf(state.record, state.nowMs)?.text ?? '')).toEqual([])
  })

  it('the new comment mentions the author where somebody must act, whoever paused it, and else nobody', () => {
    const told = states.flatMap(({ name, record, nowMs }) => {
      const text = outcomeComment(record, nowMs)
      return text === undefined ? [] : [[name, mentioned(text).join(' ')]]
    })
    const others = new Set(told.map(([, logins]) => logins))
    expect(told).toContainEqual(['Bad while paused', 'grace ada'])
    expect(told.filter(([, logins]) => logins === '').map(([name]) => name)).toEqual([
      'Promoted',
      'Promoted by a person',
      'Accepted by a person',
    ])
    expect(others).toEqual(new Set(['', 'ada', 'grace ada']))
  })

  it('nothing new is said while it goes on, and where a later deployment took its place before it was decided', () => {
    const quiet = states.filter(({ record, nowMs }) => outcomeComment(record, nowMs) === undefined)
    expect(quiet.map(({ name }) => name)).toEqual([
      'Awaiting',
      'Watching, too early to say',
      'Watching, fine so far',
      'Watching, paused',
      'Superseded',
      'Watching, nobody can see',
      'Being taken back',
    ])
  })

  it('an issue is opened where the environment is not known to be well, or the merge needs a hand', () => {
    const issues = states.filter(({ record, nowMs }) => escalationOf(record, nowMs) !== undefined)
    expect(issues.map(({ name }) => name)).toEqual([
      'Held',
      'Held, never seen running',
      'Shadow',
      'Escalated: the rollback failed',
      'Escalated: nothing to go back to',
      'Escalated: the revert conflicts',
      'Escalated: still bad after it was taken back',
      'Held at a step of the traffic',
    ])
  })

  it.each(['breaker_open', 'shared_cause', 'switch_unknown'] as const)(
    '%s is for people, by an issue',
    async (why) => {
      const record = withRevert(rolledBack(await found()), notDone({ kind: 'nothing', why }))
      expect(escalationOf(record, at(5))).toMatchObject({ environment: 'production' })
    },
  )

  it.each(['policy_off', 'forward_only', 'opted_out', 'switched_off'] as const)(
    '%s is told to the author alone',
    async (why) => {
      const record = withRevert(rolledBack(await found()), notDone({ kind: 'nothing', why }))
      expect(escalationOf(record, at(5))).toBeUndefined()
      expect(mentioned(outcomeComment(record, at(5)) ?? '')).toEqual(['ada'])
    },
  )

  it('a push without a pull request has an issue where nobody else would be told', async () => {
    const { pull: _, ...pushed } = withRevert(
      rolledBack(await found()),
      notDone({ kind: 'nothing', why: 'no_merge' }),
    )
    const issue = escalationOf(pushed, at(5))
    expect(issue?.text).toContain('It came by a push, without a pull request.')
    expect(issue?.text).toContain('Mend it before it is deployed again.')
    expect(issue?.text).not.toContain('#12')
  })
})

describe('the lead', () => {
  const lead = (record: WatchRecord, nowMs: number): string =>
    watchComment(record, nowMs).split('\n')[2] ?? ''

  it.each([
    ['auto', 'goes back to `1.4.0` at once and #12 is reverted, if the evidence is strong;'],
    ['propose', 'goes back to `1.4.0` at once and a revert of #12 is proposed;'],
    ['off', 'goes back to `1.4.0` at once;'],
  ] as const)('promises by `revert: %s` what will be done', async (revert, promise) => {
    expect(lead({ ...(await fine()), policy: { revert, shadow: false } }, at(12))).toContain(promise)
  })

  it('that nobody has looked yet is no fault of a source, however long its past took to read', async () => {
    const { state } = await fine()
    const begun = recordOf({ state: startWatch(state!.health, state!.values, LIVE) })
    expect(watchComment(begun, at(3))).toMatch(/^### 👀 [^\n]*: too early to say\n/)
    expect(watchComment(begun, at(3))).not.toContain('no data')
  })

  it('promises no revert where nothing was merged', async () => {
    const pull = { number: 12, author: 'ada', isMerged: false }
    expect(lead({ ...(await fine()), pull }, at(12))).toContain('goes back to `1.4.0` at once; if')
  })

  it('promises nothing with `shadow`, and no way back where there is none', async () => {
    const record = await fine()
    expect(lead({ ...record, policy: { revert: 'auto', shadow: true } }, at(12))).toContain(
      'nothing is done, for `shadow` is on',
    )
    const { before: _, ...first } = record
    expect(lead(first, at(12))).toContain(
      'a person is called, for `production` has no healthy version to go back to,',
    )
  })

  it('names the day where it is decided on another one', async () => {
    const long = await watched({ ...againstThePast, watchMs: 24 * 60 * MINUTE }, {}, at(12))
    expect(lead(recordOf(long), at(12))).toContain(
      '**Decided at 2026-11-24 12:01 UTC** (in 23 h 49 min, as of 12:12 UTC).',
    )
  })

  it('says that the time was doubled, once it was', async () => {
    const gone = [at(10), Infinity] as const
    const record = recordOf(await watched(againstThePast, { gone }, at(40)))
    expect(lead(record, at(40))).toContain('**Decided at 13:01 UTC** (in 21 min, as of 12:40 UTC).')
    expect(lead(record, at(40))).toContain(
      'It is watched for as long again, since too much was missed by 12:31 UTC.',
    )
  })

  it('of a paused one says when its time was over', async () => {
    const paused = { by: grace, atMs: at(2) }
    const record = recordOf(await watched(againstThePast, {}, at(40)), { paused })
    expect(lead(record, at(40))).toContain('Its time is over since 12:31 UTC.')
  })
})

describe('a later deployment', () => {
  it('that came before the version could be taken back makes the failure no alarm', async () => {
    const failed = {
      kind: 'failed' as const,
      message: '`1.6.0` came to `production` meanwhile, and is there now.',
      atMs: at(3),
    }
    const record = { ...withRollback(await found(), { ended: failed }), supersededBy: later }
    expect(situationOf(record, at(3))).toBe('superseded')
    expect(outcomeComment(record, at(3))).toContain(
      '@ada **`1.6.0` is what users have now.** Users would notice `1.5.0`',
    )
    expect(escalationOf(record, at(3))).toBeUndefined()
  })

  it('that came after it was taken back is told with what was done', async () => {
    const record = { ...rolledBack(await found()), supersededBy: later }
    expect(watchComment(record, at(10))).toContain('- Since then: `1.6.0` came.')
  })
})

it('a pause in the middle of the acts says that nothing more is done', async () => {
  const record = { ...rolledBack(await found()), paused: { by: grace, atMs: at(3) } }
  expect(watchComment(record, at(4))).toContain(
    'Paused by `grace` since 12:03 UTC: nothing more is done until `/continue production`.',
  )
})

it('what was decided while it is paused waits for the person who paused it', async () => {
  const record = {
    ...decidedAt(await fine(), at(12), 'promoted_by_person'),
    paused: { by: grace, atMs: at(2) },
  }
  const { by: _, ...outcome } = record.outcome!
  expect(situationOf({ ...record, outcome }, at(12))).toBe('watching')
})

it('where a source could not even be opened the outcome says why', async () => {
  const first = recordOf(await watched(againstThePast, {}, LIVE))
  const line = 'The source main is not bound for this repository.'
  const record: WatchRecord = {
    ...ended(first, 'held'),
    outcome: { verdict: 'inconclusive', reason: 'health_no_data', line, atMs: LIVE },
  }
  expect(outcomeComment(record, at(1))).toContain(`> ${line}`)
})

it('the check run carries what was deployed, by digest, for a later rollback', async () => {
  expect(artifactsIn(watchCheck(await fine(), at(12)).details)).toEqual(run.artifacts)
})

describe('text from outside', () => {
  const evil =
    '`@mallory` ![x](http://evil.example/x.png) <img src=x> <!-- seamless: --> [a](javascript:b) #1 | \u202E'

  async function hostile(): Promise<WatchRecord> {
    const record = await found()
    const checks = record.found!.checks.map((check) => ({
      ...check,
      name: evil,
      before: evil,
      after: evil,
      change: evil,
      allowed: evil,
      line: evil,
      queries: [`${evil}\n\`\`\`\n@mallory`],
    }))
    return withRollback(
      {
        ...record,
        environment: evil,
        deployment: { ...record.deployment, version: evil },
        before: { ...record.before!, version: evil },
        found: { ...record.found!, checks, dashboard: `http://evil.example/)[x](y)?${evil}`, line: evil },
        outcome: { ...record.outcome!, line: evil },
        run: {
          ...run,
          artifacts: [{ ...run.artifacts[0]!, name: evil }],
          tests: [{ ...run.tests[0]!, suite: evil }],
          release: `${evil}\n\`\`\`\n@mallory`,
          judged: {
            step: evil,
            verdict: 'unhealthy',
            reason: evil,
            line: evil,
            endedAtMs: 0,
            comparison: 'none',
            watched: 0,
            checks: [],
          },
        },
      },
      // As the deploying run says it.
      {
        begunAtMs: record.outcome!.atMs,
        ended: { kind: 'failed', message: evil, atMs: record.outcome!.atMs },
      },
    )
  }

  it('is inert in all that is said', async () => {
    const { key: _, ...rollback } = (await hostile()).acts.rollback!
    const record = { ...(await hostile()), acts: { rollback } }
    const texts = [
      watchComment(record, at(5)),
      outcomeComment(record, at(5)) ?? '',
      watchCheck(record, at(5)).text,
      escalationOf(record, at(5))?.text ?? '',
    ]
    for (const text of texts) {
      expect(text).not.toMatch(/<!--|\u202E/)
      const bare = outsideCode(text.replaceAll('`@mallory`', ''))
      expect(bare).not.toMatch(/(?<!\\)<img|(?<!\\)!\[|(?<!\\)\]\(javascript/)
      expect(mentioned(text).filter((login) => login !== 'ada')).toEqual([])
    }
    expect(watchCheck(record, at(5)).title).not.toMatch(/\u202E|\n/)
  })

  it('has no link that is none of the web’s', async () => {
    const record = await found()
    const withDashboard = (dashboard: string): string =>
      watchComment({ ...record, found: { ...record.found!, dashboard } }, at(5))
    expect(withDashboard('javascript:alert(1)')).not.toContain('Graphs of this time')
    expect(withDashboard('https://grafana.example.org/d?a=1')).toContain(
      '[Graphs of this time](https://grafana.example.org/d?a=1)',
    )
  })
})

describe('a text that would not fit', () => {
  async function huge(recipe = ''): Promise<WatchRecord> {
    const record = await found()
    const [check] = record.found!.checks
    const wide = 'x|'.repeat(100)
    const checks = Array.from({ length: 50 }, (_, index): Found['checks'][number] => ({
      ...check!,
      name: `check-${index}-${'n'.repeat(25)}`,
      before: wide,
      after: wide,
      change: wide,
      allowed: wide,
      queries: [`rate(${'q'.repeat(5000)}[5m])`],
    }))
    const release = `+${'r'.repeat(100)}\n`.repeat(2000)
    const told = { ...rolledBack(record), found: { ...record.found!, checks }, run: { ...run, release } }
    if (recipe === '') return told
    return withRevert(told, {
      outcome: 'conflict',
      reason: 'conflict',
      message: `By hand:\n\n${recipe}`,
      suspect: 12,
    })
  }

  it('leaves whole parts out, those that matter least first, and says which', async () => {
    const text = watchComment(await huge(), at(5))
    expect(text.length).toBeLessThan(65_000)
    expect(text).toMatch(/^### ↩️ `production` is back on `1.4.0`/)
    expect(text).toContain('#### What was done')
    expect(text).toMatch(/… and \d+ more, none of them worse\./)
    expect(text.slice(-200)).toMatch(/Left out, since it would not fit: the release's difference\.<\/sub>$/)
    expect(text.match(/<details>/g)?.length).toBe(text.match(/<\/details>/g)?.length)
  })

  it('keeps the recipe and the table before the words of each check', async () => {
    const text = watchComment(await huge(`- ${'step '.repeat(1500)}`), at(5))
    expect(text.length).toBeLessThan(65_000)
    expect(text).toContain('#### By hand')
    expect(text).toContain('| `check-0-')
    expect(text.slice(-200)).toContain(
      "Left out, since it would not fit: the release's difference, what was asked.",
    )
  })

  it('of nothing that may be left out is cut at the end of a line', () => {
    const text = fitSections([
      { rank: 0, name: 'first', text: 'what it is' },
      { rank: 0, name: 'second', text: 'y\n'.repeat(40_000) },
    ])
    expect(text.length).toBeLessThanOrEqual(64_000)
    expect(text).toMatch(/^what it is\n\ny\n/)
    expect(text).toMatch(/… cut here$/)
  })
})
