import { reportOf } from '../../health/explain.ts'
import type { WatchRecord } from '../../watch/watch-record.ts'
import { code, prose } from '../markdown.ts'
import { exactMoment, roughly } from '../moment.ts'
import { isOfRun, type Told, versionName } from './told.ts'

/** What was done, each with its time: found, taken back, reverted, well again. Nothing before anything was. */
export function doneLines(told: Told): readonly string[] {
  const { outcome, acts } = told.record
  if (outcome === undefined || outcome.verdict !== 'unhealthy') return []
  return [
    foundLine(told, outcome.atMs),
    ...rollbackLines(told, outcome.atMs),
    ...(acts.revert === undefined
      ? []
      : [`${exactMoment(acts.revert.atMs, told.nowMs)}: ${firstLine(acts.revert.message)}`]),
    ...recoveryLines(told),
    ...laterLines(told),
  ]
}

/** The rest of what is said of the rollback and of the revert: how to do it by hand, where a person must. */
export function recipeOf({ record }: Told): string {
  const messages = [rollbackWords(record), record.acts.revert?.message ?? '']
  return messages
    .map((message) => message.slice(firstLine(message).length).trim())
    .filter((rest) => rest !== '')
    .join('\n\n')
}

function foundLine({ record, nowMs }: Told, atMs: number): string {
  const after = atMs > record.liveMs ? `, ${roughly(atMs - record.liveMs)} after it was live` : ''
  const step = isOfRun(record) ? record.run?.judged?.step : undefined
  const part = step === undefined ? '' : `, at ${prose(step)} of the traffic`
  return `${exactMoment(atMs, nowMs)}: found that users would notice${part}${after}`
}

function rollbackLines({ record, nowMs, back, version }: Told, foundMs: number): readonly string[] {
  const { rollback } = record.acts
  if (rollback === undefined) return []
  const { dispatchedAtMs, ended } = rollback
  const asked =
    dispatchedAtMs === undefined
      ? []
      : [
          `${exactMoment(dispatchedAtMs, nowMs)}: a run was asked to take it back${after(dispatchedAtMs, foundMs)}`,
        ]
  if (ended === undefined) return asked
  const at = exactMoment(ended.atMs, nowMs)
  const said = firstLine(rollbackWords(record))
  const words = said === '' ? '' : `: ${said}`
  switch (ended.kind) {
    case 'rolled_back': {
      const by = isOfRun(record) ? ', by the run that deployed it' : ''
      return [
        ...asked,
        `${at}: users have ${back ?? 'the version before'} again${after(ended.atMs, foundMs)}${by}`,
      ]
    }
    case 'no_target':
      return [...asked, `${at}: ${said === '' ? 'There is no version to go back to.' : said}`]
    case 'failed':
      return [...asked, `${at}: taking ${version} back failed${words}`]
  }
}

/** A run's words are outside text; the App's own are Markdown already. */
function rollbackWords(record: WatchRecord): string {
  const message = record.acts.rollback?.ended?.message ?? ''
  return message !== '' && isOfRun(record) ? code(message, 300) : message
}

function after(ms: number, foundMs: number): string {
  return ms > foundMs ? `, ${roughly(ms - foundMs)} after it was found` : ''
}

function recoveryLines({ record, nowMs }: Told): readonly string[] {
  const { ended: end, state } = record.acts.recovery ?? {}
  if (end === undefined)
    return state === undefined
      ? []
      : [`${exactMoment(nowMs, nowMs)}: of its users by now: ${prose(reportOf(state, nowMs).line, 500)}`]
  const words = { recovered: 'users are well again', still_bad: 'it is still bad', unknown: 'nobody knows' }
  return [`${exactMoment(end.atMs, nowMs)}: ${words[end.kind]}: ${prose(end.line, 500)}`]
}

function laterLines({ record: { supersededBy } }: Told): readonly string[] {
  return supersededBy === undefined ? [] : [`Since then: ${code(versionName(supersededBy), 100)} came.`]
}

function firstLine(message: string): string {
  return message.split('\n')[0] ?? ''
}
