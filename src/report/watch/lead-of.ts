import { judgedFromMs } from '../../health/watch.ts'
import { verdictOf } from '../../health/watch-verdict.ts'
import type { RevertResult } from '../../revert/revert-merge.ts'
import { capital } from '../headline.ts'
import { code, prose } from '../markdown.ts'
import { moment, roughly } from '../moment.ts'
import { command, isOfRun, type Told, versionName } from './told.ts'

/** The second line: what happens next and when, or what somebody must do now. Whoever reads no further knows enough. */
export function leadOf(told: Told): string {
  const { situation, version } = told
  switch (situation) {
    case 'awaiting':
      return awaitingLead(told)
    case 'watching':
      return told.record.paused === undefined ? watchingLead(told) : pausedLead(told)
    case 'bad_while_paused':
      return `**Nothing was taken back: ${pausedBy(told)}.** Users have ${version} until somebody decides: ${command(told, 'continue')} takes it back now, ${command(told, 'accept')} keeps it.`
    case 'promoted':
      return `**Nothing is to be done.** From now on ${version} is what ${told.where} goes back to when a later version is bad.`
    case 'accepted':
      return acceptedLead(told)
    case 'held':
    case 'never_seen':
    case 'shadow':
      return heldLead(told)
    case 'superseded':
      return supersededLead(told)
    case 'taking_back':
      return takingBackLead(told)
    case 'rollback_failed':
      return `**Somebody must act now:** users may still have ${version}, or something half done. ${command(told, 'rollback')} tries once more.${mergeText(told)}`
    case 'no_target':
      return `**Somebody must act now:** users still have ${version}, for no other version of ${told.where} was ever found healthy. Deploy one that works.${mergeText(told)}`
    case 'taken_back':
      return takenBackLead(told)
  }
}

/** `12:31 UTC** (in 18 min, as of 12:13 UTC).`: the end of a sentence in bold, which ends before the brackets. */
function whenText(ms: number, nowMs: number): string {
  const relative = ms <= nowMs ? '' : ` (in ${roughly(ms - nowMs)}, as of ${moment(nowMs, nowMs)})`
  return `${moment(ms, nowMs)}**${relative}.`
}

function awaitingLead({ record, nowMs, version }: Told): string {
  const until =
    record.awaitedUntilMs === undefined ? '' : `**Awaited until ${whenText(record.awaitedUntilMs, nowMs)} `
  const watch = record.state === undefined ? '' : ` for ${roughly(record.state.health.watchMs)}`
  return `${until}The metric that shows which version runs does not show ${version} yet. Once it does, it is watched${watch}; if it does not by then, it is held and a person is asked.`
}

function watchingLead(told: Told): string {
  const { record } = told
  const fine = 'if it stays fine it is promoted'
  if (record.policy.shadow)
    return `${decidedText(told)} Then ${fine}. Should users notice, it is said here and nothing is done, for \`shadow\` is on.`
  const bad = `if users would notice, ${takeBackText(told)} at once${revertPromise(told)}`
  const unknown = 'if nobody can tell, it stays live and a person is asked'
  return `${decidedText(told)} ${capital(fine)}; ${bad}; ${unknown}.${extendedText(told)}`
}

function decidedText({ record, nowMs }: Told): string {
  if (record.state === undefined) return ''
  const { endsMs } = verdictOf(record.state, nowMs)
  return endsMs <= nowMs ? '**It is being decided.**' : `**Decided at ${whenText(endsMs, nowMs)}`
}

/** Said only once it is so: what was missed is given as long again. */
function extendedText({ record, nowMs }: Told): string {
  const { state } = record
  if (state === undefined) return ''
  const onceMs = Math.max(judgedFromMs(state), state.step.sinceMs) + state.health.watchMs
  return verdictOf(state, nowMs).endsMs > onceMs
    ? ` It is watched for as long again, since too much was missed by ${moment(onceMs, nowMs)}.`
    : ''
}

function takeBackText({ where, back }: Told): string {
  return back === undefined
    ? `a person is called, for ${where} has no healthy version to go back to,`
    : `${where} goes back to ${back}`
}

function revertPromise({ record: { pull, policy } }: Told): string {
  if (pull === undefined || !pull.isMerged || policy.revert === 'off') return ''
  return policy.revert === 'auto'
    ? ` and #${pull.number} is reverted, if the evidence is strong`
    : ` and a revert of #${pull.number} is proposed`
}

/** `paused by ada since 12:05 UTC` */
function pausedBy({ record: { paused }, nowMs }: Told): string {
  return paused === undefined ? '' : `paused by ${code(paused.by.login)} since ${moment(paused.atMs, nowMs)}`
}

