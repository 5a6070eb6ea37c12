import { installationJson, type InstallationSpec, newInstallation } from './apps.ts'
import type { Installation, Repository } from './entities.ts'
import type { Hub } from './hub.ts'
import { nodeId } from './account-json.ts'

/** What an account's owner does with an installation, with the delivery that tells the app of it. */

export function install(hub: Hub, spec: InstallationSpec): number {
  const installation = newInstallation(hub, spec)
  emit(hub, installation, { name: 'installation', action: 'created' })
  return installation.id
}

export function uninstall(hub: Hub, id: number): void {
  const installation = existing(hub, id)
  emit(hub, installation, { name: 'installation', action: 'deleted' })
  hub.installations.delete(id)
  hub.tokens.revokeOf(installation)
}

export function suspend(hub: Hub, id: number): void {
  const installation = existing(hub, id)
  installation.suspendedAt = hub.time()
  emit(hub, installation, { name: 'installation', action: 'suspend' })
}

export function unsuspend(hub: Hub, id: number): void {
  const installation = existing(hub, id)
  delete installation.suspendedAt
  emit(hub, installation, { name: 'installation', action: 'unsuspend' })
}

/** Changes which repositories an installation reaches; it must not reach all of them. */
export function changeRepositories(
  hub: Hub,
  id: number,
  change: { add?: number[]; remove?: number[] },
): void {
  const installation = existing(hub, id)
  for (const one of change.add ?? []) installation.repositoryIds?.add(one)
  for (const one of change.remove ?? []) installation.repositoryIds?.delete(one)
  const stubs = (ids: number[] = []): unknown[] =>
    ids.map((one) => hub.repositoryById(one)).map((one) => one && stub(one))
  const payload = {
    repository_selection: 'selected',
    repositories_added: stubs(change.add),
    repositories_removed: stubs(change.remove),
    requester: null,
  }
  emit(hub, installation, {
    name: 'installation_repositories',
    action: change.add?.length ? 'added' : 'removed',
    payload,
  })
}

function existing(hub: Hub, id: number): Installation {
  const installation = hub.installations.get(id)
  if (!installation) throw new Error(`there is no installation ${id}`)
  return installation
}

function emit(
  hub: Hub,
  installation: Installation,
  event: { name: string; action: string; payload?: Record<string, unknown> },
): void {
  const reached = [...hub.repositories.values()].filter(
    ({ id, owner }) => owner === installation.account && (installation.repositoryIds?.has(id) ?? true),
  )
  const repositories = event.name === 'installation' ? { repositories: reached.map(stub) } : {}
  hub.emit({
    name: event.name,
    action: event.action,
    installation,
    sender: installation.account,
    payload: { installation: installationJson(hub, installation), ...repositories, ...event.payload },
  })
}

function stub({ id, name, owner, private: isPrivate }: Repository): Record<string, unknown> {
  return {
    id,
    node_id: nodeId('Repository', id),
    name,
    full_name: `${owner.login}/${name}`,
    private: isPrivate,
  }
}
