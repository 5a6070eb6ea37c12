import type { TrustedConfig } from '../../src/command/command-ports.ts'
import type { GitHubRepository } from '../../src/github/client.ts'
import { githubWorkflows } from '../../src/github/workflows.ts'
import type { Workflows } from '../../src/ports/workflows.ts'

/** Which workflow it is says the config; a run that is known by its number needs it not. */
export function workflowsOf(github: GitHubRepository, config: () => Promise<TrustedConfig>): Workflows {
  let opened: Promise<Workflows> | undefined
  const open = async (): Promise<Workflows> => {
    const trusted = await config()
    if (trusted.kind !== 'config') return githubWorkflows(github, { file: 'seamless.yml' })
    const { workflow: file } = trusted.config
    return githubWorkflows(github, { file, defaultBranch: trusted.defaultBranch })
  }
  let numbered: Workflows | undefined
  const byNumber = (): Workflows => (numbered ??= githubWorkflows(github, { file: 'seamless.yml' }))
  return {
    dispatch: async (request) => (await (opened ??= open())).dispatch(request),
    find: async (key, sinceMs) => (await (opened ??= open())).find(key, sinceMs),
    state: async (run) => byNumber().state(run),
    cancel: async (run) => byNumber().cancel(run),
  }
}
