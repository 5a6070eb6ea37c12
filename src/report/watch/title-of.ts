import type { Found } from '../../watch/watch-record.ts'
import { code, plain } from '../markdown.ts'
import { type Told, versionName } from './told.ts'

/** The first line of all that is said of a watch, as Markdown: where, what, how it is. */
export function titleOf(told: Told): string {
  return titleBy(told, (text) => code(text, 100))
}

/** The same where no Markdown works: titles of check runs and issues. At most 255 characters. */
export function plainTitleOf(told: Told): string {
  return plain(
    titleBy(told, (text) => plain(text, 60)),
    255,
  )
}

type Name = (text: string) => string

function titleBy(told: Told, name: Name): string {
  const { record, situation } = told
  const where = name(record.environment)
  const version = name(versionName(record.deployment))
  const is = `${version} in ${where}:`
  switch (situation) {
    case 'awaiting':
      return `⏳ ${is} deployed, but not seen running yet`
    case 'watching':
      return watchingTitle(told, is)
    case 'bad_while_paused':
      return `🚨 ${is} users would notice, and it is paused`
    case 'promoted':
      return record.outcome?.by === undefined
        ? `✅ ${is} users do not notice, it is promoted`
        : `✅ ${is} promoted by ${name(record.outcome.by.login)}`
    case 'accepted':
      return `☑️ ${is} accepted by ${name(record.outcome?.by?.login ?? 'a person')}`
    case 'held':
      return `⏸️ ${is} nobody knows whether users notice, it is held`
    case 'never_seen':
      return `⏸️ ${is} never seen running, it is held`
    case 'shadow':
      return `❌ ${is} users would notice, and nothing was done (shadow)`
    case 'superseded':
      return `⏭️ ${is} ${name(record.supersededBy === undefined ? '' : versionName(record.supersededBy))} took its place`
    case 'taking_back':
      return `❌ ${is} users would notice, it is being taken back`
    case 'rollback_failed':
      return `🚨 ${is} users would notice, and taking it back failed`
    case 'no_target':
      return `🚨 ${is} users would notice, and there is nothing to go back to`
    case 'taken_back':
      return takenBackTitle(told, { where, version, name })
  }
}

function watchingTitle({ record, found }: Told, is: string): string {
  if (record.paused !== undefined) return `⏸️ ${is} ${moodOf(found)}, paused`
  return `${isUnseen(found) ? '⚠️' : '👀'} ${is} ${moodOf(found)}`
}

function moodOf(found: Found | undefined): string {
  if (found?.verdict === 'healthy') return 'fine so far'
  if (isUnseen(found)) return 'nobody can see how it does'
  switch (found?.reason) {
    case 'too_early':
    case undefined:
      return 'too early to say'
    case 'too_little_traffic':
      return 'too little traffic to say yet'
    case 'worse_than_short_baseline':
      return 'it looks worse, but too little of the past is known'
    default:
      return 'not clear yet'
  }
}

const UNSEEN: ReadonlySet<string> = new Set(['no_data', 'source_error', 'invalid_data', 'low_coverage'])

function isUnseen(found: Found | undefined): boolean {
  return found !== undefined && UNSEEN.has(found.reason)
}

function takenBackTitle(
  { record }: Told,
  { where, version, name }: { readonly where: string; readonly version: string; readonly name: Name },
): string {
  const to = record.acts.rollback?.ended?.to ?? record.before
  const back = `${where} is back on ${to === undefined ? 'its last healthy version' : name(versionName(to))}`
  switch (record.acts.recovery?.ended?.kind) {
    case 'still_bad':
      return `🚨 ${back}, and it is still bad: ${version} may not be to blame`
    case 'unknown':
      return `⚠️ ${back}, but nobody knows whether users are well`
    case 'recovered':
      return mergeTitle(record, back) ?? `↩️ ${back}, and users are well: ${version} was taken back`
    case undefined:
      return mergeTitle(record, back) ?? `↩️ ${back}: ${version} was taken back`
  }
}

/** Where users are well, or nothing else is known, what matters is the merge. */
function mergeTitle({ acts }: Told['record'], back: string): string | undefined {
  const { revert, recovery } = acts
  const merge = revert?.suspect === undefined ? 'the merge' : `#${revert.suspect}`
  switch (revert?.outcome) {
    case 'merged':
    case 'already_reverted':
      return `↩️ ${back}${recovery?.ended === undefined ? '' : ', users are well'}, and ${merge} is reverted`
    case 'proposed':
      return `↩️ ${back}, and the revert of ${merge} waits for a person`
    case 'conflict':
    case 'failed':
      return `⚠️ ${back}, but ${merge} must be reverted by a person`
    case 'not_done':
    case undefined:
      return undefined
  }
}
