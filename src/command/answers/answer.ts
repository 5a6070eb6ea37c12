import { code, fence, mention } from '../../report/markdown.ts'
import { type CommandRequest, type DecidedOutcome, written } from '../command-outcome.ts'

/** The comment that answers a command; a refusal tells its author, who alone can do something about it. */
export function answerBody({ asked, comment }: CommandRequest, { kind, text }: DecidedOutcome): string {
  if (kind === 'answered') return text
  const what = asked.kind === 'command' ? `${code(written(asked.command))}: ` : ''
  return `${mention(comment.author.login)} ${what}${text}`
}

export function missingConfigText({ where }: { readonly where: string }): string {
  return `There is no ${code(where)}: commands are carried out by the rules of the default branch, and there are none. ${code('seamless init')} writes them. Nothing was done.`
}

export function invalidConfigText({ errors }: { readonly errors: string }): string {
  return `The config on the default branch is wrong, so nothing was done:\n\n${fence(errors, { maxLength: 4000 })}`
}

export function expiredText(expiresMs: number): string {
  return `This has waited for more than ${Math.round(expiresMs / 60_000)} minutes and is not carried out any more: what was meant then may be wrong now. Please repeat it if you still want it.`
}

export function failedText(): string {
  return 'This could not be carried out, though it was tried again and again: GitHub did not answer, or something unexpected happened. What was begun is looked after; please repeat it if you still want it.'
}
