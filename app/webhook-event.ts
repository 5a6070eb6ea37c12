import { z } from 'zod'

const id = z.number().int().positive()
const installation = z.object({ id })
const repository = z.object({ id })

/**
 * The events that the App works on, and what makes a body one of them. `X-GitHub-Event` is not part of what is signed, so a body
 * must have the parts of just this event: no genuine body of one event passes under the name of another.
 */
const bodies = {
  issue_comment: z.object({
    action: z.string(),
    installation,
    repository,
    issue: z.object({ number: id }),
    comment: z.object({ id }),
  }),
  pull_request: z.object({
    action: z.string(),
    installation,
    repository,
    number: id,
    pull_request: z.object({ id }),
    review: z.undefined().optional(),
  }),
  push: z.object({
    action: z.undefined().optional(),
    installation,
    repository,
    ref: z.string(),
    after: z.string(),
  }),
  workflow_run: z.object({ action: z.string(), installation, repository, workflow_run: z.object({ id }) }),
  deployment_status: z.object({
    action: z.string(),
    installation,
    repository,
    deployment: z.object({ id }),
    deployment_status: z.object({ id }),
  }),
  merge_group: z.object({
    action: z.string(),
    installation,
    repository,
    merge_group: z.object({ head_sha: z.string() }),
  }),
  installation: z.object({
    action: z.enum(['created', 'deleted', 'suspend', 'unsuspend', 'new_permissions_accepted']),
    installation,
    repository: z.undefined().optional(),
  }),
  installation_repositories: z.object({
    action: z.enum(['added', 'removed']),
    installation,
    repositories_added: z.array(z.unknown()),
    repositories_removed: z.array(z.unknown()),
  }),
}

export type EventName = keyof typeof bodies
export const eventNames: readonly string[] = Object.keys(bodies)

/** The events that a GitHub App must subscribe to; it is told of its installations without asking. */
export const subscribedEvents = eventNames.filter((name) => !name.startsWith('installation'))

/** What a body says of itself, for the inbox; whoever works on the delivery parses the rest. */
export interface WebhookEvent {
  readonly action?: string
  readonly installationId: number
  readonly repositoryId?: number
}

export type EventRead =
  | { readonly kind: 'event'; readonly event: WebhookEvent }
  /** Nothing that we work on: GitHub's `ping`, or a subscription that somebody added. */
  | { readonly kind: 'ignored' }
  | { readonly kind: 'malformed'; readonly why: string }

/** `name` is the header's, `body` the parsed JSON. */
export function readEvent(name: string, body: unknown): EventRead {
  if (!isKnown(name)) return { kind: 'ignored' }
  const parsed = bodies[name].safeParse(body)
  if (!parsed.success) return { kind: 'malformed', why: `the body is none of the event ${name}` }
  const { data } = parsed
  const action = data.action
  const about = 'repository' in data ? data.repository?.id : undefined
  return {
    kind: 'event',
    event: {
      installationId: data.installation.id,
      ...(action === undefined ? {} : { action }),
      ...(about === undefined ? {} : { repositoryId: about }),
    },
  }
}

function isKnown(name: string): name is EventName {
  return Object.hasOwn(bodies, name)
}
