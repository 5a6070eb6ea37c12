import type { BareGit } from './bare-git.ts'
import type { GitCommit } from './commit-graph.ts'

/** What the stand-in remembers, in GitHub's own words. JSON is made from these by the `*-json.ts` files. */

export interface Account {
  id: number
  login: string
  type: 'User' | 'Organization' | 'Bot'
  createdAt: string
}

/** A repository role. `none` is what a stranger has. */
export type Role = 'none' | 'read' | 'triage' | 'write' | 'maintain' | 'admin'
export type AccessLevel = 'read' | 'write' | 'admin'
export type Permissions = Record<string, AccessLevel>

export interface App {
  id: number
  slug: string
  name: string
  clientId: string
  owner: Account
  /** The account `slug[bot]` that acts with the app's installation tokens. */
  bot: Account
  permissions: Permissions
  events: string[]
  createdAt: string
  /** SPKI PEM of the key that signs the app's JWTs; apps without one only act by tokens. */
  publicKey?: string
  webhook?: { url: string; secret: string }
}

export interface Installation {
  id: number
  app: App
  account: Account
  permissions: Permissions
  /** undefined: all repositories of the account. */
  repositoryIds: Set<number> | undefined
  createdAt: string
  suspendedAt?: string
}

export interface Label {
  id: number
  name: string
  color: string
  description: string | null
}

export interface Reaction {
  id: number
  user: Account
  content: ReactionContent
  createdAt: string
}

export type ReactionContent = '+1' | '-1' | 'laugh' | 'confused' | 'heart' | 'hooray' | 'rocket' | 'eyes'

export interface Comment {
  id: number
  issue: Issue
  user: Account
  app: App | undefined
  body: string
  createdAt: string
  updatedAt: string
  reactions: Reaction[]
}

export interface Issue {
  id: number
  number: number
  title: string
  body: string | null
  user: Account
  app: App | undefined
  state: 'open' | 'closed'
  stateReason: 'completed' | 'reopened' | 'not_planned' | 'duplicate' | null
  labels: Label[]
  assignees: Account[]
  locked: boolean
  createdAt: string
  updatedAt: string
  closedAt: string | null
  closedBy: Account | null
  reactions: Reaction[]
  pull?: Pull
}

export type MergeMethod = 'merge' | 'squash' | 'rebase'

export interface Review {
  id: number
  user: Account
  body: string
  state: 'APPROVED' | 'CHANGES_REQUESTED' | 'COMMENTED' | 'DISMISSED' | 'PENDING'
  commitSha: string
  submittedAt: string
}

export interface Pull {
  issue: Issue
  base: { repository: Repository; ref: string; sha: string }
  head: { repository: Repository | null; ref: string; sha: string; owner: Account }
  draft: boolean
  maintainerCanModify: boolean
  merged: { at: string; by: Account; method: MergeMethod } | undefined
  mergeCommitSha: string | null
  /** What GitHub last computed in the background, and for which two commits. */
  mergeability: { key: string; mergeable: boolean; rebaseable: boolean } | undefined
  requestedReviewers: Account[]
  requestedTeams: Team[]
  reviews: Review[]
  autoMerge: { by: Account; method: MergeMethod; title: string; message: string } | undefined
  /** Commits that a rebase merge put on the base branch, oldest first. */
  rebased: string[]
}

export interface Team {
  id: number
  slug: string
  name: string
  organization: Account
  /** By the account's id. */
  members: Map<number, 'member' | 'maintainer'>
  /** Whose membership is pending, by the account's id. */
  invited: Set<number>
}

export type DeploymentState =
  | 'error'
  | 'failure'
  | 'inactive'
  | 'pending'
  | 'success'
  | 'queued'
  | 'in_progress'

export interface DeploymentStatus {
  id: number
  state: DeploymentState
  description: string
  targetUrl: string
  logUrl: string
  environmentUrl: string
  environment: string
  creator: Account
  app: App | undefined
  createdAt: string
}

export interface Deployment {
  id: number
  sha: string
  ref: string
  task: string
  environment: string
  originalEnvironment: string
  payload: unknown
  description: string | null
  transient: boolean
  production: boolean
  creator: Account
  app: App | undefined
  createdAt: string
  updatedAt: string
  statuses: DeploymentStatus[]
}

export interface CommitStatus {
  id: number
  sha: string
  state: 'error' | 'failure' | 'pending' | 'success'
  context: string
  description: string | null
  targetUrl: string | null
  creator: Account
  createdAt: string
}

