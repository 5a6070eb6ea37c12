import type { Account, Installation, Repository } from './entities.ts'

/** Something that GitHub tells webhooks and workflows about. `payload` lacks the keys that every delivery has. */
export interface EmittedEvent {
  name: string
  action?: string
  /** Missing for what happens to an installation. */
  repository?: Repository
  /** Set where only one installation is told. */
  installation?: Installation
  sender: Account
  /** Made when the event happened: a delivery shows the state of that moment. */
  payload: Record<string, unknown>
}
