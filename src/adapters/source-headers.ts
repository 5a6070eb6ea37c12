import type { SourceAccess } from '../config/source-access.ts'

/** What lets a request in: the tenant's headers, and the token or the user and password (RFC 7617, in UTF-8). */
export function sourceHeaders({ token, basic, headers }: SourceAccess): Record<string, string> {
  if (basic !== undefined) {
    const pair = Buffer.from(`${basic.user}:${basic.password}`, 'utf8').toString('base64')
    return { ...headers, authorization: `Basic ${pair}` }
  }
  return { ...headers, ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) }
}
