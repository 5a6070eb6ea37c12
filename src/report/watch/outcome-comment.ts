import type { WatchRecord } from '../../watch/watch-record.ts'
import { mention } from '../markdown.ts'
import { fitSections } from './fit-sections.ts'
import type { Situation } from './situation.ts'
import { type Told, toldOf } from './told.ts'
import {
  doneSection,
  evidenceSection,
  footSection,
  leadSection,
  nextSection,
  recipeSection,
  titleSection,
} from './watch-sections.ts'

/**
 * The new comment of an outcome, which notifies people: it mentions the author where somebody must act, and whoever paused it.
 * Nothing where there is nothing new to say: while it goes on, and where a later deployment took its place.
 */
export function outcomeComment(record: WatchRecord, nowMs: number): string | undefined {
  const told = toldOf(record, nowMs)
  const isBad = record.outcome?.reason === 'unhealthy'
  if (QUIET.has(told.situation) && !(told.situation === 'superseded' && isBad)) return undefined
  return fitSections([
    titleSection(told),
    leadSection(told, addressees(told)),
    evidenceSection(told),
    doneSection(told),
    recipeSection(told),
    nextSection(told),
    footSection(told),
  ])
}

const QUIET: ReadonlySet<Situation> = new Set(['awaiting', 'watching', 'superseded', 'taking_back'])
const WELL: ReadonlySet<Situation> = new Set(['promoted', 'accepted'])

function addressees({ record: { pull, paused }, situation }: Told): string {
  if (WELL.has(situation)) return ''
  const logins = [
    ...(situation === 'bad_while_paused' && paused !== undefined ? [paused.by.login] : []),
    ...(pull === undefined ? [] : [pull.author]),
  ]
  return [...new Set(logins)].map((login) => mention(login)).join(' ')
}
