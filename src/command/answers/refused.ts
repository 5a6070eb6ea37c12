import { code } from '../../report/markdown.ts'

/** A push came after the commit was bound. */
export function changedHeadText(facts: {
  readonly bound: string
  readonly head: string
  readonly asked: string
}): string {
  const { bound, head, asked } = facts
  return `This pull request moved meanwhile: you meant ${code(bound)}, its head is ${code(head)} now. Nothing was sent there. If you mean the new one, name it: ${code(asked)}`
}