export interface CheckSuite {
  id: number
  app: App
  headSha: string
  headBranch: string | null
  createdAt: string
}

export type CheckStatus = 'queued' | 'in_progress' | 'completed' | 'waiting' | 'requested' | 'pending'
export type CheckConclusion =
  | 'success'
  | 'failure'
  | 'neutral'
  | 'cancelled'
  | 'skipped'
  | 'timed_out'
  | 'action_required'

export interface CheckRun {
  id: number
  suite: CheckSuite
  name: string
  headSha: string
  status: CheckStatus
  conclusion: CheckConclusion | null
  externalId: string | null
  detailsUrl: string | null
  startedAt: string | null
  completedAt: string | null
  output: { title: string | null; summary: string | null; text: string | null; annotations: Annotation[] }
}

export interface Annotation {
  path: string
  start_line: number
  end_line: number
  start_column?: number
  end_column?: number
  annotation_level: 'notice' | 'warning' | 'failure'
  message: string
  title?: string
  raw_details?: string
}

export interface Environment {
  id: number
  name: string
  createdAt: string
  waitTimer: number
  reviewers: { type: 'User' | 'Team'; id: number }[]
}

export interface Workflow {
  id: number
  name: string
  path: string
  createdAt: string
}

export interface WorkflowRun {
  id: number
  number: number
  attempt: number
  workflow: Workflow
  event: string
  headBranch: string
  headSha: string
  headCommit: GitCommit
  status: 'queued' | 'in_progress' | 'completed' | 'waiting' | 'requested' | 'pending'
  conclusion: string | null
  actor: Account
  displayTitle: string
  inputs: Record<string, string>
  createdAt: string
  updatedAt: string
  artifacts: Artifact[]
}

export interface Artifact {
  id: number
  name: string
  content: Buffer
  createdAt: string
}

/** What protects a branch; the rules of "branch protection" and of rulesets in one shape. */
export interface Protection {
  requiredChecks: { context: string; appId: number | null }[]
  strict: boolean
  requiredApprovals: number
  requirePullRequest: boolean
  enforceAdmins: boolean
  allowForcePushes: boolean
  mergeQueue: boolean
}

export interface Ruleset {
  id: number
  name: string
  target: 'branch' | 'tag' | 'push'
  enforcement: 'active' | 'disabled' | 'evaluate'
  include: string[]
  exclude: string[]
  rules: { type: string; parameters?: Record<string, unknown> }[]
  createdAt: string
}

/** One change of a branch, as `GET /repos/{owner}/{repo}/activity` lists it. */
export interface Activity {
  id: number
  ref: string
  before: string
  after: string
  type: 'push' | 'force_push' | 'branch_creation' | 'branch_deletion' | 'pr_merge' | 'merge_queue_merge'
  at: string
  actor: Account
}

export interface RepositorySettings {
  allowMergeCommit: boolean
  allowSquashMerge: boolean
  allowRebaseMerge: boolean
  allowAutoMerge: boolean
  deleteBranchOnMerge: boolean
  /** "Allow GitHub Actions to create and approve pull requests": off in a new repository on GitHub. */
  actionsMayOpenPulls: boolean
}

export interface Repository {
  id: number
  owner: Account
  name: string
  private: boolean
  description: string | null
  defaultBranch: string
  archived: boolean
  createdAt: string
  pushedAt: string
  git: BareGit
  parent: Repository | undefined
  settings: RepositorySettings
  /** By the account's id: a role follows its account through a rename. */
  collaborators: Map<number, Role>
  /** Names of custom roles, by the account's id; their base role is in `collaborators`. */
  customRoles: Map<number, string>
  labels: Label[]
  issues: Map<number, Issue>
  comments: Map<number, Comment>
  deployments: Map<number, Deployment>
  statuses: CommitStatus[]
  checkSuites: CheckSuite[]
  checkRuns: Map<number, CheckRun>
  environments: Map<string, Environment>
  workflows: Map<string, Workflow>
  runs: Map<number, WorkflowRun>
  /** Oldest first. */
  activities: Activity[]
  /** Classic branch protection, by branch. */
  protections: Map<string, Protection>
  rulesets: Ruleset[]
  teams: Map<Team, Role>
  /** The merge queue per branch, first in first. */
  mergeQueues: Map<string, QueueEntry[]>
  nextNumber: number
}

export interface QueueEntry {
  pull: Pull
  enqueuedAt: string
  by: Account
  /** The commit that the queue built to be tested: `refs/heads/gh-readonly-queue/...`. */
  groupRef: string
  /** What the group was built on. */
  baseSha: string
  groupSha: string
}
