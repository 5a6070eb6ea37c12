import { escalationOf } from '../../src/report/watch/escalation-of.ts'
import { outcomeComment } from '../../src/report/watch/outcome-comment.ts'
import { watchCheck } from '../../src/report/watch/watch-check.ts'
import { watchComment } from '../../src/report/watch/watch-comment.ts'
import type { State } from './watch-states.ts'

/** `examples/comment.md`. */
export const page = new URL('../../examples/comment.md', import.meta.url)

const head = `# What people read of a watch

Every state in which the App may show a version on its pull request, exactly as it is written: tests compare these sections with what
the code says of the same record, letter by letter. [docs/pull-request.md](../docs/pull-request.md) says what each means.

*The kept comment* is edited as things change, and its text is that of the check run \`seamless/production\` as well, whose title stands
below it. *The new comment* comes once, when somebody should hear of it. *The issue* is opened where a person is needed.
`

export function pageOf(states: readonly State[]): string {
  return [head, ...states.map((state) => sectionOf(state))].join('\n')
}

/** One state as the page shows it. */
export function sectionOf({ name, when, record, nowMs }: State): string {
  const fresh = outcomeComment(record, nowMs)
  const issue = escalationOf(record, nowMs)
  return [
    `## ${name}`,
    when,
    'The kept comment:',
    quote(watchComment(record, nowMs)),
    `The check run: **${watchCheck(record, nowMs).title}**`,
    ...(fresh === undefined ? ['No new comment.'] : ['The new comment:', quote(fresh)]),
    ...(issue === undefined ? [] : [`The issue: **${issue.title}**`, quote(issue.text)]),
    '',
  ].join('\n\n')
}

/** The page's section of this name. */
export function sectionIn(text: string, name: string): string {
  const from = text.indexOf(`\n## ${name}\n`)
  if (from < 0) return ''
  const next = text.indexOf('\n## ', from + 1)
  return text.slice(from + 1, next < 0 ? undefined : next)
}

function quote(text: string): string {
  return text
    .split('\n')
    .map((line) => (line === '' ? '>' : `> ${line}`))
    .join('\n')
}
