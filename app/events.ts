import { z } from 'zod'
import type { CommandRequest } from '../src/command/command-outcome.ts'
import { readCommentEvent } from '../src/command/read-comment-event.ts'
import { runWords } from '../src/command/run-words.ts'
import { readPayload } from '../src/github/deployment-payload.ts'
import { readMergedPull } from '../src/github/merged-pull.ts'
import type { DeploymentState } from '../src/ports/deployments.ts'
import { beginningOf } from '../src/watch/beginning.ts'
import type { MergedPull } from '../src/watch/label-merged.ts'
import type { Delivery } from './inbox.ts'
import type { NotedHeadChange } from './store/head-ledger.ts'

/** What a delivery asks for. */
export type Asked =
  /** A command to be served. */
  | { readonly kind: 'command'; readonly request: CommandRequest }
  /** A pull request has this head since then: for the ledger. */
  | { readonly kind: 'head'; readonly change: NotedHeadChange }
  /** A pull request is in the default branch: for the ledger of verdicts. */
  | { readonly kind: 'merged'; readonly repository: string; readonly pull: MergedPull }
  /** Something happened that whoever follows an operation waits for; or its watch, of the Deployment `watch`. */
  | { readonly kind: 'progress'; readonly of: ProgressOf; readonly watch?: string }
  /** A Deployment of ours says something that its watch begins with, or that another watch waits for. */
  | {
      readonly kind: 'deployed'
      readonly repository: string
      readonly deployment: string
      /** `urgent`: what users have was found bad. */
      readonly begins: 'urgent' | 'normal' | 'no'
      readonly isProgress: boolean
      /** The watch whose rollback this Deployment is. */
      readonly watch?: string
    }
  /** A merge queue tries this commit and waits for its checks. */
  | { readonly kind: 'merge_group'; readonly repository: string; readonly sha: string }
  /** The installation was removed: what goes on there ends. */
  | { readonly kind: 'gone' }
  /** Nothing; `why` for the log. */
  | { readonly kind: 'nothing'; readonly why: string }

/** Which operation: by its run, whose name ends in the operation's key, or by its Deployment. */
export type ProgressOf =
  | { readonly run: number; readonly key: string | undefined; readonly isOver: boolean }
  | { readonly deployment: string }

type Read = (body: unknown, receivedAtMs: number) => Asked

/**
 * The one table of the events that the App works on. An event that is not here was stored for what it means to an
 * installation, or for a later version: it asks for nothing. Error: `ZodError` where a body is none of its event.
 */
const events: Readonly<Record<string, Read>> = {
  issue_comment: readComment,
  pull_request: readPullRequest,
  workflow_run: readRun,
  deployment_status: readDeploymentStatus,
  merge_group: readMergeGroup,
}

export function readAsked({ event, payload, receivedAtMs }: Delivery): Asked {
  const read = Object.hasOwn(events, event) ? events[event] : undefined
  return read === undefined ? nothing(event) : read(JSON.parse(payload), receivedAtMs)
}

function readComment(body: unknown, receivedAtMs: number): Asked {
  const read = readCommentEvent(body, receivedAtMs)
  return read.kind === 'command' ? read : nothing(read.reason)
}

const account = z.object({ id: z.number().int(), login: z.string() })

const headEvent = z.object({
  action: z.string(),
  sender: account.nullish(),
  pull_request: z.object({
    number: z.number().int(),
    created_at: z.iso.datetime({ offset: true }),
    updated_at: z.iso.datetime({ offset: true }),
    head: z.object({ sha: z.string().regex(/^[\da-f]{40}$/) }),
  }),
})

const closedEvent = z.object({
  action: z.literal('closed'),
  repository: z.object({ full_name: z.string() }),
  pull_request: z.unknown(),
})

function readPullRequest(body: unknown, receivedAtMs: number): Asked {
  const closed = closedEvent.safeParse(body)
  if (!closed.success) return readHead(body, receivedAtMs)
  const pull = readMergedPull(closed.data.pull_request)
  if (pull === undefined) return nothing('closed')
  return { kind: 'merged', repository: closed.data.repository.full_name, pull }
}

