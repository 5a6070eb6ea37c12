import { notLiveLine } from '../../src/health/build-info.ts'
import { conflictRecipe } from '../../src/github/revert/recipe.ts'
import type { Merge } from '../../src/ports/pull-requests.ts'
import { notDone, resultOf } from '../../src/revert/revert-merge.ts'
import { foundByRun } from '../../src/watch/found-by-run.ts'
import type { WatchRecord } from '../../src/watch/watch-record.ts'
import {
  againstThePast,
  before,
  decidedAt,
  deployment,
  ended,
  grace,
  judgedByRun,
  later,
  limitsOnly,
  LIVE,
  MINUTE,
  recordOf,
  recovering,
  rolledBack,
  sideBySide,
  watched,
  withRevert,
  withRollback,
} from './watch-records.ts'

/** One state that people may meet, and when it is shown. */
export interface State {
  readonly name: string
  /** What has happened, in a sentence. */
  readonly when: string
  readonly record: WatchRecord
  readonly nowMs: number
}

const at = (minutes: number): number => LIVE + minutes * MINUTE

/** Every state of `examples/comment.md`, by the real judge. */
export async function allStates(): Promise<readonly State[]> {
  return [
    ...(await goingOn()),
    ...(await wellEnded()),
    ...(await undecided()),
    ...(await takenBack()),
    ...(await called()),
    ...(await ofRuns()),
  ]
}

async function goingOn(): Promise<State[]> {
  const [first, early, fine, bad] = await Promise.all([
    watched(againstThePast, {}, LIVE),
    watched(againstThePast, {}, at(3)),
    watched(againstThePast, {}, at(12)),
    watched(againstThePast, { failing: 0.012 }, at(5)),
  ])
  const paused = { by: grace, atMs: at(2) }
  return [
    {
      name: 'Awaiting',
      when: 'The run says that it is live; the metric that shows which version runs does not show it yet.',
      record: recordOf(first, { phase: 'awaiting', awaitedUntilMs: at(10) }),
      nowMs: at(1),
    },
    {
      name: 'Watching, too early to say',
      when: 'It is live for three minutes.',
      record: recordOf(early),
      nowMs: at(3),
    },
    {
      name: 'Watching, fine so far',
      when: 'Every check was compared for long enough.',
      record: recordOf(fine),
      nowMs: at(12),
    },
    {
      name: 'Watching, paused',
      when: 'Somebody said `/pause`.',
      record: recordOf(fine, { paused }),
      nowMs: at(12),
    },
    {
      name: 'Bad while paused',
      when: 'It is paused, and users would notice.',
      record: recordOf(bad, { paused }),
      nowMs: at(5),
    },
  ]
}

async function wellEnded(): Promise<State[]> {
  const [fine, part, bad] = await Promise.all([
    watched(sideBySide, { perTick: 400 }, at(31)),
    watched(againstThePast, {}, at(12)),
    watched(againstThePast, { failing: 0.012 }, at(5)),
  ])
  return [
    {
      name: 'Promoted',
      when: 'Its time is over and users do not notice; here both versions had users at the same time.',
      record: ended(decidedAt(recordOf(fine), at(31))),
      nowMs: at(31),
    },
    {
      name: 'Promoted by a person',
      when: 'Somebody said `/promote` while it was watched.',
      record: ended(decidedAt(recordOf(part), at(12), 'promoted_by_person')),
      nowMs: at(12),
    },
    {
      name: 'Accepted by a person',
      when: 'Users would notice, and somebody said `/accept`.',
      record: ended(decidedAt(recordOf(bad), at(5), 'accepted_by_person')),
      nowMs: at(5),
    },
    {
      name: 'Superseded',
      when: 'A later deployment took its place before it was decided.',
      record: ended(recordOf(part, { supersededBy: later })),
      nowMs: at(12),
    },
  ]
}

