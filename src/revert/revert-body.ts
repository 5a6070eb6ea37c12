import type { Deployed } from '../ports/deployments.ts'
import { cell, code, fence } from '../report/markdown.ts'
import type { RevertDecision } from './decide.ts'

/** What a check found, as texts for people; the fields are those of a verdict's report. */
interface CheckEvidence {
  readonly name: string
  readonly verdict: 'healthy' | 'unhealthy' | 'inconclusive'
  readonly before: string
  readonly after: string
  readonly change: string
  readonly allowed: string
  readonly coverage: { readonly measured: number; readonly expected: number }
  readonly queries: readonly string[]
}

/** Why a merge is taken back, for its pull request. */
export interface RevertEvidence {
  readonly environment: string
  readonly deployed: Deployed
  readonly lastHealthy?: Deployed
  /** The verdict in one line. */
  readonly line: string
  readonly checks: readonly CheckEvidence[]
  /** Where the whole report can be read. */
  readonly reportUrl?: string
}

type Acting = Extract<RevertDecision, { kind: 'propose' | 'merge' }>

/** The body of the revert's pull request, as Markdown with every outside value inert. */
export function revertBody(decision: Acting, evidence: RevertEvidence): string {
  const { environment, deployed, lastHealthy, line, checks, reportUrl } = evidence
  const bad = checks.filter(({ verdict }) => verdict === 'unhealthy')
  const back = lastHealthy
    ? `, and ${code(lastHealthy.version)} (${lastHealthy.sha}) was healthy before it`
    : ''
  return [
    `#${decision.merge.number} came to ${code(environment)} with ${code(deployed.version)} (${deployed.sha}) and users would notice${back}.`,
    `> ${code(line, 500)}`,
    ...(bad.length === 0 ? [] : [table(bad), queries(bad)]),
    verdictOnMerging(decision),
    ...(reportUrl === undefined ? [] : [`The whole report: ${reportUrl}`]),
    'What was merged since then stays: only this one change is taken out. If this is a false alarm, close this pull request; it is not opened again.',
  ].join('\n\n')
}

function table(checks: readonly CheckEvidence[]): string {
  const rows = checks.map(({ name, before, after, change, allowed, coverage }) => {
    const samples = `${coverage.measured} of ${coverage.expected}`
    return `| ${[name, before, after, change, allowed, samples].map((value) => cell(value)).join(' | ')} |`
  })
  return [
    '| check | before | now | change | allowed | looks with an answer |',
    '|---|---|---|---|---|---|',
    ...rows,
  ].join('\n')
}

function queries(checks: readonly CheckEvidence[]): string {
  const all = checks.flatMap(({ name, queries }) => queries.map((query) => `${name}: ${query}`))
  return `<details><summary>What was asked</summary>\n\n${fence(all.join('\n'))}\n\n</details>`
}

function verdictOnMerging(decision: Acting): string {
  if (decision.kind === 'merge') return 'Seamless merges this as soon as the repository allows it.'
  const also = decision.others === undefined ? '' : ` Just as well to blame may be ${decision.others}.`
  return `Seamless does not merge this by itself: ${whyProposed[decision.why]}.${also} A person decides.`
}

/** Each reason for only proposing, as the end of a sentence. */
export const whyProposed: Readonly<Record<Extract<RevertDecision, { kind: 'propose' }>['why'], string>> = {
  policy_propose: 'the configuration says `revert: propose`',
  not_proven_live: 'no deployment says that this commit went live',
  several_suspects: 'more than this change came since the last healthy version',
  weak_evidence: 'one check, not compared with the old version at the same time, is not enough to be sure',
  cooldown:
    'another revert was merged within the last half hour, and what that one does to users is not known yet',
  budget_spent: 'as many reverts as are allowed in a day were merged already',
  budget_unknown: 'it could not be counted how many reverts were merged today',
}
