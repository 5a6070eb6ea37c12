/** GitHub's roles on a repository in their order; a custom role counts as its base. */
export const roles = ['none', 'read', 'triage', 'write', 'maintain', 'admin'] as const
export type Role = (typeof roles)[number]

/** Somebody as GitHub names them: the number stays, the login can change hands. */
export interface Person {
  readonly id: number
  readonly login: string
}

/**
 * Who may do what, asked of GitHub when it is used and never remembered. Error of both methods: `GitHubError` where GitHub
 * does not say, which is never a yes.
 */
export interface Authority {
  /** By login, and only believed where the answer is about the same number; `none` for whoever is no collaborator of a private repository. */
  roleOf(person: Person): Promise<Role>
  /** Whether an active member of `organisation/team`. */
  isMember(team: string, person: Person): Promise<boolean>
}
