import type { CheckFact, PullFacts } from '../ports/pull-facts.ts'
import type { GraphqlRefusal } from './ask-graphql.ts'
import type { CheckContext, PullNode } from './pull-query.ts'

/** The names of our own verdicts and plans: none of them is a gate, or nothing that once failed could be deployed again. */
const OURS = 'seamless/'

type Checks = PullFacts['checks']

/**
 * What a pull request's head has passed, of what the rules of its base require. Required is what GitHub calls required for
 * this pull request, and what the rules name and nobody has reported. Where any part was not told, nothing is said at all.
 */
export function checksOf(pull: PullNode, refused: readonly GraphqlRefusal[]): Checks {
  const told = contextsOf(pull, refused)
  if ('why' in told) return { kind: 'unavailable', why: told.why }
  const reported = told.contexts
    .map((context) => ({ fact: factOf(context), isRequired: context.isRequired }))
    .filter(({ fact }) => !fact.name.startsWith(OURS))
  const required = reported.filter(({ isRequired }) => isRequired).map(({ fact }) => fact)
  const others = reported.filter(({ isRequired }) => !isRequired).map(({ fact }) => fact)
  const missing = namedByRules(pull).filter((name) => !required.some((one) => one.name === name))
  return {
    kind: 'known',
    required: [...required, ...missing.map((name) => ({ name, state: 'missing' as const }))],
    others,
  }
}

function contextsOf(
  pull: PullNode,
  refused: readonly GraphqlRefusal[],
): { readonly contexts: readonly CheckContext[] } | { readonly why: string } {
  const [refusal] = refused
  if (refusal !== undefined)
    return { why: `GitHub refused ${refusal.path || 'the question'}: ${refusal.message}` }
  if (pull.baseRef === null) return { why: `the base branch ${pull.baseRefName} is gone` }
  if (pull.baseRef.rules?.pageInfo.hasNextPage === true)
    return { why: 'its base branch has more than 100 rules' }
  const commit = pull.commits.nodes?.[0]?.commit
  if (commit?.oid !== pull.headRefOid) return { why: 'the head moved while it was looked at' }
  const contexts = commit.statusCheckRollup?.contexts
  if (contexts?.pageInfo.hasNextPage === true) return { why: 'its head has more than 100 checks' }
  return { contexts: (contexts?.nodes ?? []).filter((one) => one !== null) }
}

/** Rules of classic protection and of rulesets. */
function namedByRules({ baseRef }: PullNode): string[] {
  const classic = baseRef?.refUpdateRule?.requiredStatusCheckContexts ?? []
  const rulesets = (baseRef?.rules?.nodes ?? []).flatMap(
    (rule) => rule?.parameters?.requiredStatusChecks ?? [],
  )
  const names = [...classic.filter((name) => name !== null), ...rulesets.map(({ context }) => context)]
  return [...new Set(names)].filter((name) => !name.startsWith(OURS))
}

/** GitHub lets a merge pass what was skipped or is neutral; what it only expects has not begun. */
function factOf(context: CheckContext): CheckFact {
  if ('context' in context) return { name: context.context, state: stateOfStatus(context.state) }
  const { name, status, conclusion } = context
  if (status !== 'COMPLETED') return { name, state: 'pending' }
  const isPassed = conclusion === 'SUCCESS' || conclusion === 'NEUTRAL' || conclusion === 'SKIPPED'
  return { name, state: isPassed ? 'passed' : 'failed' }
}

function stateOfStatus(state: string): CheckFact['state'] {
  if (state === 'SUCCESS') return 'passed'
  if (state === 'PENDING') return 'pending'
  return state === 'EXPECTED' ? 'missing' : 'failed'
}
