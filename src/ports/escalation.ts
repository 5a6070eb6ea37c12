/** Something that a person must decide. Texts are Markdown whose outside values are inert. */
export interface Escalated {
  readonly environment: string
  readonly title: string
  readonly text: string
  /** Where it is told in full: the comment or pull request. */
  readonly url?: string
}

/**
 * Tells people that they are needed: one open issue per environment, edited while it is open, and the operator's webhook where
 * there is one. The same `key` a second time tells nobody again. Error of all methods: `GitHubError`; a webhook that does not answer is logged.
 */
export interface Escalation {
  raise(key: string, escalated: Escalated): Promise<void>
  /** It is well again: the issue is closed with this sentence. Nothing where there is none. */
  settle(environment: string, text: string): Promise<void>
}
