import type { Account, Pull } from './entities.ts'
import type { Hub } from './hub.ts'
import { fullPullJson } from './pull-json.ts'

export interface PullEvent {
  action: string
  sender: Account
  extra?: Record<string, unknown>
}

/** A `pull_request` event with the pull request as it is at this moment. */
export async function pullEvent(hub: Hub, pull: Pull, event: PullEvent): Promise<void> {
  hub.emit({
    name: 'pull_request',
    action: event.action,
    repository: pull.base.repository,
    sender: event.sender,
    payload: {
      number: pull.issue.number,
      pull_request: await fullPullJson(hub, pull),
      ...event.extra,
    },
  })
}
