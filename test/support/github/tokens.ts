import { randomBytes } from 'node:crypto'
import type { Account, App, Installation, Permissions } from './entities.ts'
import type { Hub } from './hub.ts'

/** Who a request comes from, and what that token may do. */
export interface Token {
  value: string
  account: Account
  /** Set for installation tokens (and the Action's GITHUB_TOKEN): what it did is `performed_via_github_app`. */
  app: App | undefined
  installation: Installation | undefined
  /** undefined: a classic user token, limited by the user's role alone. */
  permissions: Permissions | undefined
  repositoryIds: Set<number> | undefined
  /** Milliseconds since 1970; undefined: does not expire. */
  expiresAt: number | undefined
  used: number
}

export interface TokenSpec {
  login: string
  /** Left out, the token may do what the user's role allows. */
  permissions?: Permissions
  repositoryIds?: number[]
}

export class Tokens {
  private readonly byValue = new Map<string, Token>()
  private readonly hub: Hub

  constructor(hub: Hub) {
    this.hub = hub
  }

  /** A user's token, or with `…[bot]` an installation token of that app (`github-actions[bot]`: GITHUB_TOKEN). */
  issue(spec: TokenSpec): Token {
    const app = spec.login.endsWith('[bot]')
      ? this.hub.accounts.ensure(spec.login) && this.appOf(spec.login)
      : undefined
    return this.add({
      account: this.hub.accounts.ensure(spec.login),
      app,
      installation: undefined,
      permissions: spec.permissions ?? (app ? {} : undefined),
      repositoryIds: spec.repositoryIds ? new Set(spec.repositoryIds) : undefined,
      expiresAt: undefined,
    })
  }

  add(token: Omit<Token, 'value' | 'used'>): Token {
    const prefix = token.app ? 'ghs_' : 'ghp_'
    const issued = { ...token, value: prefix + randomBytes(18).toString('hex'), used: 0 }
    this.byValue.set(issued.value, issued)
    return issued
  }

  find(value: string): Token | undefined {
    const token = this.byValue.get(value)
    if (token?.expiresAt !== undefined && token.expiresAt <= this.hub.clock.now()) return undefined
    return token
  }

  revoke(value: string): void {
    this.byValue.delete(value)
  }

  revokeOf(installation: Installation): void {
    for (const [value, token] of this.byValue)
      if (token.installation === installation) this.byValue.delete(value)
  }

  private appOf(botLogin: string): App {
    const slug = botLogin.replace(/\[bot\]$/, '')
    const known = [...this.hub.apps.values()].find((app) => app.slug === slug)
    if (known) return known
    const app: App = {
      id: slug === 'github-actions' ? 15368 : this.hub.id(),
      slug,
      name: slug === 'github-actions' ? 'GitHub Actions' : slug,
      clientId: `Iv1.${slug}`,
      owner: this.hub.accounts.ensure('github', 'Organization'),
      bot: this.hub.accounts.ensure(botLogin),
      permissions: {},
      events: [],
      createdAt: this.hub.time(),
    }
    this.hub.apps.set(app.id, app)
    return app
  }
}
