import type { CheckRow } from '../../health/explain.ts'
import { checksTable } from '../checks-table.ts'
import { graphsLink } from '../graphs-link.ts'
import { code, fence, posted } from '../markdown.ts'
import { fullMoment, roughly } from '../moment.ts'
import { changeLines, releaseDifference } from './change-lines.ts'
import { doneLines, recipeOf } from './done-lines.ts'
import { badFirst, evidenceLines } from './evidence-lines.ts'
import type { Section } from './fit-sections.ts'
import { leadOf } from './lead-of.ts'
import { nextLines } from './next-lines.ts'
import { titleOf } from './title-of.ts'
import { isOfRun, type Told } from './told.ts'

const MAX_RECIPE = 8000
const MAX_QUERIES = 16_000
const MAX_TABLE = 40_000

/** Whoever reads no further than this and the lead knows enough. */
export function titleSection(told: Told): Section {
  return { rank: 0, name: 'what it is', text: `### ${titleOf(told)}` }
}

/** `who`: mentions of those who must act. */
export function leadSection(told: Told, who = ''): Section {
  const lead = leadOf(told)
  return { rank: 0, name: 'what comes next', text: who === '' ? lead : `${who} ${lead}` }
}

export function evidenceSection(told: Told): Section {
  return { rank: 0, name: 'what was found', text: evidenceLines(told).join('\n\n') }
}

export function doneSection(told: Told): Section {
  return { rank: 0, name: 'what was done', text: titled('What was done', list(doneLines(told))) }
}

export function recipeSection(told: Told): Section {
  const recipe = recipeOf(told)
  const text = titled('By hand', recipe === '' ? [] : [posted(recipe, { max: MAX_RECIPE })])
  return { rank: 2, name: 'how to take it back by hand', text }
}

export function tableSection({ found }: Told): Section {
  const graphs = graphsLink(found?.dashboard)
  const text = titled('Health', [
    ...tableLines(badFirst(found?.checks ?? [])),
    ...(graphs === undefined ? [] : ['', graphs]),
  ])
  return { rank: 1, name: 'the table of checks', text }
}

export function changeSection(told: Told): Section {
  return { rank: 3, name: 'code, tests and release', text: titled('What came with it', changeLines(told)) }
}

export function releaseSection(told: Told): Section {
  return { rank: 5, name: "the release's difference", text: releaseDifference(told) }
}

/** As many as fit, the worst first. */
function tableLines(checks: readonly CheckRow[]): readonly string[] {
  if (checks.length === 0) return []
  let shown = checks
  while (checksTable(shown).join('\n').length > MAX_TABLE) shown = shown.slice(0, -1)
  const more = checks.length - shown.length
  return [...checksTable(shown), ...(more === 0 ? [] : ['', `… and ${more} more, none of them worse.`])]
}

/** Each check in words, and what was asked of its source with every variable filled in. */
export function queriesSection({ found }: Told): Section {
  const lines = (found?.checks ?? []).flatMap(({ line, queries }) => [
    line,
    ...queries.map((query) => `  ${query}`),
  ])
  const text =
    lines.length === 0
      ? ''
      : `<details><summary>Each check in words, and what was asked</summary>\n\n${fence(lines.join('\n'), { maxLength: MAX_QUERIES })}\n\n</details>`
  return { rank: 4, name: 'what was asked', text }
}

export function nextSection(told: Told): Section {
  return { rank: 0, name: 'what to do next', text: titled('What to do next', list(nextLines(told))) }
}

/** As of when, so that a text which is edited seldom never says what is not so any more. */
export function footSection({ record, nowMs, situation }: Told): Section {
  const { deployment, liveMs, state } = record
  const live = situation === 'awaiting' || situation === 'never_seen' ? 'deployed at' : 'live since'
  const watched =
    state === undefined || isOfRun(record)
      ? ''
      : `, ${live} ${fullMoment(liveMs)}, looked at every ${roughly(state.health.everyMs)}`
  const text = `<sub>As of ${fullMoment(nowMs)}. ${code(deployment.sha)}, Deployment ${code(deployment.id)}${watched}.</sub>`
  return { rank: 0, name: 'as of when', text }
}

function titled(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? '' : `#### ${title}\n\n${lines.join('\n')}`
}

function list(lines: readonly string[]): readonly string[] {
  return lines.map((line) => `- ${line}`)
}
