import type { Delivery } from './inbox.ts'
import type { Octokits } from './octokits.ts'

/** What an installation's event means for what we remember of it. */
export type InstallationChange = 'gone' | 'changed' | 'none'

/** Deliveries of a suspended or deleted installation come to nothing; of a changed one, tokens and grants are asked for anew. */
export function installationChange({
  event,
  action,
}: Pick<Delivery, 'event' | 'action'>): InstallationChange {
  if (event === 'installation_repositories') return 'changed'
  if (event !== 'installation') return 'none'
  return action === 'deleted' || action === 'suspend' ? 'gone' : 'changed'
}

/** Drops what is remembered of an installation that changed (W14); answers whether it is gone. Doing it twice changes nothing. */
export function noteInstallationChange(
  delivery: Pick<Delivery, 'event' | 'action' | 'installationId'>,
  octokits: Pick<Octokits, 'forget'>,
): InstallationChange {
  const change = installationChange(delivery)
  if (change !== 'none' && delivery.installationId !== undefined) octokits.forget(delivery.installationId)
  return change
}
