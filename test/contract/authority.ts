import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { type Authority, type Person, type Role, roles } from '../../src/ports/authority.ts'

/** A repository and an organisation with people. */
export interface AuthorityWorld {
  readonly authority: Authority
  /** Somebody new with this role on the repository. */
  person(login: string, role: Role): Promise<Person>
  setRole(person: Person, role: Role): Promise<void>
  /** Makes them a member of `acme/<slug>`. */
  join(person: Person, slug: string): Promise<void>
  /** Their login goes to somebody else, who has this role and is a member of the same teams. */
  passLogin(person: Person, role: Role): Promise<Person>
  /** From now on GitHub answers nothing but errors. */
  breakDown(): Promise<void>
  close(): Promise<void>
}

export function authorityContract(name: string, open: () => Promise<AuthorityWorld>): void {
  describe(`${name} keeps the contract of authority`, () => {
    let world: AuthorityWorld
    let authority: Authority
    beforeEach(async () => {
      world = await open()
      authority = world.authority
    })
    afterEach(() => world.close())

    test.each(roles)('A01 A03 who has the role %s is told to have it', async (role) => {
      expect(await authority.roleOf(await world.person('dev', role))).toBe(role)
    })

    test('A02 who was never heard of is a stranger', async () => {
      expect(await authority.roleOf({ id: 987_654, login: 'nobody-at-all' })).toBe('none')
      expect(await authority.isMember('acme/sre', { id: 987_654, login: 'nobody-at-all' })).toBe(false)
    })

    test('A18 a role that was taken away meanwhile is gone', async () => {
      const dev = await world.person('dev', 'write')
      expect(await authority.roleOf(dev)).toBe('write')
      await world.setRole(dev, 'none')
      expect(await authority.roleOf(dev)).toBe('none')
    })

    test('A04 a login that went to somebody else gives nothing to who had it', async () => {
      const before = await world.person('dev', 'read')
      await world.join(before, 'sre')
      const after = await world.passLogin(before, 'admin')
      expect(await authority.roleOf(after)).toBe('admin')
      expect(await authority.isMember('acme/sre', after)).toBe(true)
      expect(await authority.roleOf(before)).toBe('none')
      expect(await authority.isMember('acme/sre', before)).toBe(false)
    })

    test('members of a team are told from others', async () => {
      const member = await world.person('member', 'none')
      const other = await world.person('other', 'admin')
      await world.join(member, 'sre')
      expect(await authority.isMember('acme/sre', member)).toBe(true)
      expect(await authority.isMember('acme/sre', other)).toBe(false)
      expect(await authority.isMember('acme/payments', member)).toBe(false)
    })

    test('A20 where GitHub does not say, nothing is answered', async () => {
      const dev = await world.person('dev', 'write')
      await world.join(dev, 'sre')
      await world.breakDown()
      await expect(authority.roleOf(dev)).rejects.toThrow(Error)
      await expect(authority.isMember('acme/sre', dev)).rejects.toThrow(Error)
    })
  })
}
