import { isIP } from 'node:net'
import { resolve } from 'node:path'

import { VersionControlError } from '../errors.ts'

/** Where fetches and pushes go, after git's own rewriting (`insteadOf`), judged and found safe. */
export interface GitRemote {
  readonly url: string
  readonly pushUrl: string
  /** What git may speak: the value of `GIT_ALLOW_PROTOCOL`. */
  readonly protocols: string
  /** Configuration that carries the token, for this origin only; it goes to git by environment, never by argv. */
  readonly credentials: readonly (readonly [string, string])[]
}

export function gitRemote(
  urls: { readonly url: string; readonly pushUrl: string },
  { root, token }: { readonly root: string; readonly token?: string | undefined },
): GitRemote {
  const transports = [urls.url, urls.pushUrl].map(transportOf)
  return {
    url: transports[0] === 'file' ? resolve(root, urls.url) : urls.url,
    pushUrl: transports[1] === 'file' ? resolve(root, urls.pushUrl) : urls.pushUrl,
    protocols: [...new Set(transports)].join(':'),
    credentials:
      token === undefined ? [] : [...new Set([urls.url, urls.pushUrl])].flatMap((url) => header(url, token)),
  }
}

/** `owner/name` of a repository on GitHub (or a server like it), or nothing for other places. */
export function repositoryOf(remoteUrl: string): string | undefined {
  const path = URL.canParse(remoteUrl)
    ? new URL(remoteUrl).pathname
    : /^(?:[\w.-]+@)?[\w.-]+:(?!\/\/)(.+)$/.exec(remoteUrl)?.[1]
  if (path === undefined || remoteUrl.startsWith('file:')) return undefined
  const name = path.replace(/^\/+|\/+$/g, '').replace(/\.git$/, '')
  return /^[\w.-]+\/[\w.-]+$/.test(name) ? name : undefined
}

type Transport = 'https' | 'http' | 'ssh' | 'file'

/**
 * The protocols that cannot run a program of somebody's choice. `ext::`, `fd::` and other helpers can; `git://` and
 * `http://` are not authenticated; `file://` and plain http reach what only this machine should.
 */
function transportOf(url: string): Transport {
  // oxlint-disable-next-line no-control-regex
  if (url === '' || url.startsWith('-') || /[\u0000-\u001F\u007F]/.test(url)) throw refused(url)
  if (/^[A-Za-z0-9+.-]+::/.test(url)) throw refused(url)
  if (/^[A-Za-z][A-Za-z0-9+.-]*:\/\//.test(url)) return schemeOf(url)
  const scpLike = /^([^/:]*):/.exec(url)
  if (!scpLike) return 'file'
  if (/^(?:[\w.-]+@)?\w[\w.-]*$/.test(scpLike[1] ?? '')) return 'ssh'
  throw refused(url)
}

function schemeOf(url: string): Transport {
  const { protocol, hostname, username } = URL.canParse(url) ? new URL(url) : refusedParts
  if (hostname === '' || hostname.startsWith('-') || username.startsWith('-')) throw refused(url)
  if (protocol === 'https:') return 'https'
  if (protocol === 'ssh:' || protocol === 'git+ssh:' || protocol === 'ssh+git:') return 'ssh'
  if (protocol === 'http:' && isLoopback(hostname)) return 'http'
  throw refused(url)
}

const refusedParts = { protocol: '', hostname: '', username: '' }

/** A server on this very machine, as tests and local mirrors have it: nobody is between us and it. */
function isLoopback(hostname: string): boolean {
  return (
    hostname === 'localhost' || hostname === '[::1]' || (isIP(hostname) === 4 && hostname.startsWith('127.'))
  )
}

function refused(url: string): VersionControlError {
  return new VersionControlError(
    `The remote's address ${JSON.stringify(url)} is refused: Seamless speaks to git over https, ssh, or a path on this machine. ` +
      'Set another one with git remote set-url.',
  )
}

/** GitHub takes a token as the password of any user (docs: "Authenticating with the GITHUB_TOKEN"); ssh has its own keys. */
function header(url: string, token: string): [string, string][] {
  if (!/^https?:/.test(url)) return []
  const key = `http.${new URL(url).origin}/.extraheader`
  const basic = Buffer.from(`x-access-token:${token}`).toString('base64')
  // The empty value drops headers that a global configuration sets for the same origin: two are one too many.
  return [
    [key, ''],
    [key, `AUTHORIZATION: basic ${basic}`],
  ]
}
