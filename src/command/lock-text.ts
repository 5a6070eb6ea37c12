import { code } from '../report/markdown.ts'
import type { Hold, Operation } from './operation-lock.ts'

/** Who keeps an environment by `/lock`, since when, why: one Markdown sentence that notifies nobody. */
export function holdText(environment: string, { by, pull, sinceMs, reason }: Hold): string {
  const why = reason === undefined ? '' : `, because: ${code(reason, 300)}`
  return `${code(environment)} is locked for #${pull} by ${code(by.login)} since ${utc(sinceMs)}${why}.`
}

/** What is being done to an environment, by whom, since when, at which commit. */
export function operationText(environment: string, operation: Operation): string {
  const { by, pull, sinceMs, sha, run } = operation
  const what = operation.kind === 'deploy' ? 'is being deployed to' : 'is being rolled back'
  return `${code(environment)} ${what}: ${code(sha)}${forPull(pull, ', ')}, by ${code(by.login)}, since ${utc(sinceMs)}${link(run?.url)}.`
}

/** What was left half done, and the two ways out. */
export function dirtyText(environment: string, operation: Operation, why: string): string {
  const { by, pull, sinceMs, sha, run } = operation
  const what = operation.kind === 'deploy' ? 'the deployment' : 'the rollback'
  return [
    `${code(environment)} is half done since ${what} of ${code(sha)}${forPull(pull)} by ${code(by.login)} (${utc(sinceMs)}${link(run?.url)}): ${code(why, 300)}.`,
    `${code(`/rollback ${environment}`)} brings its last healthy version back; ${code(`/resolve ${environment}`)} says that you have looked after it.`,
  ].join(' ')
}

/** A run that nobody asked for by a comment is of no pull request. */
function forPull(pull: number | undefined, before = ' '): string {
  return pull === undefined ? '' : `${before}for #${pull}`
}

/** GitHub shows people times without their zone nowhere; these are UTC and say so. */
export function utc(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')} UTC`
}

function link(url: string | undefined): string {
  const page = pageLink('its run', url)
  return page === 'its run' ? '' : `, ${page}`
}

/** Whoever may write to the repository may write such a record, so a link is only made of what is one. */
export function pageLink(text: string, url: string | undefined): string {
  return url !== undefined && /^https?:\/\/[\w.:/?=&%-]+$/.test(url) ? `[${text}](${url})` : text
}
