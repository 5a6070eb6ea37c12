import { Octokit } from '@octokit/rest'
import { join } from 'node:path'
import { startGitHub, type GitHub, type HubRepository } from '../test/support/github/start-github.ts'
import { commitChange, createOrdersRepository, git, titleOf, type Change } from './orders-repository.ts'
import type { Sandbox } from './sandbox.ts'

/** The service's repository on a GitHub of the demo's own, with a developer who opens and merges pull requests. */
export interface OrdersOnGitHub {
  /** As in `GITHUB_REPOSITORY`. */
  readonly name: string
  readonly apiUrl: string
  readonly serverUrl: string
  /** What a workflow's GITHUB_TOKEN may do with the permissions that examples/workflow.yml asks for. */
  readonly workflowToken: string
  /** The commit that main is at. */
  main(): Promise<string>
  /** The commit of the tree at a revision: equal trees have equal ids. */
  tree(revision: string): Promise<string>
  /** The titles on main's own line, newest first. */
  history(): Promise<readonly string[]>
  /** A developer makes the change on a branch, opens a pull request and merges it. */
  merge(change: Change): Promise<Merged>
  /** A clone of main at its newest commit, as a workflow has it. */
  checkOut(folder: string): Promise<void>
  close(): Promise<void>
}

export interface Merged {
  readonly number: number
  readonly title: string
  readonly commit: string
  /** The commit that main was at before. */
  readonly before: string
}

const DEVELOPER = 'ada'
const OWNER = 'orders-team'
const NAME = 'orders'

export async function openOrdersOnGitHub(sandbox: Sandbox): Promise<OrdersOnGitHub> {
  const github = await startGitHub({ root: join(sandbox.folder, 'github'), oracle: false })
  const repository = await github.createRepository({
    owner: OWNER,
    name: NAME,
    collaborators: { [DEVELOPER]: 'admin' },
  })
  const developer = github.token({ login: DEVELOPER })
  const desk = join(sandbox.folder, 'desk')
  await createOrdersRepository(sandbox, desk)
  await git(sandbox, desk, 'remote', 'add', 'origin', github.cloneUrl(repository, developer))
  await git(sandbox, desk, 'push', '--quiet', 'origin', 'main')
  const main = async (): Promise<string> => (await repository.shaOf('main')) ?? ''
  const bare = (...args: string[]): Promise<string> => git(sandbox, repository.bareDir, ...args)
  const workflowToken = tokenOfWorkflow(github, repository)
  return {
    name: `${OWNER}/${NAME}`,
    apiUrl: github.apiUrl,
    serverUrl: github.url,
    workflowToken,
    main,
    tree: (revision) => bare('rev-parse', `${revision}^{tree}`),
    history: async () => (await bare('log', '--first-parent', '--format=%s', 'main')).split('\n'),
    merge: async (change) => {
      const before = await main()
      await pushBranch(sandbox, desk, change)
      const octokit = new Octokit({
        auth: developer,
        baseUrl: github.apiUrl,
        request: { fetch: globalThis.fetch },
      })
      return { ...(await mergeBranch(octokit, change)), before }
    },
    checkOut: async (folder) => {
      await git(
        sandbox,
        sandbox.folder,
        'clone',
        '--quiet',
        github.cloneUrl(repository, workflowToken),
        folder,
      )
    },
    close: () => github.close(),
  }
}

function tokenOfWorkflow(github: GitHub, { id }: HubRepository): string {
  const permissions = {
    contents: 'write',
    deployments: 'write',
    pull_requests: 'write',
    checks: 'write',
  } as const
  return github.token({ login: 'github-actions[bot]', permissions, repositoryIds: [id] })
}

async function pushBranch(sandbox: Sandbox, desk: string, change: Change): Promise<void> {
  await git(sandbox, desk, 'fetch', '--quiet', 'origin')
  await git(sandbox, desk, 'switch', '--quiet', '--create', change, 'origin/main')
  await commitChange(sandbox, desk, change)
  await git(sandbox, desk, 'push', '--quiet', 'origin', change)
}

async function mergeBranch(octokit: Octokit, change: Change): Promise<Omit<Merged, 'before'>> {
  const repository = { owner: OWNER, repo: NAME }
  const title = titleOf(change)
  const { data: pull } = await octokit.rest.pulls.create({ ...repository, head: change, base: 'main', title })
  const merge = { ...repository, pull_number: pull.number, merge_method: 'merge' } as const
  const { data: merged } = await octokit.rest.pulls.merge(merge)
  return { number: pull.number, title, commit: merged.sha }
}
