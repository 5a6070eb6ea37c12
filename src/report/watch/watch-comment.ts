import type { WatchRecord } from '../../watch/watch-record.ts'
import { fitSections } from './fit-sections.ts'
import { toldOf } from './told.ts'
import {
  changeSection,
  doneSection,
  evidenceSection,
  footSection,
  leadSection,
  nextSection,
  queriesSection,
  recipeSection,
  releaseSection,
  tableSection,
  titleSection,
} from './watch-sections.ts'

/**
 * The kept comment of a watch: its receipt, as of `nowMs`. Markdown whose outside values are inert, and that fits where it is
 * posted; it mentions nobody, since edits notify nobody. The same record and time give the same text.
 */
export function watchComment(record: WatchRecord, nowMs: number): string {
  const told = toldOf(record, nowMs)
  return fitSections([
    titleSection(told),
    leadSection(told),
    evidenceSection(told),
    doneSection(told),
    recipeSection(told),
    nextSection(told),
    tableSection(told),
    changeSection(told),
    releaseSection(told),
    queriesSection(told),
    footSection(told),
  ])
}
