import { code, prose } from '../markdown.ts'
import { moment, roughly } from '../moment.ts'
import type { Told } from './told.ts'

/** What was done, each with its time: found, taken back, reverted, well again. Nothing before anything was. */
export function doneLines(told: Told): readonly string[] {
  const { outcome, acts } = told.record
  if (outcome === undefined || outcome.verdict !== 'unhealthy') return []
  return [
    foundLine(told, outcome.atMs),
    ...rollbackLines(told, outcome.atMs),
    ...(acts.revert === undefined
      ? []
      : [`${moment(acts.revert.atMs, told.nowMs)}: ${firstLine(acts.revert.message)}`]),
    ...recoveryLines(told),
  ]
}

/** The rest of what is said of the revert: a recipe to do it by hand, where there is one. */
export function recipeOf({ record: { acts } }: Told): string {
  const message = acts.revert?.message ?? ''
  const first = message.split('\n')[0] ?? ''
  return message.slice(first.length).trim()
}

function foundLine({ record, nowMs }: Told, atMs: number): string {
  const after = atMs > record.liveMs ? `, ${roughly(atMs - record.liveMs)} after it was live` : ''
  return `${moment(atMs, nowMs)}: found that users would notice${after}`
}

function rollbackLines({ record, nowMs, back, version }: Told, foundMs: number): readonly string[] {
  const { rollback } = record.acts
  if (rollback === undefined) return []
  const { dispatchedAtMs, ended, key } = rollback
  const asked =
    dispatchedAtMs === undefined
      ? []
      : [`${moment(dispatchedAtMs, nowMs)}: a run was asked to take it back${after(dispatchedAtMs, foundMs)}`]
  if (ended === undefined) return asked
  const at = moment(ended.atMs, nowMs)
  const words = ended.message === '' ? '' : `: ${code(ended.message, 300)}`
  switch (ended.kind) {
    case 'rolled_back': {
      const by = key === undefined ? ', by the run that deployed it' : ''
      return [
        ...asked,
        `${at}: users have ${back ?? 'the version before'} again${after(ended.atMs, foundMs)}${by}`,
      ]
    }
    case 'no_target':
      return [...asked, `${at}: no version to go back to${words}`]
    case 'failed':
      return [...asked, `${at}: taking ${version} back failed${words}`]
  }
}

function after(ms: number, foundMs: number): string {
  return ms > foundMs ? `, ${roughly(ms - foundMs)} after it was found` : ''
}

function recoveryLines({ record, nowMs }: Told): readonly string[] {
  const end = record.acts.recovery?.ended
  if (end === undefined) return []
  const words = { recovered: 'users are well again', still_bad: 'it is still bad', unknown: 'nobody knows' }
  return [`${moment(end.atMs, nowMs)}: ${words[end.kind]}: ${prose(end.line, 500)}`]
}

function firstLine(message: string): string {
  return message.split('\n')[0] ?? ''
}
