import type { ReadDeployment } from '../../ports/deployments.ts'
import { code } from '../../report/markdown.ts'
import { lastMark, type Phase } from '../decide-follow.ts'
import { pageLink } from '../lock-text.ts'
import type { Operation, OperationEnding } from '../operation-lock.ts'
import { runWords } from '../run-words.ts'

/**
 * The one comment of a pull request and environment that is edited while an operation goes on. It names nobody: its edits
 * notify nobody, and its making should not either.
 */
export function progressText(
  environment: string,
  operation: Operation,
  now: { readonly phase: Phase; readonly deployment?: ReadDeployment | undefined },
): string {
  const elapsed = elapsedMark(operation.told)
  return [
    `### ⏳ ${title(environment, operation)}`,
    `${phaseText(operation, now)}${elapsed === '' ? '' : ` For ${elapsed} by now.`}`,
    footer(operation),
  ].join('\n\n')
}

/** … once it has ended; what came of it is said in a comment of its own. */
export function endedProgressText(
  environment: string,
  operation: Operation,
  { reason, reaction }: Pick<OperationEnding, 'reason' | 'reaction'>,
): string {
  const mark = reaction === 'rocket' ? '✅' : '⏹️'
  return [
    `### ${mark} ${title(environment, operation)}`,
    `Ended: ${code(reason)}. The newest comment says how.`,
    footer(operation),
  ].join('\n\n')
}

function title(environment: string, { kind, version, sha }: Operation): string {
  const what = version === undefined || sha.startsWith(version) ? '' : `${code(version)}, `
  const verb = kind === 'deploy' ? 'Deployment to' : 'Rollback of'
  return `${verb} ${code(environment)}: ${what}${code(sha.slice(0, 12))}`
}

function phaseText(
  { run }: Operation,
  { phase, deployment }: { readonly phase: Phase; readonly deployment?: ReadDeployment | undefined },
): string {
  const link = pageLink('its run', run?.url)
  switch (phase) {
    case 'beginning':
    case 'asked':
      return 'A run was asked for and has not shown yet.'
    case 'queued':
      return `Waits for a runner: ${link}.`
    case 'waiting':
      return `Waits for somebody who may approve it: ${link}.`
    case 'running': {
      const { message } = runWords(deployment?.description)
      return `Works: ${link}.${message === '' ? '' : ` ${code(message)}`}`
    }
    case 'live':
      return `It is live. Whether users notice is being watched: ${link}.`
  }
}

function footer({ sha, by, sinceMs, key, deployment }: Operation): string {
  const made = deployment === undefined ? '' : `, Deployment ${code(deployment)}`
  const since = new Date(sinceMs).toISOString().replace(/\.\d+Z$/, 'Z')
  return `<sub>${code(sha)}, asked for by ${code(by.login)} at ${since} (${code(key)}${made})</sub>`
}

/** From the word that says what was told last, so that the same word makes the same text. */
function elapsedMark(told: string | undefined): string {
  const minutes = Number(told?.split('/')[1] ?? 0)
  if (!(lastMark(minutes * 60_000) > 0)) return ''
  return minutes < 60 ? `${minutes} min` : `${minutes / 60} h`
}
