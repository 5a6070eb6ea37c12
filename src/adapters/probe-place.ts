import { isIP } from 'node:net'
import { UsageError } from '../errors.ts'
import { type AddressPolicy, refusalOf } from './address-policy.ts'

/** Where a service is, as whoever runs Seamless has bound it. */
export interface ProbePlace {
  /** Absent for a service that does not speak HTTP. */
  readonly base?: URL
  /** A name, or an address without brackets. */
  readonly host: string
  readonly port: number
}

/** `https://shop.example/prefix` or `tcp://db.example:5432`. Errors: `UsageError` for a URL that is none, that has credentials, or whose address no service has. */
export function readPlace(text: string, policy: AddressPolicy): ProbePlace {
  const url = URL.parse(text)
  const refused = (why: string): UsageError => new UsageError(`source ${policy.source}: ${why}`)
  if (url === null || !/^(?:https?|tcp):$/.test(url.protocol))
    throw refused('expected the http or https URL of the service, or tcp://host:port')
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '')
    throw refused("a probe's URL has no user, password, query or fragment")
  const place = url.protocol === 'tcp:' ? tcpPlace(url, refused) : httpPlace(url)
  const why = isIP(place.host) === 0 ? undefined : refusalOf(place.host, false, policy)
  if (why !== undefined) throw refused(`its URL leads to ${why}`)
  return place
}

function httpPlace(base: URL): ProbePlace {
  const port = Number(base.port || (base.protocol === 'https:' ? 443 : 80))
  return { base, host: bare(base.hostname), port }
}

function tcpPlace(url: URL, refused: (why: string) => UsageError): ProbePlace {
  // Read again as http: only then is a host written as one number (2852039166) an address.
  const host = URL.parse(`http://${url.hostname}`)?.hostname ?? ''
  if (host === '' || url.port === '' || !/^\/?$/.test(url.pathname))
    throw refused('a tcp URL is tcp://host:port, and nothing more')
  return { host: bare(host), port: Number(url.port) }
}

function bare(hostname: string): string {
  return hostname.replace(/^\[(.*)\]$/, '$1')
}

/** The path is of the config, the origin of whoever runs Seamless: the one must not change the other, as `//host` or `/..` would. */
export function below(base: URL, path: string): URL | undefined {
  if (!path.startsWith('/')) return undefined
  const prefix = base.pathname.replace(/\/$/, '')
  const url = URL.parse(`${base.origin}${prefix}${path}`)
  const inside = url?.origin === base.origin && url.pathname.startsWith(`${prefix}/`) && url.username === ''
  return inside ? url : undefined
}
