import type { Authority, Person, Role } from '../../../src/ports/authority.ts'

export interface MemoryAuthority extends Authority {
  /** By the person's number. Who is not here is a stranger. */
  readonly roles: Map<number, Role>
  /** `organisation/team` → the numbers of its members. */
  readonly teams: Map<string, Set<number>>
  /** Set: GitHub does not say, and this is what it throws. */
  failure: Error | undefined
  /** Every question, in order. */
  readonly asked: string[]
  /** Makes somebody with this role. */
  person(login: string, role?: Role): Person
}

/** Who may do what, as a test says. */
export function memoryAuthority(): MemoryAuthority {
  const roles = new Map<number, Role>()
  const teams = new Map<string, Set<number>>()
  const asked: string[] = []
  /** Who holds a login now: it can change hands, the number cannot. */
  const logins = new Map<string, number>()
  let lastId = 100
  const answer = <Answer>(question: string, about: Person, value: Answer, otherwise: Answer): Answer => {
    asked.push(question)
    if (authority.failure !== undefined) throw authority.failure
    return (logins.get(about.login) ?? about.id) === about.id ? value : otherwise
  }
  const authority: MemoryAuthority = {
    roles,
    teams,
    asked,
    failure: undefined,
    person(login, role = 'none') {
      lastId += 1
      roles.set(lastId, role)
      logins.set(login, lastId)
      return { id: lastId, login }
    },
    roleOf: async (person) =>
      answer<Role>(`role of ${person.login}`, person, roles.get(person.id) ?? 'none', 'none'),
    isMember: async (team, person) =>
      answer(`${person.login} of ${team}`, person, teams.get(team)?.has(person.id) === true, false),
  }
  return authority
}