function pausedLead(told: Told): string {
  const { record, nowMs } = told
  const ends = record.state === undefined ? undefined : verdictOf(record.state, nowMs).endsMs
  const time =
    ends === undefined
      ? ''
      : ends <= nowMs
        ? ` Its time is over since ${moment(ends, nowMs)}.`
        : ` Its time is over at ${moment(ends, nowMs)} (in ${roughly(ends - nowMs)}, as of ${moment(nowMs, nowMs)}).`
  return `**${capital(pausedBy(told))}: nothing is promoted or taken back until ${command(told, 'continue')}.** It is looked at all the same.${time}`
}

function acceptedLead(told: Told): string {
  const { record, found, version, where, nowMs } = told
  const though =
    found === undefined || found.verdict === 'healthy'
      ? ''
      : found.verdict === 'unhealthy'
        ? ', though users would notice'
        : ', though nobody knows whether users notice'
  const at = record.outcome === undefined ? '' : ` at ${moment(record.outcome.atMs, nowMs)}`
  return `**Nothing is to be done: it was accepted${at}${though}.** It is not watched any more, and ${version} is what ${where} goes back to from now on.`
}

function heldLead(told: Told): string {
  const { record, situation, where, back } = told
  const all = situation === 'never_seen' ? 'It stays as it is' : 'It stays live'
  const step = record.run?.judged?.step ?? 'a part'
  const stays = isOfRun(record) ? `It stays at ${prose(step)} of the traffic` : all
  const why =
    situation === 'shadow' && back !== undefined
      ? ` Without \`shadow\`, ${where} would be back on ${back} by now.`
      : ''
  return `**Somebody must decide:** ${choices(told)}. ${stays} until then; nothing happens by itself.${why}`
}

function choices(told: Told): string {
  const keep = command(told, told.situation === 'shadow' ? 'accept' : 'promote')
  const goOn = isOfRun(told.record) ? 'deploying it again goes on with it' : `${keep} keeps it`
  const rollback = `${command(told, 'rollback')} brings ${told.back ?? 'its last healthy version'} back`
  return `${goOn}, ${rollback}`
}

function supersededLead(told: Told): string {
  const { record, version } = told
  const by = record.supersededBy
  const name = by === undefined ? 'A later version' : code(versionName(by), 100)
  const has = `${name} is what users have now`
  if (record.outcome?.verdict === 'unhealthy' && record.outcome.reason === 'unhealthy')
    return `**${capital(has)}.** Users would notice ${version}, and before it was taken back the other came.${mergeText(told)}`
  const was =
    record.outcome === undefined
      ? `Whether users noticed ${version} was not decided by then.`
      : 'What it was held for was not decided by then.'
  return `**Nothing is to be done here:** ${has}. ${was}`
}

function takingBackLead(told: Told): string {
  const { record, nowMs, where, back } = told
  const begun = record.acts.rollback?.begunAtMs
  const since = begun === undefined ? '' : `, begun at ${moment(begun, nowMs)}`
  return `**${where} goes back to ${back ?? 'its last healthy version'}${since}.** Nobody needs to do anything; this says when it is done${revertPromise(told) === '' ? '' : ', and what becomes of the merge'}.`
}

function takenBackLead(told: Told): string {
  const { record, nowMs, back } = told
  const { rollback, recovery, revert } = record.acts
  const at = rollback?.ended === undefined ? '' : ` since ${moment(rollback.ended.atMs, nowMs)}`
  const well = recovery?.ended?.kind === 'recovered'
  const has = `**Users have ${back ?? 'the version before'} again${at}${well ? ' and are well' : ''}.**`
  const isOut = revert?.outcome === 'merged' || revert?.outcome === 'already_reverted'
  const calm = well && isOut ? ' Nothing is urgent.' : ''
  const paused =
    record.paused === undefined
      ? ''
      : ` ${capital(pausedBy(told))}: nothing more is done until ${command(told, 'continue')}.`
  const open = recovery !== undefined && recovery.ended === undefined
  const known = open ? ` **Whether they are well is known at ${whenText(recovery.untilMs, nowMs)}` : ''
  return `${has}${mergeText(told)}${calm}${known}${paused}`
}

function mergeText({ record: { acts, pull } }: Told): string {
  if (acts.revert === undefined) return ''
  const suspect = acts.revert.suspect ?? (pull?.isMerged === true ? pull.number : undefined)
  return ` ${revertWords(acts.revert, suspect === undefined ? 'The merge' : `#${suspect}`)}`
}

/** In one sentence; the result's own message says why. */
function revertWords({ outcome, pullRequest }: RevertResult, merge: string): string {
  const by = pullRequest === undefined ? '' : `#${pullRequest.number}`
  switch (outcome) {
    case 'merged':
      return `${merge} is reverted by ${by}.`
    case 'proposed':
      return `**The revert of ${merge} waits for a person: ${by}.**`
    case 'already_reverted':
      return `${merge} was reverted already.`
    case 'not_done':
      return `${merge} was not reverted.`
    case 'conflict':
      return `**${merge} must be reverted by a person: later changes stand in the way.**`
    case 'failed':
      return `**${merge} must be reverted by a person: it could not be done.**`
  }
}
