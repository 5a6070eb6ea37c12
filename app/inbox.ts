/**
 * One webhook delivery as it came in. Its signature, its form and our app id were checked before; nothing that it *says* was:
 * whether its installation reaches its repository is GitHub's to answer (N01), so whoever works on it mints its token with
 * `repository_ids` and stops where GitHub refuses.
 */
export interface Delivery {
  /** `X-GitHub-Delivery`, a GUID in lower case. A redelivery has the same one. */
  readonly id: string
  /** `X-GitHub-Event`, e.g. `issue_comment`. */
  readonly event: string
  /** The payload's `action`, e.g. `created`; events without one (`push`) have none. */
  readonly action?: string
  readonly installationId?: number
  /** Of events about one repository. */
  readonly repositoryId?: number
  /** The body as text, byte for byte what was signed; JSON. */
  readonly payload: string
  /** When it came in, by our own clock (ms). */
  readonly receivedAtMs: number
}

/** Where deliveries are kept before they are acknowledged; work begins there, never in the listener's memory. */
export interface Inbox {
  /**
   * Keeps a delivery; when this resolves it outlives a crash. `known`: one of this id is kept already, nothing was changed.
   * Error: the store's own, and then nothing was kept: the sender is told to come again.
   */
  store(delivery: Delivery): Promise<'stored' | 'known'>
}
