import { resolve } from 'node:path'

import { VersionControlError } from '../errors.ts'

/** Protocols that cannot run a program of somebody's choice: `svn+<anything else>` starts the tunnel of that name. */
const SCHEMES = new Set(['file:', 'svn:', 'svn+ssh:', 'https:'])

/** Errors: `VersionControlError` for an address that Seamless does not speak to. It is shown without what may be a password. */
export function assertSvnAddress(url: string): void {
  // oxlint-disable-next-line no-control-regex
  const isPlain = !url.startsWith('-') && !/[\u0000-\u0020\u007F]/.test(url) && URL.canParse(url)
  if (!isPlain) throw refused(url)
  const { protocol, hostname, username, password } = new URL(url)
  if (password !== '') {
    throw new VersionControlError(
      `The repository's address has a password in it. Take it out (svn relocate) and give it as SEAMLESS_SVN_PASSWORD.`,
    )
  }
  if (protocol === 'http:' && isLoopback(hostname)) return
  const isRemote = protocol !== 'file:'
  const isNamed = isRemote ? /^[\w[]/.test(hostname) && !username.startsWith('-') : hostname === ''
  if (!SCHEMES.has(protocol) || !isNamed) throw refused(url)
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname)
}

function refused(url: string): VersionControlError {
  return new VersionControlError(
    `The repository's address ${JSON.stringify(url)} is refused: Seamless speaks to Subversion over https, svn+ssh, svn, or file.`,
  )
}

/**
 * A path of the repository as a URL with its peg revision. The `@` at the end is always there, and every other one is
 * escaped: svn would take what stands after it for a revision.
 */
export function pegged(root: string, path: string, revision: number | 'HEAD'): string {
  return `${joined(root, path)}@${revision}`
}

/** Without the peg, for targets that are about to be made. */
export function joined(root: string, path: string): string {
  const parts = path.split('/').filter((part) => part !== '')
  return [root, ...parts.map(encodeURIComponent)].join('/')
}

/** A local path as a target: an `@` in it is no peg revision where another one ends it. */
export function local(path: string): string {
  return `${resolve(path)}@`
}
