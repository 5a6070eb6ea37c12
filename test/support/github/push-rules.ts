import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { requiredContextStates } from './commit-state.ts'
import type { Account, Repository } from './entities.ts'
import type { Hub, Token } from './hub.ts'
import { mayChangeWorkflows } from './workflow-permission.ts'
import { protectionOf } from './protection.ts'

/**
 * Git's own update hook, as only git has the pushed objects in hand. Its rules come by the environment, a line per
 * protected branch: `ref|may be forced|why a push is refused|commits that may be pushed nevertheless`.
 */
const HOOK = `#!/bin/sh
deny() {
  echo "error: GH006: Protected branch update failed for $1." >&2
  echo "error: $2" >&2
  exit 1
}
if [ -n "$STAND_IN_NO_WORKFLOWS" ]; then
  git ls-tree -r "$3" -- .github/workflows/ 2>/dev/null | while read -r mode type sha path; do
    for branch in $(git for-each-ref --format='%(refname)' refs/heads); do
      [ "$(git rev-parse --quiet --verify "$branch:$path")" = "$sha" ] && continue 2
    done
    echo "refusing to allow a GitHub App to create or update workflow $path without workflows permission" >&2
    exit 1
  done || exit 1
fi
echo "$STAND_IN_PUSH_RULES" | while IFS='|' read -r ref force reason allowed; do
  [ "$ref" = "$1" ] || continue
  case "$3" in *[!0]*) ;; *) deny "$ref" "Cannot delete this branch" ;; esac
  if [ "$force" = no ] && ! git merge-base --is-ancestor "$2" "$3"; then deny "$ref" "Cannot force-push to this branch"; fi
  [ -n "$reason" ] || continue
  case " $allowed " in *" $3 "*) ;; *) deny "$ref" "$reason" ;; esac
done
`

/** Environment for a push by this account; installs the hook when there is something to protect. */
export async function pushRules(
  hub: Hub,
  repository: Repository,
  token: Token,
): Promise<Record<string, string>> {
  const by = token.account
  const branches = (await repository.git.refs('refs/heads')).map(({ ref }) => ref.slice('refs/heads/'.length))
  const rules = branches.flatMap((branch) => ruleLine(hub, repository, { branch, by }) ?? [])
  const workflows = mayChangeWorkflows(token)
  if (rules.length === 0 && workflows) return {}
  const hooks = join(repository.git.dir, 'hooks')
  await mkdir(hooks, { recursive: true })
  await writeFile(join(hooks, 'update'), HOOK, { mode: 0o755 })
  return { STAND_IN_PUSH_RULES: rules.join('\n'), STAND_IN_NO_WORKFLOWS: workflows ? '' : 'yes' }
}

function ruleLine(
  hub: Hub,
  repository: Repository,
  { branch, by }: { branch: string; by: Account },
): string | undefined {
  const rules = protectionOf(repository, branch)
  if (!rules) return undefined
  const force = rules.allowForcePushes ? 'yes' : 'no'
  const line = (reason: string, allowed: string[] = []): string =>
    ['refs/heads/' + branch, force, reason, allowed.join(' ')].join('|')
  if (hub.roleOf(by, repository) === 'admin' && !rules.enforceAdmins) return line('')
  if (rules.mergeQueue) return line('Changes must be made through the merge queue')
  if (rules.requirePullRequest || rules.requiredApprovals > 0)
    return line('Changes must be made through a pull request.')
  const [first] = rules.requiredChecks
  if (!first) return line('')
  const commits = new Set([
    ...repository.statuses.map(({ sha }) => sha),
    ...[...repository.checkRuns.values()].map((run) => run.headSha),
  ])
  const green = [...commits].filter((sha) =>
    requiredContextStates(repository, sha, rules.requiredChecks).every(({ state }) => state === 'success'),
  )
  return line(`Required status check "${first.context}" is expected.`, green)
}
