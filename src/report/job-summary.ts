import type { SuiteResult, VerdictReport } from '../upgrade/facts.ts'
import type { EnvironmentRecord, Upgrade } from '../upgrade/receipt.ts'
import { chart } from './chart.ts'
import { checksTable } from './checks-table.ts'
import { graphsLink } from './graphs-link.ts'
import { capital, elapsed, headline, noticedBy, plural } from './headline.ts'
import { code, fence, plain, posted, prose } from './markdown.ts'
import { nextSteps } from './next-steps.ts'

/** GitHub takes 1 MiB (1 048 576 bytes) of summary per step, and a character may have three; far less is read. */
const MAX_SUMMARY = 330_000
const MAX_DIFFERENCE = 8000

/** The receipt as GitHub-flavoured Markdown for a job summary. Every text from outside is inert in it. */
export function jobSummary(upgrade: Upgrade): string {
  const { decision, message, startedAtMs, endedAtMs } = upgrade
  const icon = decision === undefined ? '⏳' : ICONS[decision]
  const noticed = noticedBy(upgrade)
  const took = endedAtMs === undefined ? '' : ` In ${elapsed(endedAtMs - startedAtMs)}.`
  const drawn = chart(upgrade)
  const body = [
    `## ${icon} ${prose(headline(upgrade), 300)}`,
    `${prose(message ?? '', 2000)}${took}${noticed === undefined ? '' : ` **${capital(noticed.line)}.**`}`,
    section('Code', codeLines(upgrade)),
    section('Tests', upgrade.tests.flatMap(testLines)),
    section('Release', upgrade.environments.flatMap(releaseLines(upgrade))),
    section('Health', upgrade.environments.flatMap(healthLines)),
    drawn === '' ? '' : `### Stages\n\n${fence(drawn, { language: 'mermaid' })}`,
    section('What to do next', list(nextSteps(upgrade).map((step) => plain(step, 1000)))),
    `<sub>Reason ${code(upgrade.reason ?? 'none')}, upgrade ${code(upgrade.id)}, plan ${code(upgrade.planDigest.slice(0, 19))}.</sub>`,
  ]
    .filter((part) => part !== '')
    .join('\n\n')
  return posted(body, { max: MAX_SUMMARY, rest: 'the receipt' })
}

const ICONS = {
  promoted: '✅',
  completed: '✅',
  planned: '📋',
  nothing_to_do: '⚪',
  held: '⏸️',
  rolled_back: '↩️',
  cancelled: '⚪',
  failed: '❌',
} as const

function section(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? '' : `### ${title}\n\n${lines.join('\n')}`
}

function list(lines: readonly string[]): readonly string[] {
  return lines.map((line) => `- ${line}`)
}

function codeLines({ code: difference, candidate, branch, pullRequest, base }: Upgrade): readonly string[] {
  if (candidate?.sha === undefined) return []
  const where = branch === undefined ? '' : ` on ${code(branch)}`
  const request =
    pullRequest === undefined ? '' : `, pull request [#${pullRequest.number}](${pullRequest.url})`
  const first = `- ${code(candidate.sha)}${where}${request}`
  if (difference === undefined) {
    return [
      first,
      base === undefined ? '- First upgrade: there is no version n to compare with.' : '- Not compared.',
    ]
  }
  const { commits, more, files } = difference
  const sum = (key: 'added' | 'removed'): number => files.reduce((total, file) => total + file[key], 0)
  return [
    first,
    `- ${plural(commits.length + more, 'commit')}, ${plural(files.length, 'file')}, +${sum('added')} −${sum('removed')}`,
    ...commits.slice(0, 10).map(({ id, subject }) => `  - ${code(id.slice(0, 12))} ${code(subject, 120)}`),
  ]
}

function testLines(suite: SuiteResult): readonly string[] {
  const parts = [
    `${suite.passed} passed`,
    ...(suite.failed > 0 ? [`${suite.failed} failed`] : []),
    ...(suite.skipped > 0 ? [`${suite.skipped} skipped`] : []),
    ...(suite.known.length > 0 ? [`${plural(suite.known.length, 'known failure')} of the base`] : []),
    ...(suite.accepted.length > 0 ? [plural(suite.accepted.length, 'accepted break')] : []),
    ...(suite.newlyPassing.length > 0 ? [`${suite.newlyPassing.length} newly passing`] : []),
    ...(suite.added.length > 0 ? [`${suite.added.length} added`] : []),
    ...(suite.removed.length > 0 ? [`${suite.removed.length} removed`] : []),
    ...(suite.unused.length > 0 ? [`${suite.unused.length} of \`accepts\` not needed`] : []),
  ]
  return [
    `- ${code(suite.suite)}: ${parts.join(', ')}`,
    ...suite.newlyFailing
      .slice(0, 20)
      .flatMap(({ name, message, file, line }) => [
        `  - ❌ ${code(name)}${file === undefined ? '' : ` at ${code(line === undefined ? file : `${file}:${line}`)}`}${message === undefined ? '' : `: ${code(message, 300)}`}`,
      ]),
  ]
}

function releaseLines(upgrade: Upgrade): (environment: EnvironmentRecord) => readonly string[] {
  return ({ name, state, previous, weight, difference, message, said = [] }) => {
    if (state === 'untouched') return [`- ${code(name)}: untouched`]
    const from = previous === undefined ? 'its first version' : `before: ${code(previous.name)}`
    const share = weight === undefined || weight === 0 ? '' : `, with ${weight} % of the traffic`
    return [
      `- ${code(name)}: **${state.replaceAll('_', ' ')}**${share}, ${from}${message === undefined ? '' : `. ${prose(message, 500)}`}`,
      ...said.map((one) => `  - ${one.said} by ${code(one.by)} ${whenSaid(one.step)}`),
      ...upgrade.artifacts
        .slice(0, 10)
        .map(({ name: artifact, digest }) => `  - ${code(artifact)} ${code(digest.slice(0, 19))}`),
      ...(difference === undefined
        ? []
        : ['', fence(difference, { language: 'diff', maxLength: MAX_DIFFERENCE })]),
    ]
  }
}

function whenSaid(step: string): string {
  return step === 'watch' ? 'in the watch' : `at ${prose(step)} of the traffic`
}

function healthLines({ name, judged }: EnvironmentRecord): readonly string[] {
  // Each report holds all that was measured until then: the last one's table tells what the earlier ones' would.
  return judged.flatMap((report, index) => [
    `**${code(name)}, ${report.step === 'watch' ? 'the watch' : `at ${prose(report.step)}`}:** ${prose(report.line, 1000)}`,
    '',
    ...(index === judged.length - 1 ? [...checksTable(report.checks), '', ...graphsLines(report)] : []),
  ])
}

function graphsLines({ dashboard }: VerdictReport): readonly string[] {
  const link = graphsLink(dashboard)
  return link === undefined ? [] : [link, '']
}
