import type { AccessLevel, Permissions, Repository, Role } from './entities.ts'
import { type Hub, rank, type Token } from './hub.ts'
import { notFound, Refusal } from './reply.ts'
import type { Route } from './route.ts'

const LEVEL: Record<AccessLevel, number> = { read: 1, write: 2, admin: 3 }

export function canSee(hub: Hub, repository: Repository, token: Token | undefined): boolean {
  if (token?.repositoryIds && !token.repositoryIds.has(repository.id))
    return !repository.private && !token.app
  if (!repository.private) return true
  if (!token) return false
  return token.app !== undefined || hub.roleOf(token.account, repository) !== 'none'
}

/** Throws what GitHub answers when this token may not do this here: 404 before 401 before 403. */
export function authorise(hub: Hub, route: Route, repository: Repository, token: Token | undefined): void {
  if (!canSee(hub, repository, token)) throw notFound()
  if (token?.installation?.suspendedAt) throw new Refusal(403, 'This installation has been suspended')
  const writes = !route.operation.startsWith('GET ')
  if (!token) {
    if (writes) throw new Refusal(401, 'Requires authentication')
    return
  }
  if (token.permissions && !isGranted(token.permissions, route.access))
    throw refusedPermission(token, route.access)
  const needed = route.role ?? roleFor(route.access)
  if (token.app || rank(hub.roleOf(token.account, repository)) >= rank(needed)) return
  if (needed === 'read' && !repository.private) return
  throw repository.private ? notFound() : new Refusal(403, refusedRole(needed))
}

export function isGranted(permissions: Permissions, access: string): boolean {
  return access.split('|').some((alternative) => {
    const [resource = '', level = 'read'] = alternative.split(':')
    const granted = permissions[resource] ?? (resource === 'metadata' ? 'read' : undefined)
    return granted !== undefined && LEVEL[granted] >= LEVEL[level as AccessLevel]
  })
}

/** Throws where an organisation's own data are not for this token. Users' tokens without a list see what they are members of. */
export function authoriseInOrganization(token: Token | undefined, access: string): void {
  if (token?.permissions && !isGranted(token.permissions, access)) throw refusedPermission(token, access)
}

function refusedPermission(token: Token, access: string): Refusal {
  const message = token.app
    ? 'Resource not accessible by integration'
    : 'Resource not accessible by personal access token'
  const needed = access
    .split('|')
    .map((one) => one.replace(':', '='))
    .join('; ')
  return new Refusal(403, message, { headers: { 'x-accepted-github-permissions': needed } })
}

function roleFor(access: string): Role {
  if (access.startsWith('administration:')) return 'admin'
  return access.endsWith(':read') ? 'read' : 'write'
}

function refusedRole(needed: Role): string {
  return needed === 'admin' ? 'Must have admin rights to Repository.' : 'Must have push access to repository'
}
