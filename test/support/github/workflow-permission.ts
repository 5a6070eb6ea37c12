import { isGranted } from './authorise.ts'
import type { Repository } from './entities.ts'
import type { Token } from './hub.ts'
import { Refusal } from './reply.ts'

const FOLDER = '.github/workflows/'

/** Only tokens with `workflows: write` may bring workflow files; the Action's GITHUB_TOKEN can never have it. */
export function mayChangeWorkflows(token: Token): boolean {
  return !token.permissions || isGranted(token.permissions, 'workflows:write')
}

/** Throws GitHub's refusal when a commit holds a workflow file that none of these commits has at the same path. */
export async function refuseWorkflows(
  { git }: Repository,
  sha: string,
  known: { in: readonly string[]; status: 403 | 422 },
): Promise<void> {
  const files = await git.tree(sha, { path: FOLDER })
  if (files.length === 0) return
  const there = new Set<string>()
  for (const commit of known.in)
    for (const { path, sha } of await git.tree(commit, { path: FOLDER })) there.add(`${path} ${sha}`)
  const strange = files.find(({ path, sha }) => !there.has(`${path} ${sha}`))
  if (strange) throw new Refusal(known.status, refusal(strange.path))
}

function refusal(path: string): string {
  return `refusing to allow a GitHub App to create or update workflow \`${path}\` without \`workflows\` permission`
}

/** A ref may be put on what some branch has already. */
export async function refuseWorkflowsOnRef(repository: Repository, sha: string, token: Token): Promise<void> {
  if (mayChangeWorkflows(token) || (await repository.git.objectType(sha)) !== 'commit') return
  const tips = (await repository.git.refs('refs/heads')).map((ref) => ref.sha)
  await refuseWorkflows(repository, sha, { in: tips, status: 422 })
}