async function undecided(): Promise<State[]> {
  const gone = [at(10), Infinity] as const
  const [blind, first, bad] = await Promise.all([
    watched(againstThePast, { gone }, at(62)),
    watched(againstThePast, {}, LIVE),
    watched(againstThePast, { failing: 0.012 }, at(10), 'found'),
  ])
  const unseen = recordOf(first, { awaitedUntilMs: at(10) })
  const shadow = recordOf(bad, { policy: { revert: 'auto', shadow: true } })
  const nothing = notDone({ kind: 'nothing', why: 'shadow', would: 'merge', merge })
  return [
    {
      name: 'Watching, nobody can see',
      when: 'Prometheus stopped while it was watched.',
      record: recordOf(await watched(againstThePast, { gone }, at(20))),
      nowMs: at(20),
    },
    {
      name: 'Held',
      when: 'Its time is over, twice, and Prometheus did not come back.',
      record: ended(decidedAt(recordOf(blind), at(62)), 'held'),
      nowMs: at(62),
    },
    {
      name: 'Held, never seen running',
      when: 'The metric that shows which version runs never showed it.',
      record: ended(
        {
          ...unseen,
          outcome: {
            verdict: 'inconclusive',
            reason: 'not_live',
            line: notLiveLine('1.5.0', { kind: 'no_data', why: 'an empty vector' }),
            atMs: at(10),
          },
        },
        'held',
      ),
      nowMs: at(10),
    },
    {
      name: 'Shadow',
      when: 'Users would notice, and `shadow` is on.',
      record: ended(
        {
          ...decidedAt(shadow, bad.lastMs),
          acts: { revert: { ...nothing, atMs: bad.lastMs } },
        },
        'held',
      ),
      nowMs: bad.lastMs,
    },
  ]
}

const merge: Merge = {
  number: 12,
  title: 'Answer faster',
  author: 'ada',
  result: deployment.sha,
  before: before.sha,
  base: 'main',
  shape: 'squash',
  mergedAtMs: LIVE - 5 * MINUTE,
  labels: [],
  forwardOnly: false,
}
const revertPull = {
  number: 13,
  url: 'https://github.com/team/shop/pull/13',
  head: '8be4a19f60d2c7753e1ab04c9f6d825e73c0aa14',
}

async function takenBack(): Promise<State[]> {
  const past = await watched(againstThePast, { failing: 0.012, backMs: at(3) }, at(10), 'found')
  const both = await watched(sideBySide, { failing: 0.012 }, at(10), 'found')
  const found = decidedAt(recordOf(past), past.lastMs)
  const proposed = withRevert(
    rolledBack(found),
    resultOf(
      { kind: 'proposed', pullRequest: revertPull, reason: 'asked', why: '' },
      { kind: 'propose', why: 'weak_evidence', merge },
    ),
  )
  const forwardOnly = withRevert(rolledBack(found), notDone({ kind: 'nothing', why: 'forward_only' }))
  const merged = withRevert(
    rolledBack(decidedAt(recordOf(both), both.lastMs)),
    resultOf(
      { kind: 'merged', pullRequest: revertPull, commit: '3fd0a7c19b5e6284a0d17cc3e92b8f4610da75e2' },
      { kind: 'merge', merge },
    ),
  )
  const midway = recovering(merged, past.world, 3)
  return [
    {
      name: 'Being taken back',
      when: 'Users would notice; a run brings the last healthy version back.',
      record: withRollback(found, { dispatchedAtMs: past.lastMs + 2000 }),
      nowMs: at(2.5),
    },
    {
      name: 'Taken back, recovery is watched',
      when: 'The environment is back, the revert is merged, and it is watched whether users are well.',
      record: midway,
      nowMs: midway.acts.recovery!.state!.lastTickMs!,
    },
    {
      name: 'Reverted and recovered',
      when: 'Users are well again and the merge is out of the default branch.',
      record: ended(recovering(merged, past.world, 10)),
      nowMs: at(10),
    },
    {
      name: 'Taken back, revert proposed',
      when: 'Users are well again; a person decides on the revert.',
      record: ended(recovering(proposed, past.world, 10)),
      nowMs: at(10),
    },
    {
      name: 'Taken back, no revert',
      when: 'Users are well again; the merge stays, and a fix is needed.',
      record: ended(recovering(forwardOnly, past.world, 10)),
      nowMs: at(10),
    },
  ]
}

