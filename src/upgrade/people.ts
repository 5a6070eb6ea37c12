import { type JobOrder, readJobOrder } from '../command/job-order.ts'
import type { SaidState } from '../ports/deployments.ts'
import type { SaidByPerson } from './facts.ts'

/** What holding a step, or the watch, does about what people said last of it. */
export type Listening =
  /** Nobody says anything: health decides. */
  | { readonly kind: 'judge' }
  /** Nothing more is sent there, nothing taken back or promoted. */
  | { readonly kind: 'paused'; readonly by: string }
  /** The next step is taken now; after the last one the version is promoted. */
  | { readonly kind: 'go_on'; readonly said: 'promoted' | 'accepted'; readonly by: string }

export const JUDGE: Listening = { kind: 'judge' }

/** What a person said of a deployment by a command, in its newest state: read in exactly those words, and in no others. */
export function saidByPerson(
  newest: SaidState | undefined,
): (JobOrder & { readonly atMs: number }) | undefined {
  if (newest?.state !== 'in_progress' && newest?.state !== 'success') return undefined
  const order = readJobOrder(newest.description)
  return order && { ...order, atMs: newest.atMs }
}

/**
 * Pure. `/accept` is for all that comes; `/promote` for the step that was there when it was said, and only once: one that was said
 * before this step was taken, or was followed already, would send users on to a share that nobody meant.
 */
export function decideListening(
  newest: SaidState | undefined,
  step: { readonly name: string; readonly sinceMs: number },
  before: readonly SaidByPerson[],
): Listening {
  const accepted = before.find(({ said }) => said === 'accepted')
  if (accepted !== undefined) return { kind: 'go_on', said: 'accepted', by: accepted.by }
  const person = saidByPerson(newest)
  if (person === undefined) return JUDGE
  const { kind, by, atMs } = person
  switch (kind) {
    case 'continue':
      return JUDGE
    case 'pause':
      return { kind: 'paused', by }
    case 'accept':
      return { kind: 'go_on', said: 'accepted', by }
    case 'promote': {
      const isFollowed = before.some((one) => one.said === 'promoted' && one.saidAtMs === atMs)
      // GitHub tells whole seconds.
      const isOfThisStep = atMs >= Math.floor(step.sinceMs / 1000) * 1000
      return isFollowed || !isOfThisStep ? JUDGE : { kind: 'go_on', said: 'promoted', by }
    }
  }
}
