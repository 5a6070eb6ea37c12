import type { Escalated, Escalation } from '../../../src/ports/escalation.ts'

export interface MemoryIssue extends Escalated {
  readonly key: string
  readonly isOpen: boolean
}

export interface MemoryEscalation extends Escalation {
  readonly issues: MemoryIssue[]
  /** Set: nobody can be told, and this is what is thrown. */
  failure: Error | undefined
}

/** People who are needed, in memory, by the contract of escalations. */
export function memoryEscalation(): MemoryEscalation {
  const issues: MemoryIssue[] = []
  const openOne = (environment: string): number =>
    issues.findIndex((issue) => issue.isOpen && issue.environment === environment)
  const unlessFailing = (): void => {
    if (escalation.failure !== undefined) throw escalation.failure
  }
  const escalation: MemoryEscalation = {
    issues,
    failure: undefined,
    async raise(key, escalated) {
      unlessFailing()
      const at = openOne(escalated.environment)
      const issue = { ...escalated, key, isOpen: true }
      if (at === -1) issues.push(issue)
      else issues[at] = issue
    },
    async settle(environment, text) {
      unlessFailing()
      const at = openOne(environment)
      const issue = issues[at]
      if (issue !== undefined)
        issues[at] = { ...issue, text: `${text}\n\n---\n\n${issue.text}`, isOpen: false }
    },
  }
  return escalation
}
