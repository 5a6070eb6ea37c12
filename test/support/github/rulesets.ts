import { matchesGlob } from 'node:path/posix'
import type { Protection, Repository, Ruleset } from './entities.ts'

/** What a ruleset asks of a branch; undefined where it does not apply. */
export function rulesetProtection(
  repository: Repository,
  ruleset: Ruleset,
  branch: string,
): Protection | undefined {
  if (ruleset.enforcement !== 'active' || ruleset.target !== 'branch') return undefined
  if (!appliesTo(repository, ruleset, branch)) return undefined
  const rule = (type: string): Record<string, unknown> | undefined => {
    const found = ruleset.rules.find((one) => one.type === type)
    return found && (found.parameters ?? {})
  }
  const pull = rule('pull_request')
  const checks = rule('required_status_checks')
  return {
    requiredChecks: checksOf(checks),
    strict: checks?.['strict_required_status_checks_policy'] === true,
    requiredApprovals: Number(pull?.['required_approving_review_count'] ?? 0),
    requirePullRequest: pull !== undefined,
    enforceAdmins: true,
    allowForcePushes: rule('non_fast_forward') === undefined,
    mergeQueue: rule('merge_queue') !== undefined,
  }
}

function appliesTo(repository: Repository, { include, exclude }: Ruleset, branch: string): boolean {
  const fits = (pattern: string): boolean =>
    pattern === '~ALL' ||
    (pattern === '~DEFAULT_BRANCH' && branch === repository.defaultBranch) ||
    matchesGlob(`refs/heads/${branch}`, pattern)
  return include.some(fits) && !exclude.some(fits)
}

function checksOf(parameters: Record<string, unknown> | undefined): Protection['requiredChecks'] {
  const checks = (parameters?.['required_status_checks'] ?? []) as {
    context: string
    integration_id?: number
  }[]
  return checks.map(({ context, integration_id }) => ({ context, appId: integration_id ?? null }))
}

/** Rulesets that apply to a branch, in the order they were made. */
export function rulesetsFor(repository: Repository, branch: string): Ruleset[] {
  return repository.rulesets.filter((ruleset) => rulesetProtection(repository, ruleset, branch) !== undefined)
}
