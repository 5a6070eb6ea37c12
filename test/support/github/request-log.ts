/** One call that reached the stand-in, in order of arrival. */
export interface RequestRecord {
  method: string
  /** Without `/api/v3` and without the query. */
  path: string
  query: URLSearchParams
  /** GitHub's name of the operation; undefined when it has none. Git traffic is `git-upload-pack` or `git-receive-pack`. */
  operation: string | undefined
  body: unknown
  headers: Record<string, string | string[] | undefined>
  /** Who asked; undefined without credentials. */
  login: string | undefined
  /** Milliseconds since 1970 by the stand-in's clock. */
  at: number
  /** 0 until it was answered, and when the connection was cut. */
  status: number
}
