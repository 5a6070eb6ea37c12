import { appJson } from './account-json.ts'
import { installationFor, installationJson } from './apps.ts'
import { isGranted } from './authorise.ts'
import type { App, Installation, Permissions, Repository } from './entities.ts'
import type { Hub } from './hub.ts'
import { countedReply, pageReply } from './page.ts'
import { created, found, noContent, ok, Refusal, unprocessable } from './reply.ts'
import { repositoryJson } from './repository-json.ts'
import { type Call, outside, type Route } from './route.ts'

/** An installation token lives for an hour. */
const TOKEN_LIFETIME_MS = 3_600_000

interface TokenBody {
  repositories?: string[]
  repository_ids?: number[]
  permissions?: Permissions
}

/** Apps: who they are, where they are installed, and the tokens they get there. */
export const appRoutes: Route[] = [
  outside('GET /app', 'app', (call) =>
    ok({ ...appJson(call.hub, appOf(call)), installations_count: installationsOf(call).length }),
  ),
  outside('GET /app/installations', 'app', (call) =>
    pageReply(installationsOf(call), call, (one) => listedJson(call.hub, one)),
  ),
  outside('GET /app/installations/{installation_id}', 'app', (call) =>
    ok(installationJson(call.hub, installationOf(call, call.params.installation_id))),
  ),
  outside('POST /app/installations/{installation_id}/access_tokens', 'app', (call) => {
    const installation = installationOf(call, call.params.installation_id)
    return created(issueToken(call.hub, installation, call.body ?? {}))
  }),
  outside('GET /repos/{owner}/{repo}/installation', 'app', (call) => {
    const repository = found(call.hub.repository(call.params.owner, call.params.repo))
    return ok(installationJson(call.hub, found(installationFor(call.hub, appOf(call), repository))))
  }),
  outside('GET /orgs/{org}/installation', 'app', (call) => ok(ofAccount(call, call.params.org))),
  outside('GET /users/{username}/installation', 'app', (call) => ok(ofAccount(call, call.params.username))),
  outside('GET /installation/repositories', 'anyone', (call) => {
    const installation = call.token?.installation
    if (!installation)
      throw new Refusal(
        403,
        'You must authenticate with an installation access token in order to list repositories for an installation.',
      )
    const ids = call.token?.repositoryIds
    const repositories = reachable(call.hub, installation).filter(({ id }) => ids?.has(id) ?? true)
    return countedReply(repositories, call, {
      name: 'repositories',
      json: (one) => repositoryJson(call.hub, one),
    })
  }),
  outside('DELETE /installation/token', 'anyone', ({ hub, token }) => {
    hub.tokens.revoke(found(token).value)
    return noContent()
  }),
]

export function appOf(call: Call): App {
  return found(call.hub.apps.get(call.appId ?? 0))
}

function installationsOf(call: Call): Installation[] {
  const app = appOf(call)
  return [...call.hub.installations.values()].filter((one) => one.app === app)
}

function installationOf(call: Call, id: string): Installation {
  return found(installationsOf(call).find((one) => one.id === Number(id)))
}

function ofAccount(call: Call, login: string): Record<string, unknown> {
  const one = installationsOf(call).find(({ account }) => account.login.toLowerCase() === login.toLowerCase())
  return installationJson(call.hub, found(one))
}

function reachable(hub: Hub, installation: Installation): Repository[] {
  return [...hub.repositories.values()].filter(
    ({ id, owner }) => owner === installation.account && (installation.repositoryIds?.has(id) ?? true),
  )
}

/** A token can be narrowed to repositories and permissions, never widened: 422. */
function issueToken(hub: Hub, installation: Installation, asked: TokenBody): Record<string, unknown> {
  if (installation.suspendedAt) throw new Refusal(403, 'This installation has been suspended')
  const permissions = asked.permissions ?? installation.permissions
  const excess = Object.entries(permissions).some(
    ([name, level]) => !isGranted(installation.permissions, `${name}:${level}`),
  )
  if (excess) throw unprocessable('The permissions requested are not granted to this installation.')
  const narrowed = askedRepositories(hub, installation, asked)
  const expiresAt = hub.clock.now() + TOKEN_LIFETIME_MS
  const token = hub.tokens.add({
    account: installation.app.bot,
    app: installation.app,
    installation,
    permissions,
    repositoryIds: new Set((narrowed ?? reachable(hub, installation)).map(({ id }) => id)),
    expiresAt,
  })
  return {
    token: token.value,
    expires_at: new Date(expiresAt).toISOString().replace(/\.\d{3}Z$/, 'Z'),
    permissions: { metadata: 'read', ...permissions },
    repository_selection: narrowed || installation.repositoryIds ? 'selected' : 'all',
    ...(narrowed ? { repositories: narrowed.map((one) => repositoryJson(hub, one)) } : {}),
  }
}

function askedRepositories(hub: Hub, installation: Installation, asked: TokenBody): Repository[] | undefined {
  if (!asked.repositories && !asked.repository_ids) return undefined
  const all = reachable(hub, installation)
  const wanted = [
    ...(asked.repositories ?? []).map((name) => all.find((one) => one.name === name)),
    ...(asked.repository_ids ?? []).map((id) => all.find((one) => one.id === id)),
  ]
  return wanted.map((one) => {
    if (one) return one
    throw unprocessable(
      'There is at least one repository that does not exist or is not accessible to the parent installation.',
    )
  })
}

/** GitHub's description of the list asks of an account all that a user *and* an enterprise have; of a single one it does not. */
function listedJson(hub: Hub, installation: Installation): Record<string, unknown> {
  const {
    createdAt,
    account: { login },
  } = installation
  const { account, ...rest } = installationJson(hub, installation)
  const times = { created_at: createdAt, updated_at: createdAt }
  return { ...rest, account: { ...(account as object), name: login, slug: login, ...times } }
}
