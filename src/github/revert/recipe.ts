import type { Merge } from '../../ports/pull-requests.ts'
import { fence } from '../../report/markdown.ts'
import { revertBranch } from '../revert-name.ts'

/** How a person reverts the merge where it cannot be done without one: Markdown. */
export function conflictRecipe(merge: Merge): string {
  const branch = `${revertBranch(merge)}-by-hand`
  const commands = [
    'git fetch origin',
    `git switch --create ${branch} ${quoted(`origin/${merge.base}`)}`,
    revertCommand(merge),
    '# settle each conflict, then: git add --update && git revert --continue',
    `git push origin ${branch}`,
  ]
  return `Later work builds on #${merge.number}, so it cannot be taken out without a person's eye:\n\n${fence(commands.join('\n'), { language: 'sh' })}`
}

export function revertCommand({ shape, result, before }: Pick<Merge, 'shape' | 'result' | 'before'>): string {
  const which = { merge: `--mainline 1 ${result}`, squash: result, rebase: `${before}..${result}` }
  return `git revert --no-edit ${which[shape]}`
}

/** A branch's name may hold what a shell would run. */
function quoted(text: string): string {
  return /^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`
}
