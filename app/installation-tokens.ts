import { GitHubError } from '../src/errors.ts'
import { repeat } from '../src/github/ensure.ts'
import type { Clock } from '../src/ports/clock.ts'
import { type Grants, within } from './permissions.ts'
import type { AppOctokit } from './probot.ts'
import type { TokenCache } from './token-cache.ts'

/** An installation does not reach a repository: a delivery that says so is not worked on (N01). */
export class NotOfInstallation extends Error {
  override readonly name = 'NotOfInstallation'
  readonly installationId: number
  readonly repositoryId: number
  constructor(installationId: number, repositoryId: number, options?: ErrorOptions) {
    super(`Installation ${installationId} does not reach repository ${repositoryId}.`, options)
    this.installationId = installationId
    this.repositoryId = repositoryId
  }
}

export interface TokenScope {
  readonly installationId: number
  readonly repositoryId: number
  readonly permissions: Grants
}

export interface TokenPorts {
  readonly tokens: TokenCache
  readonly clock: Clock
  readonly signal: AbortSignal
}

/** Tokens of installations, each for one repository and no more permissions than its use needs (S05). */
export class InstallationTokens {
  private readonly app: AppOctokit
  private readonly ports: TokenPorts
  private readonly grants = new Map<number, Granted>()

  constructor(app: AppOctokit, ports: TokenPorts) {
    this.app = app
    this.ports = ports
  }

  /** Errors: `NotOfInstallation`; `GitHubError`, with 404 where the installation is gone and 403 where it is suspended. */
  async of(scope: TokenScope): Promise<string> {
    const { installationId, repositoryId } = scope
    const permissions = within(scope.permissions, await this.granted(installationId))
    try {
      return await this.mint({ ...scope, permissions })
    } catch (error) {
      if (!isRefused(error)) throw error
      // 422 means a permission that was not granted, which may have changed since we asked, or a repository out of reach.
      this.grants.delete(installationId)
      const nowWithin = within(scope.permissions, await this.granted(installationId))
      if (isSame(permissions, nowWithin))
        throw new NotOfInstallation(installationId, repositoryId, { cause: error })
      return await this.mint({ ...scope, permissions: nowWithin })
    }
  }

  /** What was granted to the installation; remembered until it is forgotten. Error: `GitHubError`. */
  async granted(installationId: number): Promise<Granted> {
    const known = this.grants.get(installationId)
    if (known !== undefined) return known
    const { data } = await this.app.rest.apps.getInstallation({ installation_id: installationId })
    const found = { ...data.permissions } as Granted
    this.grants.set(installationId, found)
    return found
  }

  /** What a list of installations has told already. */
  noteGranted(installationId: number, granted: Granted): void {
    this.grants.set(installationId, granted)
  }

  /** GitHub does not know this token any more. */
  forgetToken(token: string): void {
    this.ports.tokens.forget({ token })
  }

  /** The installation is gone, suspended, or what it grants has changed (W14). */
  forget(installationId: number): void {
    this.grants.delete(installationId)
    this.ports.tokens.forget({ installationId })
  }

  private async mint({ installationId, repositoryId, permissions }: TokenScope): Promise<string> {
    const repositoryIds = [repositoryId]
    // One token too many changes nothing: after a lost answer it is asked for again.
    const made = await repeat(this.ports, () =>
      this.app.auth({ type: 'installation', installationId, repositoryIds, permissions }),
    )
    return (made as { token: string }).token
  }
}

/** Permissions by GitHub's names. */
export type Granted = Readonly<Record<string, string>>

function isRefused(error: unknown): error is GitHubError {
  return error instanceof GitHubError && error.status === 422
}

function isSame(one: Grants, other: Grants): boolean {
  const names = Object.keys(one) as (keyof Grants)[]
  return names.length === Object.keys(other).length && names.every((name) => one[name] === other[name])
}
