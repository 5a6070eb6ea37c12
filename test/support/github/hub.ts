import { AsyncLocalStorage } from 'node:async_hooks'
import { Accounts } from './accounts.ts'
import type { Account, App, Installation, Repository, Role, Team } from './entities.ts'
import type { EmittedEvent } from './events.ts'
import { type Token, Tokens } from './tokens.ts'

/** Milliseconds since 1970, as `Date.now()`; the suite's own clock. */
export interface HubClock {
  now(): number
}

/** Everything that one stand-in remembers. Handlers read and change it; nothing else does. */
export class Hub {
  url = ''
  readonly root: string
  readonly clock: HubClock
  readonly accounts = new Accounts(this)
  readonly tokens = new Tokens(this)
  readonly repositories = new Map<string, Repository>()
  readonly apps = new Map<number, App>()
  readonly installations = new Map<number, Installation>()
  readonly teams: Team[] = []
  readonly events: EmittedEvent[] = []
  readonly listeners = new Set<(event: EmittedEvent) => void>()
  private readonly turns = new Map<number, Promise<unknown>>()
  private readonly held = new AsyncLocalStorage<Set<number>>()
  private lastId = 1000

  constructor(root: string, clock: HubClock) {
    this.root = root
    this.clock = clock
  }

  get apiUrl(): string {
    return `${this.url}/api/v3`
  }

  get graphqlUrl(): string {
    return `${this.url}/api/graphql`
  }

  id(): number {
    this.lastId += 1
    return this.lastId
  }

  /** GitHub's times: UTC, to the second. */
  time(): string {
    return new Date(this.clock.now()).toISOString().replace(/\.\d{3}Z$/, 'Z')
  }

  repository(owner: string, name: string): Repository | undefined {
    return this.repositories.get(`${owner}/${name}`.toLowerCase())
  }

  repositoryById(id: number): Repository | undefined {
    return [...this.repositories.values()].find((repository) => repository.id === id)
  }

  /** One writer at a time per repository; a caller that holds the turn already goes on with it. */
  exclusively<T>(repository: Repository, work: () => Promise<T>): Promise<T> {
    const held = this.held.getStore()
    if (held?.has(repository.id)) return work()
    const before = this.turns.get(repository.id) ?? Promise.resolve()
    const turn = before.then(() => this.held.run(new Set([...(held ?? []), repository.id]), work))
    this.turns.set(
      repository.id,
      turn.catch(() => {}),
    )
    return turn
  }

  emit(event: EmittedEvent): void {
    this.events.push(event)
    for (const listener of this.listeners) listener(event)
  }

  /** The strongest of what a user has as owner, collaborator and by teams. */
  roleOf(account: Account, repository: Repository): Role {
    if (account.id === repository.owner.id) return 'admin'
    const direct = repository.collaborators.get(account.id) ?? 'none'
    const byTeam = [...repository.teams]
      .filter(([team]) => team.members.has(account.id))
      .map(([, role]) => role)
    return [direct, ...byTeam].reduce((best, role) => (rank(role) > rank(best) ? role : best))
  }
}

const ROLES: readonly Role[] = ['none', 'read', 'triage', 'write', 'maintain', 'admin']

export function rank(role: Role): number {
  return ROLES.indexOf(role)
}

export type { Token }
