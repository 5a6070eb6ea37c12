import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { UsageError } from '../errors.ts'

/** What GitHub says of the workflow run, in environment variables and the event's file. */
export interface WorkflowContext {
  readonly event: string
  readonly workspace: string
  readonly repository: string
  readonly apiUrl: string
  readonly runUrl: string
  readonly ref: string
  readonly sha: string
  readonly defaultBranch?: string
  /** Of a push: the branch's commit before it; absent for a new branch. */
  readonly before?: string
  /** Of a pull request: the branch it is from. */
  readonly headBranch?: string
}

const payload = z.object({
  before: z.string().optional(),
  repository: z.object({ default_branch: z.string() }).optional(),
  pull_request: z.object({ head: z.object({ ref: z.string() }) }).optional(),
})

/** Error: `UsageError` outside a workflow run. */
export async function readContext(environment: NodeJS.ProcessEnv): Promise<WorkflowContext> {
  const need = (name: string): string => {
    const value = environment[name]
    if (value === undefined || value === '') {
      throw new UsageError(
        `${name} is not set: this is no GitHub workflow run. On a laptop use the command "seamless".`,
      )
    }
    return value
  }
  const {
    before,
    repository,
    pull_request: pullRequest,
  } = await readPayload(environment['GITHUB_EVENT_PATH'])
  const server = environment['GITHUB_SERVER_URL'] ?? 'https://github.com'
  const name = need('GITHUB_REPOSITORY')
  return {
    event: need('GITHUB_EVENT_NAME'),
    workspace: need('GITHUB_WORKSPACE'),
    repository: name,
    apiUrl: environment['GITHUB_API_URL'] ?? 'https://api.github.com',
    runUrl: `${server}/${name}/actions/runs/${environment['GITHUB_RUN_ID'] ?? ''}`,
    ref: environment['GITHUB_REF'] ?? '',
    sha: need('GITHUB_SHA'),
    ...(repository && { defaultBranch: repository.default_branch }),
    ...(before !== undefined && !/^0+$/.test(before) && { before }),
    ...(pullRequest && { headBranch: pullRequest.head.ref }),
  }
}

async function readPayload(file: string | undefined): Promise<z.infer<typeof payload>> {
  if (file === undefined) return {}
  const text = await readFile(file, 'utf8').catch(() => undefined)
  if (text === undefined) return {}
  try {
    return payload.parse(JSON.parse(text))
  } catch (error) {
    throw new UsageError(`The event's file ${file} is not what GitHub writes.`, { cause: error })
  }
}
