/** What a GitHub App may be granted, by the names of its API; `members` is an organisation's, the others are a repository's. */
export type Permission =
  | 'metadata'
  | 'contents'
  | 'pull_requests'
  | 'issues'
  | 'checks'
  | 'statuses'
  | 'deployments'
  | 'actions'
  | 'merge_queues'
  | 'members'

export type Level = 'read' | 'write'
export type Grants = Readonly<Partial<Record<Permission, Level>>>

/** What the App can do, as people know it. */
export type Feature =
  | 'commands'
  | 'gates'
  | 'deploy'
  | 'verdicts'
  | 'revert'
  | 'escalation'
  | 'merge queue'
  | 'teams'

export interface PermissionRow {
  readonly feature: Feature
  readonly permission: Permission
  readonly level: Level
  /** In the manifest. The others are granted by whoever wants the feature. */
  readonly isDefault: boolean
  /** What it is for; for the documentation. */
  readonly why: string
}

/**
 * The one table of what the App asks for, feature by feature. The manifest (`app.yml`), the documentation, the tokens and the
 * check at the start come from it (`npm run schema`).
 */
export const permissionTable: readonly PermissionRow[] = [
  row('commands', 'metadata', 'read', 'who has which role; GitHub grants it always'),
  row('commands', 'issues', 'read', 'to be told of comments (`issue_comment`)'),
  row('commands', 'pull_requests', 'write', 'answers and reactions on pull requests, and what they change'),
  row('commands', 'contents', 'read', 'the configuration at the default branch, and which commits are whose'),
  row('gates', 'checks', 'read', 'required checks at the commit, and the verdict on what is live'),
  row('gates', 'statuses', 'read', 'required statuses at the commit'),
  row('deploy', 'deployments', 'write', 'one Deployment for each `/deploy` and `/rollback`, with its states'),
  row(
    'deploy',
    'actions',
    'write',
    'starts the workflow, follows its run, ends it where a rollback needs its place',
  ),
  row('verdicts', 'checks', 'write', 'the check run `seamless/<environment>`: how users took what is live'),
  row(
    'revert',
    'contents',
    'write',
    'takes a merge back by a branch of its own, whose pull request it merges',
  ),
  row('revert', 'pull_requests', 'write', 'that pull request'),
  row('escalation', 'issues', 'write', 'one issue per environment where a person must decide'),
  row(
    'merge queue',
    'merge_queues',
    'read',
    'to be told of it (`merge_group`): a verdict that is required must not stop it',
  ),
  { ...row('teams', 'members', 'read', '`allow: team:…` in the configuration'), isDefault: false },
]

/**
 * What a token is for. `watch`: verdicts and what is told of them. `revert`: taking a merge back. `escalate`: telling people that
 * they are needed. Writes of `rollback` and `revert` go before all others of the installation.
 */
export type Operation = 'read' | 'answer' | 'deploy' | 'rollback' | 'watch' | 'revert' | 'escalate'

export function isSafety(operation: Operation): boolean {
  return operation === 'rollback' || operation === 'revert'
}

/** What each may write; all may read what the others need. */
const WRITES = {
  read: [],
  answer: ['pull_requests'],
  deploy: ['pull_requests', 'deployments', 'actions'],
  rollback: ['pull_requests', 'deployments', 'actions'],
  watch: ['pull_requests', 'checks'],
  revert: ['pull_requests', 'contents'],
  escalate: ['issues'],
} as const satisfies Record<Operation, readonly Permission[]>

/** The least that an operation needs. What only some repositories grant is asked for where it is granted. */
export function permissionsOf(operation: Operation): Grants {
  const told = grantsOf(permissionTable.filter(({ feature }) => feature !== 'merge queue'))
  const read = Object.keys(told).map((name) => [name, 'read'] as const)
  const write = WRITES[operation].map((name) => [name, 'write'] as const)
  return Object.fromEntries([...read, ...write])
}

/** Permissions with their highest level. */
export function grantsOf(rows: readonly PermissionRow[]): Grants {
  const grants: Partial<Record<Permission, Level>> = {}
  for (const { permission, level } of rows) if (grants[permission] !== 'write') grants[permission] = level
  return grants
}

/** What is wanted as far as it is granted. */
export function within(wanted: Grants, granted: Readonly<Record<string, string>>): Grants {
  const reach = Object.entries(wanted).flatMap(([name, level]) => {
    const most = granted[name]
    if (most === undefined) return []
    return [[name, level === 'write' && most === 'read' ? 'read' : level] as const]
  })
  return Object.fromEntries(reach)
}

export interface FeatureOff {
  readonly feature: Feature
  /** `actions: write`, as GitHub's settings say it. */
  readonly lacks: readonly string[]
  /** It should be there: the manifest asks for it. */
  readonly isDefault: boolean
}

/** Which features an installation has not, by what was granted to it. */
export function featuresOff(granted: Readonly<Record<string, string>>): readonly FeatureOff[] {
  const features = [...new Set(permissionTable.map(({ feature }) => feature))]
  return features.flatMap((feature) => {
    const missing = permissionTable.filter((one) => one.feature === feature && !isGranted(one, granted))
    if (missing.length === 0) return []
    const lacks = missing.map(({ permission, level }) => `${permission}: ${level}`)
    return [{ feature, lacks, isDefault: missing.some(({ isDefault }) => isDefault) }]
  })
}

function isGranted({ permission, level }: PermissionRow, granted: Readonly<Record<string, string>>): boolean {
  const most = granted[permission]
  return most === 'write' || most === 'admin' || most === level
}

function row(feature: Feature, permission: Permission, level: Level, why: string): PermissionRow {
  return { feature, permission, level, isDefault: true, why }
}
