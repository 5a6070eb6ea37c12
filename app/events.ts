import { z } from 'zod'
import type { CommandRequest } from '../src/command/command-outcome.ts'
import { readCommentEvent } from '../src/command/read-comment-event.ts'
import { runWords } from '../src/command/run-words.ts'
import type { Delivery } from './inbox.ts'
import type { NotedHeadChange } from './store/head-ledger.ts'

/** What a delivery asks for. */
export type Asked =
  /** A command to be served. */
  | { readonly kind: 'command'; readonly request: CommandRequest }
  /** A pull request has this head since then: for the ledger. */
  | { readonly kind: 'head'; readonly change: NotedHeadChange }
  /** Something happened that whoever follows an operation waits for. */
  | { readonly kind: 'progress'; readonly of: ProgressOf }
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
  pull_request: readHead,
  workflow_run: readRun,
  deployment_status: readDeploymentStatus,
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
  const [, key] = /#((?:comment|watch)-\d{1,19})$/.exec(run.display_title) ?? []
  return { kind: 'progress', of: { run: run.id, key, isOver: action === 'completed' } }
}

const statusEvent = z.object({
  deployment: z.object({ id: z.number().int() }),
  deployment_status: z.object({ state: z.string(), description: z.string().nullish() }),
})

/** Live is worth a word; the last word of a run, which begins with a reason code, is read when the run has ended. */
function readDeploymentStatus(body: unknown): Asked {
  const { deployment, deployment_status: status } = statusEvent.parse(body)
  const isLast = runWords(status.description ?? '').reason !== undefined
  if (status.state !== 'success' || isLast) return nothing(status.state)
  return { kind: 'progress', of: { deployment: String(deployment.id) } }
}

function nothing(why: string): Asked {
  return { kind: 'nothing', why }
}
