import type { Repository, Role } from './entities.ts'
import type { Hub, Token } from './hub.ts'
import type { Reply } from './reply.ts'

type ParamNames<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? Name | ParamNames<Rest>
  : never

export interface Call<Name extends string = string> {
  hub: Hub
  token: Token | undefined
  /** An app's JWT instead of a token, for `/app/**`. */
  appId: number | undefined
  params: Record<Name, string>
  query: URLSearchParams
  /** Parsed JSON, or undefined. The oracle has judged it already. */
  body: unknown
  /** URL of this resource without its query, for Link headers. */
  resource: string
  headers: Record<string, string | string[] | undefined>
}

export interface RepositoryCall<Name extends string = string> extends Call<Name> {
  repository: Repository
  /** Who acts; a call that writes always has one. */
  token: Token
}

/**
 * `contents:write`, or several of which one is enough: `issues:write|pull_requests:write`.
 * Outside a repository `public`, `anyone` (needs a token) or `app` (needs an app's JWT).
 */
export type Access = string

export interface Route {
  /** GitHub's own name of the operation: `GET /repos/{owner}/{repo}`. */
  operation: string
  access: Access
  /** What a user needs as role where it does not follow from `access`. */
  role?: Role
  inRepository: boolean
  handle: (call: RepositoryCall) => Reply | Promise<Reply>
}

/** An operation on one repository: it runs alone there, after its caller's permission was checked. */
export function inRepository<Operation extends string>(
  operation: Operation,
  access: Access | { permission: Access; role: Role },
  handle: (call: RepositoryCall<ParamNames<Operation>>) => Reply | Promise<Reply>,
): Route {
  const { permission, role } = typeof access === 'string' ? { permission: access, role: undefined } : access
  return {
    operation,
    access: permission,
    ...(role ? { role } : {}),
    inRepository: true,
    handle,
  }
}

/** An operation outside a repository. `anyone` needs a token, `app` a JWT, `public` neither. */
export function outside<Operation extends string>(
  operation: Operation,
  access: 'public' | 'app' | 'anyone',
  handle: (call: Call<ParamNames<Operation>>) => Reply | Promise<Reply>,
): Route {
  return { operation, access, inRepository: false, handle }
}
