import type { Merge, RevertOutcome } from '../../ports/pull-requests.ts'
import { code, fence } from '../../report/markdown.ts'
import type { GitHubRepository } from '../client.ts'
import { revertCommand } from './recipe.ts'

/** GitHub refused a write for want of a permission: which one, and what a person can do. One attempt, no more. */
export async function refused(
  github: GitHubRepository,
  merge: Merge,
  error: unknown,
): Promise<RevertOutcome> {
  const said = code(error instanceof Error ? error.message : String(error), 700)
  const workflows = await touchedWorkflows(github, merge)
  const why =
    workflows.length === 0
      ? said
      : `the merge changed ${workflows.map((path) => code(path)).join(', ')}, and only a token with the permission "workflows: write" may put such a file back: that of an App, never a workflow's GITHUB_TOKEN. ${said}`
  return {
    kind: 'refused',
    why,
    recipe: `Give the permission and run again, or revert by hand:\n\n${fence(revertCommand(merge), { language: 'sh' })}`,
  }
}

async function touchedWorkflows(
  { octokit, owner, repo }: GitHubRepository,
  { before, result }: Merge,
): Promise<string[]> {
  const asked = { owner, repo, basehead: `${before}...${result}`, per_page: 1 }
  const { data } = await octokit.rest.repos.compareCommitsWithBasehead(asked)
  const paths = (data.files ?? []).flatMap(({ filename, previous_filename }) => [
    filename,
    previous_filename ?? '',
  ])
  return paths.filter((path) => path.startsWith('.github/workflows/'))
}
