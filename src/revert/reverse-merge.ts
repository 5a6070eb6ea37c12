import type { ReverseMerges } from '../ports/reverse-merges.ts'
import { code, fence } from '../report/markdown.ts'
import type { RevertDecision } from './decide.ts'
import { whyProposed } from './revert-body.ts'
import { notDone, type RevertResult } from './revert-merge.ts'

/** Carries a decision out where there are no pull requests: a commit of the opposite, or the commands for a person. */
export async function reverseMerge(decision: RevertDecision, merges: ReverseMerges): Promise<RevertResult> {
  if (decision.kind === 'nothing') return leftAlone(decision)
  const { merge } = decision
  const name = `r${merge.number}`
  const suspect = merge.number
  const recipe = fence(merges.recipe(merge))
  if (decision.kind === 'propose') {
    const message = `${name} is to be taken back by a person, since ${whyProposed[decision.why]}:\n\n${recipe}`
    return { outcome: 'proposed', reason: decision.why, message, suspect }
  }
  const taken = await merges.takeBack(merge)
  switch (taken.kind) {
    case 'committed':
      return {
        outcome: 'merged',
        reason: 'merged',
        message: `${name} was taken back by ${taken.name} on ${code(merge.base)} (${taken.commit}).`,
        suspect,
      }
    case 'already':
      return {
        outcome: 'already_reverted',
        reason: 'already_reverted',
        message: `${name} is taken back already: by ${code(taken.by)}.`,
        suspect,
      }
    case 'conflict':
      return {
        outcome: 'conflict',
        reason: 'conflict',
        message: `${name} cannot be taken back by machine: later commits changed the same (${taken.paths
          .slice(0, 10)
          .map((path) => code(path))
          .join(', ')}). By hand:\n\n${recipe}`,
        suspect,
      }
    default:
      return taken satisfies never
  }
}

function leftAlone(decision: Extract<RevertDecision, { kind: 'nothing' }>): RevertResult {
  const { why } = decision
  if (why === 'shadow') {
    const deed = decision.would === 'merge' ? 'taken back' : 'proposed to be taken back'
    const message = `Shadow: r${decision.merge.number} would have been ${deed}; nothing was done.`
    return { outcome: 'not_done', reason: why, message, suspect: decision.merge.number }
  }
  if (why !== 'no_merge') return notDone(decision)
  const message =
    'No commit was taken back: what was deployed is a branch or tag of its own, which nobody gets who does not ask for it.'
  return { outcome: 'not_done', reason: why, message }
}
