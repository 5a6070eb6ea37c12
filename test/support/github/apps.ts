import { generateKeyPairSync } from 'node:crypto'
import type { App, Installation, Permissions } from './entities.ts'
import type { Hub } from './hub.ts'
import { accountJson, nodeId } from './account-json.ts'

export interface AppSpec {
  slug: string
  permissions: Permissions
  /** Webhook events, as `issue_comment`. */
  events?: string[]
  webhook?: { url: string; secret: string }
}

/** What an app's operator holds. */
export interface AppCredentials {
  id: number
  slug: string
  clientId: string
  /** PEM, PKCS#8, RSA. */
  privateKey: string
  /** `slug[bot]`, who acts with the app's installation tokens. */
  bot: { id: number; login: string }
}

/** One key pair serves all apps of a process: making one takes longer than starting the whole stand-in. */
let keys: { publicKey: string; privateKey: string } | undefined

function keyPair(): { publicKey: string; privateKey: string } {
  keys ??= generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })
  return keys
}

export function newApp(hub: Hub, spec: AppSpec): AppCredentials {
  const { publicKey, privateKey } = keyPair()
  const bot = hub.accounts.ensure(`${spec.slug}[bot]`)
  const app: App = {
    id: hub.id(),
    slug: spec.slug,
    name: spec.slug,
    clientId: `Iv23${spec.slug}`,
    owner: hub.accounts.ensure('app-maker'),
    bot,
    permissions: spec.permissions,
    events: spec.events ?? [],
    createdAt: hub.time(),
    publicKey,
    ...(spec.webhook ? { webhook: spec.webhook } : {}),
  }
  hub.apps.set(app.id, app)
  return {
    id: app.id,
    slug: app.slug,
    clientId: app.clientId,
    privateKey,
    bot: { id: bot.id, login: bot.login },
  }
}

export interface InstallationSpec {
  appId: number
  account: string
  /** All of the account when left out. */
  repositoryIds?: number[]
  /** What the account granted; the app's own permissions when left out. */
  permissions?: Permissions
}

export function newInstallation(hub: Hub, spec: InstallationSpec): Installation {
  const app = hub.apps.get(spec.appId)
  if (!app) throw new Error(`there is no app ${spec.appId}: make it with createApp`)
  const installation: Installation = {
    id: hub.id(),
    app,
    account: hub.accounts.ensure(spec.account, 'Organization'),
    permissions: spec.permissions ?? app.permissions,
    repositoryIds: spec.repositoryIds ? new Set(spec.repositoryIds) : undefined,
    createdAt: hub.time(),
  }
  hub.installations.set(installation.id, installation)
  return installation
}

/** The app's installation that reaches a repository. */
export function installationFor(
  hub: Hub,
  app: App,
  repository: { id: number; owner: { id: number } },
): Installation | undefined {
  return [...hub.installations.values()].find(
    (one) =>
      one.app === app &&
      one.account.id === repository.owner.id &&
      (one.repositoryIds?.has(repository.id) ?? true),
  )
}

export function installationJson(hub: Hub, installation: Installation): Record<string, unknown> {
  const { app, account } = installation
  return {
    id: installation.id,
    client_id: app.clientId,
    account: accountJson(hub, account),
    repository_selection: installation.repositoryIds ? 'selected' : 'all',
    access_tokens_url: `${hub.apiUrl}/app/installations/${installation.id}/access_tokens`,
    repositories_url: `${hub.apiUrl}/installation/repositories`,
    html_url: `${hub.url}/organizations/${account.login}/settings/installations/${installation.id}`,
    app_id: app.id,
    app_slug: app.slug,
    target_id: account.id,
    target_type: account.type,
    permissions: { metadata: 'read', ...installation.permissions },
    events: app.events,
    created_at: installation.createdAt,
    updated_at: installation.createdAt,
    single_file_name: null,
    has_multiple_single_files: false,
    single_file_paths: [],
    suspended_by: installation.suspendedAt ? accountJson(hub, account) : null,
    suspended_at: installation.suspendedAt ?? null,
  }
}

/** The stub that a delivery carries. */
export function installationStub(installation: Installation): Record<string, unknown> {
  return { id: installation.id, node_id: nodeId('IntegrationInstallation', installation.id) }
}