/** A head that came while a pull request was closed is told by its reopening. */
function readHead(body: unknown, receivedAtMs: number): Asked {
  const { action, sender, pull_request: pull } = headEvent.parse(body)
  if (action !== 'opened' && action !== 'synchronize' && action !== 'reopened') return nothing(action)
  const atMs = Date.parse(action === 'opened' ? pull.created_at : pull.updated_at)
  const by = sender === null || sender === undefined ? {} : { by: sender }
  return { kind: 'head', change: { pull: pull.number, sha: pull.head.sha, atMs, receivedAtMs, ...by } }
}

const runEvent = z.object({
  action: z.string(),
  workflow_run: z.object({ id: z.number().int(), display_title: z.string() }),
})

/** That it works is seen by the next look; that it is there, or over, is worth one at once. */
function readRun(body: unknown): Asked {
  const { action, workflow_run: run } = runEvent.parse(body)
  if (action === 'in_progress') return nothing(action)
  const [, key] =
    /#((?:(?:comment|watch)-\d{1,19}|onward-\d{1,19}-[\w-]{1,40}))$/.exec(run.display_title) ?? []
  const of = { run: run.id, key, isOver: action === 'completed' }
  const watch = watchOf(key)
  return { kind: 'progress', of, ...(watch !== undefined && { watch }) }
}

/** The Deployment whose watch began the operation of this key. */
function watchOf(key: string | undefined): string | undefined {
  return /^watch-(\d{1,19})$/.exec(key ?? '')?.[1]
}

const statusEvent = z.object({
  repository: z.object({ full_name: z.string() }),
  deployment: z.object({ id: z.number().int(), payload: z.unknown().optional() }),
  deployment_status: z.object({ state: z.string(), description: z.string().nullish() }),
})

/** Live is worth a word to whoever follows it; the last word of a run, which begins with a reason code, is read when the run has ended. */
function readDeploymentStatus(body: unknown): Asked {
  const { repository, deployment, deployment_status: status } = statusEvent.parse(body)
  const id = String(deployment.id)
  const description = status.description ?? ''
  const isProgress = status.state === 'success' && runWords(description).reason === undefined
  const payload = readPayload(deployment.payload)
  const begins = payload === undefined ? 'no' : beginsBy({ ...payload, state: status.state, description })
  const watch = isOver(status.state) ? watchOf(payload?.key) : undefined
  if (begins === 'no' && watch === undefined)
    return isProgress ? { kind: 'progress', of: { deployment: id } } : nothing(status.state)
  const place = { repository: repository.full_name, deployment: id }
  return { kind: 'deployed', ...place, begins, isProgress, ...(watch !== undefined && { watch }) }
}

interface Said extends NonNullable<ReturnType<typeof readPayload>> {
  readonly state: string
  readonly description: string
}

function beginsBy({ key, operation, state, description }: Said): 'urgent' | 'normal' | 'no' {
  const said = { key, state: state as DeploymentState, description }
  const { kind } = beginningOf({ ...said, ...(operation !== undefined && { operation }) })
  if (kind === 'nothing') return 'no'
  return kind === 'found_bad' ? 'urgent' : 'normal'
}

function isOver(state: string): boolean {
  return state === 'success' || state === 'failure' || state === 'error'
}

const queueEvent = z.object({
  action: z.string(),
  repository: z.object({ full_name: z.string() }),
  merge_group: z.object({ head_sha: z.string().regex(/^[\da-f]{40}$/) }),
})

function readMergeGroup(body: unknown): Asked {
  const { action, repository, merge_group: group } = queueEvent.parse(body)
  if (action !== 'checks_requested') return nothing(action)
  return { kind: 'merge_group', repository: repository.full_name, sha: group.head_sha }
}

function nothing(why: string): Asked {
  return { kind: 'nothing', why }
}
