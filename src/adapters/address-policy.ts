import type { LookupAddress } from 'node:dns'
import { BlockList, isIP, type LookupFunction } from 'node:net'
import { callbackify } from 'node:util'
import { HttpFailure } from './http-request.ts'

/** Where a host's name leads. */
export type Resolve = (host: string) => Promise<readonly LookupAddress[]>

/** Which addresses a source may be at. */
export interface AddressPolicy {
  /** The source, whose variable an error names. */
  readonly source: string
  /** Addresses and networks (CIDR) that whoever runs Seamless has named. */
  readonly allow: readonly string[]
}

/**
 * Addresses that no service has: this network, link-local, multicast, reserved; and those at which clouds give their
 * machines credentials. IANA's registries of special-purpose addresses (RFC 6890); AWS 169.254.169.254 and fd00:ec2::254,
 * Google fd20:ce::254, Oracle 192.0.0.192, Alibaba 100.100.100.200, Azure 168.63.129.16.
 */
const NEVER = networks([
  '0.0.0.0/8',
  '169.254.0.0/16',
  '192.0.0.0/24',
  '100.100.100.200/32',
  '168.63.129.16/32',
  '224.0.0.0/4',
  '240.0.0.0/4',
  '::/128',
  'fe80::/10',
  'fec0::/10',
  'ff00::/8',
  'fd00:ec2::254/128',
  'fd20:ce::254/128',
])

/** Addresses of this machine and of networks that the public has no way into; 6to4, Teredo and local NAT64 hold another address within. */
const INSIDE = networks([
  '127.0.0.0/8',
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '100.64.0.0/10',
  '198.18.0.0/15',
  '::1/128',
  'fc00::/7',
  '64:ff9b:1::/48',
  '2002::/16',
  '2001::/32',
])

/**
 * Why a source may not be at this address; nothing where it may. An address that stands in its URL is the word of whoever
 * runs Seamless; one that a name leads to is the word of whoever keeps that name, today.
 */
export function refusalOf(
  address: string,
  isNamed: boolean,
  { source, allow }: AddressPolicy,
): string | undefined {
  const plain = withinNat64(address.replace(/%.*$/, ''))
  const holds = (list: BlockList): boolean => list.check(plain, isIP(plain) === 6 ? 'ipv6' : 'ipv4')
  if (holds(networks(allow))) return undefined
  const remedy = `if that is meant, name it in SEAMLESS_SOURCE_${source.toUpperCase().replaceAll('-', '_')}_ALLOW`
  if (holds(NEVER))
    return `${address}, where no service is (link-local, a cloud's metadata, multicast); ${remedy}`
  if (isNamed && holds(INSIDE)) return `${address}, which is not public; ${remedy}`
  return undefined
}

/**
 * A lookup that vets every address of a name and hands on just those, so that a connection goes to an address that was
 * vetted and to no other, whatever the name's server says next. Its error is an `HttpFailure`.
 */
export function vettedLookup(resolve: Resolve, policy: AddressPolicy): LookupFunction {
  const vetted = callbackify(async (host: string) => vet(host, await resolve(host), policy))
  return (host, options, callback) => {
    vetted(host, (error, addresses) => {
      // Of a promise's callback the error is null where there is none, and the addresses are there.
      if (error !== null) callback(error, '')
      else if (options.all === true) callback(null, [...addresses])
      else callback(null, addresses[0].address, addresses[0].family)
    })
  }
}

function vet(
  host: string,
  [first, ...rest]: readonly LookupAddress[],
  policy: AddressPolicy,
): readonly [LookupAddress, ...LookupAddress[]] {
  if (first === undefined) throw new HttpFailure('unreachable', `${host} leads to no address`)
  // Names of this machine (RFC 6761, 6.3): nobody else can answer for them.
  const isNamed = !/^(?:.+\.)?localhost\.?$/i.test(host)
  for (const { address } of [first, ...rest]) {
    const why = refusalOf(address, isNamed, policy)
    if (why !== undefined) throw new HttpFailure('unreachable', `${host} leads to ${why}`)
  }
  return [first, ...rest]
}

/** The IPv4 address within one that NAT64 translates (RFC 6052, 64:ff9b::/96); any other as it is. */
function withinNat64(address: string): string {
  const [, low] = /^64:ff9b::((?:[\da-f]{1,4}:)?[\da-f]{1,4})$/i.exec(address) ?? []
  if (low === undefined) return address
  const [last = 0, high = 0] = low
    .split(':')
    .map((group) => Number.parseInt(group, 16))
    .toReversed()
  return [high >> 8, high & 255, last >> 8, last & 255].join('.')
}

function networks(texts: readonly string[]): BlockList {
  const list = new BlockList()
  for (const text of texts) {
    const [address = '', prefix] = text.split('/')
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4'
    list.addSubnet(address, prefix === undefined ? (family === 'ipv6' ? 128 : 32) : Number(prefix), family)
  }
  return list
}
