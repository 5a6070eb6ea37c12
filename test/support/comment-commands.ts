import { readFileSync } from 'node:fs'
import { load } from 'js-yaml'
import type { EmittedEvent } from './github/events.ts'
import type { Dispatch } from './github/workflow-runs.ts'
import type { ActionResult } from './run-action.ts'
import type { WorkflowWorld } from './workflow-world.ts'

/** The workflow of the repository: the very example, whose jobs and rights are played here. */
export const WORKFLOW = readFileSync(new URL('../../examples/workflow.yml', import.meta.url), 'utf8')

type Rights = Readonly<Record<string, 'read' | 'write'>>
const { jobs } = load(WORKFLOW) as { jobs: Record<string, { permissions: Rights; steps: Step[] }> }
interface Step {
  readonly uses?: string
  readonly with?: Readonly<Record<string, string>>
}

/** What people do in pull requests of a world, and what the jobs of its workflow do then. */
export interface CommentCommands {
  /** A branch of Ada's with these files, and its pull request. */
  openPull(files: Readonly<Record<string, string | null>>): Promise<{ number: number; sha: string }>
  /** Writes a comment, and runs the job that answers it; nothing where no job would start. */
  say(pull: number, body: string, login?: string): Promise<ActionResult | undefined>
  /** Writes a comment; the body of the event that tells of it. */
  write(pull: number, body: string, login?: string): Promise<Readonly<Record<string, unknown>>>
  /** What a run of the event of a comment does, whatever the event is. */
  answer(payload: unknown): Promise<ActionResult>
  /** The runs of jobs that commands have started, by job. */
  readonly runs: { readonly job: string; readonly result: ActionResult }[]
  /** What stands on the pull request beside people's comments. */
  answers(pull: number): Promise<readonly string[]>
  reactions(comment: number): Promise<readonly string[]>
  /** The newest comment of a person, and the event that told of it. */
  lastComment(): number
  lastPayload(): Readonly<Record<string, unknown>>
}

interface Options {
  /** Cancels the run of a job when this shows up in its log. */
  cancelAt?: string
  /** The job is cancelled before it begins. */
  never?: boolean
  /** The run is lost with all its jobs. */
  lost?: boolean
  /** The run waits for a runner until then. */
  until?: Promise<unknown>
}

/** Plays the workflow: `options` may be changed between commands. */
export function commentCommands(world: WorkflowWorld, options: Options = {}): CommentCommands {
  const { hub } = world
  const runs: CommentCommands['runs'] = []
  let event: EmittedEvent | undefined
  let pulls = 0
  hub.onEvent((emitted) => {
    if (emitted.name === 'issue_comment' && emitted.sender.type === 'User') event = emitted
  })
  hub.onDispatch(async (dispatch) => {
    const job = dispatch.inputs['operation'] === 'plan' ? 'dry-run' : 'upgrade'
    await options.until
    if (options.lost === true) return { conclusion: 'failure' }
    if (options.never !== true) {
      const { cancelAt } = options
      runs.push({
        job,
        result: await play(world, job, { dispatch, ...(cancelAt !== undefined && { cancelAt }) }),
      })
    }
    const last = runs.at(-1)?.result
    if (options.never === true || last?.outputs['decision'] === undefined) {
      runs.push({ job: 'settle', result: await play(world, 'settle', { dispatch }) })
    }
    return { conclusion: options.never === true ? 'cancelled' : last?.exitCode === 0 ? 'success' : 'failure' }
  })
  const answer = async (payload: unknown): Promise<ActionResult> =>
    world.run({
      event: 'issue_comment',
      payload,
      bare: true,
      permissions: rightsOf('command'),
      inputs: withOf('command'),
    })
  const write: CommentCommands['write'] = async (pull, body, login = 'ada') => {
    await world.api('POST', `/issues/${pull}/comments`, { body: { body }, login })
    return payloadOf(event)
  }
  return {
    runs,
    answer,
    async openPull(files) {
      pulls += 1
      const head = `feature-${pulls}`
      const sha = await world.repository.commit({
        branch: head,
        files: { ...files },
        message: 'Feature',
        by: 'ada',
      })
      const body = { title: `Feature ${pulls}`, head, base: 'main', body: 'Because.' }
      const { number } = await world.api<{ number: number }>('POST', '/pulls', { body })
      return { number, sha }
    },
    write,
    async say(pull, body, login) {
      const payload = await write(pull, body, login)
      // As the job's `if:` says.
      if (!body.startsWith('/')) return undefined
      const result = await answer(payload)
      await hub.runsIdle()
      return result
    },
    async answers(pull) {
      const path = `/issues/${pull}/comments?per_page=100`
      const comments = await world.api<{ body: string; user: { type: string } }[]>('GET', path)
      return comments.filter(({ user }) => user.type === 'Bot').map(({ body }) => body)
    },
    async reactions(comment) {
      const found = await world.api<{ content: string }[]>('GET', `/issues/comments/${comment}/reactions`)
      return found.map(({ content }) => content)
    },
    lastPayload: () => payloadOf(event),
    lastComment: () => (payloadOf(event)['comment'] as { id: number }).id,
  }
}

/** The body of the event, as the runner's file has it. */
function payloadOf(event: EmittedEvent | undefined): Readonly<Record<string, unknown>> {
  const { repository, sender, action, payload } = event ?? {}
  if (repository === undefined || sender === undefined) throw new Error('nobody has written a comment')
  const { id, name, defaultBranch, owner } = repository
  return {
    action,
    repository: { id, full_name: `${owner.login}/${name}`, default_branch: defaultBranch },
    sender: { id: sender.id, login: sender.login, type: sender.type },
    ...payload,
  }
}

async function play(
  world: WorkflowWorld,
  job: string,
  { dispatch, cancelAt }: { dispatch: Dispatch; cancelAt?: string },
): Promise<ActionResult> {
  const inputs = Object.fromEntries(
    Object.entries(withOf(job)).map(([name, value]) => [name, valueOf(value, dispatch.inputs)]),
  )
  return world.run({
    event: 'workflow_dispatch',
    bare: job === 'settle',
    permissions: rightsOf(job),
    runId: dispatch.runId,
    inputs,
    ...(cancelAt !== undefined && { cancelAt }),
  })
}

/** `${{ inputs.x }}`, or `${{ inputs.x || 'run' }}`. */
function valueOf(value: string, inputs: Readonly<Record<string, string>>): string {
  const [, name, fallback = ''] = /^\$\{\{ inputs\.([\w-]+)(?: \|\| '(\w+)')? \}\}$/.exec(value) ?? []
  return name === undefined ? value : inputs[name] || fallback
}

function withOf(job: string): Readonly<Record<string, string>> {
  return jobs[job]?.steps.find(({ uses }) => uses?.startsWith('seamless-upgrade/'))?.with ?? {}
}

function rightsOf(job: string): Rights {
  const { permissions = {} } = jobs[job] ?? {}
  const named = Object.entries(permissions).map(([name, level]) => [name.replaceAll('-', '_'), level])
  return { metadata: 'read', ...Object.fromEntries(named) } as Rights
}
