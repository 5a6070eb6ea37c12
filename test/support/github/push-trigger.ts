import type { Repository } from './entities.ts'
import type { EmittedEvent } from './events.ts'

export type PushEvent = EmittedEvent & {
  readonly repository: Repository
  readonly payload: {
    readonly ref: string
    readonly after: string
    readonly deleted: boolean
    readonly head_commit: { readonly message: string } | null
  }
}

/**
 * Whether GitHub starts workflows for it: not for what GITHUB_TOKEN pushed, and not where the newest commit asks for none.
 * https://docs.github.com/en/actions/how-tos/write-workflows/choose-when-workflows-run/trigger-a-workflow#triggering-a-workflow-from-a-workflow
 * https://docs.github.com/en/actions/how-tos/manage-workflow-runs/skip-workflow-runs
 */
export function startsWorkflows(event: EmittedEvent): event is PushEvent {
  if (event.name !== 'push' || event.repository === undefined) return false
  const { ref, deleted, head_commit: head } = (event as PushEvent).payload
  if (!ref.startsWith('refs/heads/') || deleted || event.sender.login === 'github-actions[bot]') return false
  return !SKIP.test(head?.message ?? '') && !/^skip-checks: ?true$/m.test(head?.message ?? '')
}

const SKIP = /\[(?:skip ci|ci skip|no ci|skip actions|actions skip)\]/
