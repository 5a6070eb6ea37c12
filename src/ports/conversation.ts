/** What GitHub offers as reactions and we use: seen, done, failed, and "no". */
export type Reaction = 'eyes' | 'rocket' | 'confused' | '-1'

/**
 * What is said on pull requests. Bodies are Markdown whose outside values are already inert. Each comment of ours carries a hidden
 * marker with its key, and is found again by marker *and* author: nobody else's text is ever taken for ours or edited.
 * Error of all methods: `GitHubError`.
 */
export interface Conversation {
  /** Once per comment, reaction and us: a second time changes nothing, nor does it where the comment was deleted. */
  react(commentId: number, reaction: Reaction): Promise<void>
  /** Makes the comment of this key on the pull request, or edits it where its text differs. Edits notify nobody. */
  keep(pull: number, key: string, body: string): Promise<SaidComment>
  /** Makes the comment of this key unless it was made before: people are notified once. */
  say(pull: number, key: string, body: string): Promise<SaidComment>
}

export interface SaidComment {
  readonly id: number
  readonly url: string
}