async function called(): Promise<State[]> {
  const past = await watched(againstThePast, { failing: 0.012 }, at(10), 'found')
  const back = await watched(againstThePast, { failing: 0.012, backMs: at(3) }, at(10), 'found')
  const merged = resultOf(
    { kind: 'merged', pullRequest: revertPull, commit: '3fd0a7c19b5e6284a0d17cc3e92b8f4610da75e2' },
    { kind: 'merge', merge },
  )
  const first = await watched(limitsOnly, { failing: 0.05 }, at(10), 'found')
  const found = decidedAt(recordOf(past), past.lastMs)
  const failed = withRollback(found, {
    dispatchedAtMs: past.lastMs + 2000,
    ended: { kind: 'failed', message: '`rollback_failed: deploy.sh exited with 1`', atMs: at(4) },
  })
  const conflict = withRevert(
    rolledBack(found),
    resultOf({ kind: 'conflict', recipe: conflictRecipe(merge) }, { kind: 'merge', merge }),
  )
  const { before: _, ...firstEver } = recordOf(first)
  const none = withRollback(decidedAt(firstEver, first.lastMs), {
    ended: {
      kind: 'no_target',
      message: 'No other version of `production` is on record as healthy: there is nothing to go back to.',
      atMs: first.lastMs,
    },
  })
  const notBack = withRevert(rolledBack(found), notDone({ kind: 'nothing', why: 'switched_off' }))
  return [
    {
      name: 'Escalated: the rollback failed',
      when: 'Users would notice, and the run that takes it back failed.',
      record: ended(withRevert(failed, merged)),
      nowMs: at(5),
    },
    {
      name: 'Escalated: nothing to go back to',
      when: 'It is the first version of the environment; limits are all that it was judged by.',
      record: ended(withRevert(none, { ...merged })),
      nowMs: at(3),
    },
    {
      name: 'Escalated: the revert conflicts',
      when: 'Users are well again; later changes stand in the way of the revert.',
      record: ended(recovering(conflict, back.world, 10)),
      nowMs: at(10),
    },
    {
      name: 'Escalated: still bad after it was taken back',
      when: 'The old version does no better.',
      record: ended(recovering(notBack, past.world, 10)),
      nowMs: at(10),
    },
  ]
}

/** Canary steps that the deploying run judges by itself. */
async function ofRuns(): Promise<State[]> {
  const bad = await watched(sideBySide, { failing: 0.012 }, at(10), 'found')
  const thin = await watched(sideBySide, { perTick: 4 }, at(11))
  const { state: _, ...few } = recordOf(thin, { run: judgedByRun(thin, '10%', at(11)), liveMs: at(11) })
  const { state: __, ...taken } = recordOf(bad, {
    run: judgedByRun(bad, '10%', bad.lastMs),
    liveMs: bad.lastMs + 20_000,
  })
  const held = foundByRun(few, thin.state, {
    kind: 'held',
    reason: 'health_undecided',
    message: 'not clear yet',
  })
  const back = foundByRun(taken, bad.state, {
    kind: 'found_bad',
    ended: 'rolled_back',
    message: 'rolled back to 1.4.0',
  })
  const merged = withRevert(
    back!,
    resultOf(
      { kind: 'merged', pullRequest: revertPull, commit: '3fd0a7c19b5e6284a0d17cc3e92b8f4610da75e2' },
      { kind: 'merge', merge },
    ),
  )
  return [
    {
      name: 'Held at a step of the traffic',
      when: 'The deploying run could not tell at 10 % of the traffic, and stopped there.',
      record: ended(held!, 'held'),
      nowMs: at(11),
    },
    {
      name: 'Taken back by the run itself',
      when: 'The deploying run found it bad at 10 % of the traffic and took it back; the App reverts the merge.',
      record: merged,
      nowMs: at(3),
    },
  ]
}
