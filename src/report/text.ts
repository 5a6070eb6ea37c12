import type { SuiteResult, VerdictReport } from '../upgrade/facts.ts'
import type { EnvironmentRecord, Upgrade } from '../upgrade/receipt.ts'
import { elapsed, headline, noticedBy, plural } from './headline.ts'
import { visible } from './markdown.ts'
import { nextSteps } from './next-steps.ts'

/** The receipt as plain lines for a terminal. Control characters from outside are shown, never sent. */
export function receiptText(upgrade: Upgrade): string {
  const noticed = noticedBy(upgrade)
  const took = upgrade.endedAtMs === undefined ? '' : ` (${elapsed(upgrade.endedAtMs - upgrade.startedAtMs)})`
  const lines = [
    `${headline(upgrade)}${took}`,
    ...(upgrade.message === undefined ? [] : [`  ${upgrade.message}`]),
    ...(noticed === undefined ? [] : [`  ${noticed.line}`]),
    ...block('Code', codeLines(upgrade)),
    ...block('Tests', upgrade.tests.flatMap(testLines)),
    ...block(
      'Release',
      upgrade.environments.map((environment) => releaseLine(environment)),
    ),
    ...block('Health', upgrade.environments.flatMap(healthLines)),
    ...block('Revert', revertLines(upgrade)),
    ...block('What to do next', nextSteps(upgrade)),
    `  reason ${upgrade.reason ?? 'none'}, upgrade ${upgrade.id}`,
  ]
  return lines.map((line) => visible(line)).join('\n')
}

function block(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [`  ${title}`, ...lines.map((line) => `    ${line}`)]
}

function codeLines({ candidate, branch, pullRequest, code, base, artifacts }: Upgrade): readonly string[] {
  if (candidate?.sha === undefined) return []
  const where = branch === undefined ? '' : ` on ${branch}`
  const request = pullRequest === undefined ? '' : `, ${pullRequest.url}`
  const compared =
    code === undefined
      ? [base === undefined ? 'first upgrade: there is no version n to compare with' : 'not compared']
      : [
          `${plural(code.commits.length + code.more, 'commit')}, ${plural(code.files.length, 'file')} since ${base?.name ?? 'version n'}`,
        ]
  return [
    `${candidate.sha}${where}${request}`,
    ...compared,
    ...artifacts
      .slice(0, 10)
      .map(({ name, digest, bytes }) => `${name} ${digest.slice(0, 19)} (${plural(bytes, 'byte')})`),
  ]
}

function testLines(suite: SuiteResult): readonly string[] {
  const known = suite.known.length === 0 ? '' : `, ${plural(suite.known.length, 'known failure')}`
  const accepted = suite.accepted.length === 0 ? '' : `, ${plural(suite.accepted.length, 'accepted break')}`
  return [
    `${suite.suite}: ${suite.passed} passed, ${suite.newlyFailing.length} newly failing${known}${accepted}`,
    ...suite.newlyFailing
      .slice(0, 10)
      .map(
        ({ name, message }) =>
          `  ✗ ${name}${message === undefined ? '' : `: ${message.split('\n')[0] ?? ''}`}`,
      ),
  ]
}

function releaseLine({ name, state, weight, previous }: EnvironmentRecord): string {
  if (state === 'rolled_back')
    return `${name}: rolled back${previous === undefined ? '' : ` to ${previous.name}`}`
  const share = weight === undefined ? '' : `, with ${weight} % of the traffic`
  const before = previous === undefined ? '' : `, before: ${previous.name}`
  return `${name}: ${state.replaceAll('_', ' ')}${share}${before}`
}

function healthLines({ name, judged }: EnvironmentRecord): readonly string[] {
  return judged.flatMap((report) => [
    `${name}, ${report.step === 'watch' ? 'the watch' : `at ${report.step}`}: ${report.line}`,
    ...report.checks.map((check) => `  ${checkLine(check)}`),
  ])
}

/** One check as one line, live and in receipts. */
export function checkLine(check: VerdictReport['checks'][number]): string {
  const icon = { healthy: '✓', unhealthy: '✗', inconclusive: '?' }[check.verdict]
  const change = check.change === '' ? '' : `, ${check.change}`
  const before = check.before === '' ? '' : ` (before ${check.before})`
  const { measured, expected } = check.coverage
  const figures = `${icon} ${check.name} ${check.after}${before}${change}, allowed ${check.allowed}`
  return [figures, check.sparkline, `measured ${measured} of ${expected}`].filter(Boolean).join(' ')
}

function revertLines({ revert }: Upgrade): readonly string[] {
  if (revert === undefined) return []
  const where = revert.pullRequest === undefined ? '' : ` ${revert.pullRequest.url}`
  return [`${revert.outcome.replaceAll('_', ' ')}: ${revert.message}${where}`]
}
