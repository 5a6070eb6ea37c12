import type { Account } from './entities.ts'
import type { Hub } from './hub.ts'

/** Ids that GitHub gave to accounts which code may compare with. */
const WELL_KNOWN: Record<string, number> = {
  'github-actions[bot]': 41898282,
  ghost: 10137,
  'web-flow': 19864447,
}

export class Accounts {
  private readonly byLogin = new Map<string, Account>()
  private readonly hub: Hub

  constructor(hub: Hub) {
    this.hub = hub
  }

  find(login: string): Account | undefined {
    return this.byLogin.get(login.toLowerCase())
  }

  findById(id: number): Account | undefined {
    return [...this.byLogin.values()].find((account) => account.id === id)
  }

  /** The account of that login, made when it is new. `…[bot]` makes a bot. */
  ensure(login: string, type: Account['type'] = 'User'): Account {
    const known = this.find(login)
    if (known) return known
    const account: Account = {
      id: WELL_KNOWN[login] ?? this.hub.id(),
      login,
      type: login.endsWith('[bot]') ? 'Bot' : type,
      createdAt: this.hub.time(),
    }
    this.byLogin.set(login.toLowerCase(), account)
    return account
  }

  /** GitHub lets a login be taken over after a rename: the id stays, the name goes. */
  rename(login: string, to: string): void {
    const account = this.ensure(login)
    this.byLogin.delete(login.toLowerCase())
    account.login = to
    this.byLogin.set(to.toLowerCase(), account)
  }
}
