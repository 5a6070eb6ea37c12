/** What kubectl says of one object that it could not apply. Source: the texts of kubectl and kube-apiserver 1.32 and 1.36. */
export type Fault =
  /** Others set fields of it, and would have to give them up. */
  | { readonly kind: 'conflict'; readonly fields: readonly string[]; readonly managers: readonly string[] }
  | {
      readonly kind: 'forbidden'
      readonly user: string
      readonly verb: string
      readonly resource: string
      /** Empty for the core group. */
      readonly group: string
      /** Absent for what belongs to the whole cluster. */
      readonly namespace?: string
    }
  | { readonly kind: 'immutable_job'; readonly name: string }
  | { readonly kind: 'no_namespace'; readonly namespace: string }
  | { readonly kind: 'no_kind'; readonly said: string }
  | { readonly kind: 'other'; readonly said: string }

/** Why kubectl could ask nothing at all. */
export type NoAnswer =
  | { readonly kind: 'no_cluster' }
  | { readonly kind: 'no_context' }
  | { readonly kind: 'unauthenticated'; readonly said: string }
  | { readonly kind: 'unreachable'; readonly said: string }

/** The faults in the order in which kubectl met them: that of the objects. */
export function faultsOf(said: readonly string[]): Fault[] {
  return blocksOf(said).map(faultOf)
}

export function noAnswerOf(said: readonly string[]): NoAnswer | undefined {
  const lines = said.filter((line) => !isNoise(line))
  const find = (pattern: RegExp): string | undefined => lines.findLast((line) => pattern.test(line))
  if (find(/\blocalhost:8080\b|no configuration has been provided|no server defined/) !== undefined)
    return { kind: 'no_cluster' }
  if (find(/context was not found for specified context|context ".*" does not exist/) !== undefined)
    return { kind: 'no_context' }
  const refused = find(
    /the server has asked for the client to provide credentials|You must be logged in|\(Unauthorized\)|getting credentials: /,
  )
  if (refused !== undefined) return { kind: 'unauthenticated', said: bare(refused) }
  const silent = find(
    /^The connection to the server|Unable to connect to the server|Client\.Timeout|no such host|i\/o timeout|connection refused|TLS handshake|x509: |http2: client connection lost|unexpected EOF|context deadline exceeded/,
  )
  return silent === undefined ? undefined : { kind: 'unreachable', said: bare(silent) }
}

/** Where a fault's text begins; all after it up to the next one belongs to it. */
const BEGIN =
  /^(?:Error from server|error: |Error: |The \S+ ".*" is invalid|The request is invalid|unable to |Unable to |resource mapping not found)/

function blocksOf(said: readonly string[]): string[][] {
  const blocks: string[][] = []
  for (const line of said) {
    if (isNoise(line)) continue
    if (BEGIN.test(line)) blocks.push([line])
    else blocks.at(-1)?.push(line)
  }
  return blocks
}

/** Its log lines (`E1123 …`), warnings, and what went well. */
function isNoise(line: string): boolean {
  return /^[EWI]\d{4} |^Warning: | serverside-applied(?: \(server dry run\))?$/.test(line)
}

const FORBIDDEN =
  /is forbidden: User "([^"]+)" cannot (\S+) resource "([^"]+)" in API group "([^"]*)"(?: in the namespace "([^"]+)")?/

function faultOf(block: readonly string[]): Fault {
  const text = block.join('\n')
  if (/Apply failed with \d+ conflict/.test(text)) return conflictOf(text)
  const forbidden = FORBIDDEN.exec(text)
  if (forbidden !== null) {
    const [, user = '', verb = '', resource = '', group = '', namespace] = forbidden
    return { kind: 'forbidden', user, verb, resource, group, ...(namespace !== undefined && { namespace }) }
  }
  const [, job] = /^The Job "([^"]+)" is invalid: [^]*field is immutable/.exec(text) ?? []
  if (job !== undefined) return { kind: 'immutable_job', name: job }
  const [, namespace] = /\(NotFound\): namespaces "([^"]+)" not found/.exec(text) ?? []
  if (namespace !== undefined) return { kind: 'no_namespace', namespace }
  const said = bare(text)
  return { kind: /no matches for kind/.test(text) ? 'no_kind' : 'other', said }
}

function conflictOf(text: string): Fault {
  const managers = [...text.matchAll(/conflicts? with "([^"]+)"/g)].map(([, manager = '']) => manager)
  const listed = [...text.matchAll(/^- (\S.*)$/gm)].map(([, field = '']) => field)
  const inline = [...text.matchAll(/ using \S+: (\.\S.*)$/gm)].map(([, field = '']) => field)
  return { kind: 'conflict', managers: [...new Set(managers)], fields: [...new Set([...inline, ...listed])] }
}

/** Long enough for any reason; a refused object's whole specification, with all that is in it, is none. */
const SAID_MAX = 400

function bare(text: string): string {
  const short = text
    .replace(/^(?:error|Error|Error from server(?: \(\w+\))?): /, '')
    .replace(/Invalid value: \{.*\}: /g, '')
    .replace(/^unable to recognize "STDIN": /, '')
    .replace(/; if you choose to ignore these errors, turn validation off with --validate=false/, '')
    .replace(/\s+/g, ' ')
    .trim()
  return short.length <= SAID_MAX ? short : `${short.slice(0, SAID_MAX)}…`
}
